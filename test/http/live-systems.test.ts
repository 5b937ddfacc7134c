import { expect, test } from 'bun:test'
import { z } from 'zod'
import { useFakes } from '../connectors/ask.ts'
import { startAzure, subscription, workspace } from '../connectors/fakes/azure.ts'
import { databricksToken, startDatabricks } from '../connectors/fakes/databricks.ts'
import { oauthSettings, startServiceNow } from '../connectors/fakes/servicenow.ts'
import { startSnowflake } from '../connectors/fakes/snowflake.ts'
import { isTriage, type Script } from '../support/scripted-model.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()
const use = useFakes()

const names = { ServiceNow: 'x', 'Log Analytics': 'x', 'Service Health': 'x' }
const allTools = {
  list_change_requests: {},
  get_change_request: { number: 'CHG0030409' },
  list_incidents: { state: ['open'] },
  get_incident: { number: 'INC0010038' },
  query_pipeline_status: {},
  get_pipeline_run_details: { pipeline: 'finance-ledger-hourly' },
  list_failed_pipelines: {},
  check_databricks_health: {},
  check_snowflake_health: {},
  check_azure_service_health: {},
}

/** Every specialist calls all of its tools. */
const everyTool: Script = (request, turn) => {
  if (isTriage(request)) {
    return { decide: Object.entries(names).map(([agent, question]) => ({ agent, question })) }
  }
  const offered = request.tools?.map((tool) => tool.function.name) ?? []
  const calls = Object.entries(allTools).filter(([tool]) => offered.includes(tool))
  if (turn > 0) return { text: 'done' }
  return { call: calls.map(([tool, args]) => ({ tool, arguments: args })) }
}

const runSchema = z.object({
  events: z.array(z.looseObject({ type: z.string(), tool: z.string().optional() })),
})

test('all ten tools work in one run with every connector on its fake', async () => {
  const serviceNow = await use(startServiceNow(Date.now))
  const azure = await use(startAzure(Date.now))
  const databricks = await use(startDatabricks(Date.now))
  const snowflake = await use(startSnowflake(Date.now))
  const settings = {
    serviceNowUrl: serviceNow.url,
    ...oauthSettings,
    logAnalyticsWorkspace: workspace,
    azureSubscription: subscription,
    ...azure.urls,
    ...azure.settings.secret,
    databricksHost: databricks.url,
    ...databricksToken,
    ...snowflake.settings,
    snowflakeWarehouse: 'OPS_WH',
    snowflakeDatabase: 'DW',
    connectorSeconds: 60,
  }
  const { open, post, get } = await makeServer(settings, { script: everyTool })
  const conversation = `/api/conversations/${await open()}`
  const run = crypto.randomUUID()
  const asked = await post(`${conversation}/messages`, { message: 'How is everything?', run })
  expect(asked.status).toBe(200)
  const { events } = runSchema.parse(await (await get(`${conversation}/runs/${run}`)).json())
  const ended = events.filter(({ type }) => /^tool\.(?:finished|failed)$/.test(type))
  expect(ended.map(({ type, tool }) => `${tool}: ${type}`).toSorted()).toEqual(
    Object.keys(allTools)
      .map((tool) => `${tool}: tool.finished`)
      .toSorted(),
  )
  for (const fake of [serviceNow, azure, databricks, snowflake]) {
    expect(fake.requests.length).toBeGreaterThan(2)
  }
  expect(await (await get('/api/user')).json()).toMatchObject({
    systems: {
      servicenow: 'live',
      log_analytics: 'live',
      databricks: 'live',
      snowflake: 'live',
      azure: 'live',
    },
  })
  expect(await (await get('/')).text()).not.toContain('Sample data')
})

test('the page and the API say which systems are live and which are sample data', async () => {
  const fake = await use(startServiceNow(Date.now))
  const { get } = await makeServer({ serviceNowUrl: fake.url, ...oauthSettings })
  expect(await (await get('/api/user')).json()).toEqual({
    id: 'local',
    name: 'You',
    systems: {
      servicenow: 'live',
      log_analytics: 'sample',
      databricks: 'sample',
      snowflake: 'sample',
      azure: 'sample',
    },
  })
  const page = await (await get('/')).text()
  expect(page).toContain('Live: ServiceNow')
  expect(page).toContain('Sample data: Log Analytics, Databricks, Snowflake, Azure')
})
