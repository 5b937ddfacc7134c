import { expect, test } from 'bun:test'
import { z } from 'zod'
import { expectNothingLeft } from '../support/test-server.ts'
import { makeLiveServer, nowMs, type ToolCall, useFakes } from './ask.ts'
import { startAzure, subscription } from './fakes/azure.ts'
import { databricksPrincipal, databricksToken, startDatabricks } from './fakes/databricks.ts'
import { FakeSystem } from './fakes/fake-system.ts'
import { startSnowflake } from './fakes/snowflake.ts'

expectNothingLeft()
const use = useFakes()
const now = () => nowMs

const healthSchema = z.object({
  overall: z.string(),
  services: z.array(
    z.looseObject({ service: z.string(), status: z.string(), summary: z.string() }),
  ),
})

function healthIn([call]: ToolCall[]) {
  return healthSchema.parse(call?.result)
}

const event = (name: string, properties: object) => ({
  name,
  properties: { eventType: 'ServiceIssue', status: 'Active', title: name, ...properties },
})
const impact = (service: string, ...regions: string[]) => [
  {
    impactedService: service,
    impactedRegions: regions.map((impactedRegion) => ({ impactedRegion, status: 'Active' })),
  },
]
const resource = (path: string, location: string, availabilityState: string, more = {}) => ({
  id: `/subscriptions/x/resourceGroups/rg/providers/${path}/providers/Microsoft.ResourceHealth/availabilityStatuses/current`,
  location,
  properties: { availabilityState, summary: `It is ${availabilityState}.`, ...more },
})

async function azure() {
  const fake = await use(startAzure(now))
  fake.health.events.push(
    event('VBX-1', {
      title: 'Reads are slow',
      summary: '<p>Some reads&nbsp;fail.</p>',
      eventLevel: 'Warning',
      impactStartTime: '2026-11-22T08:00:00Z',
      impact: impact('Storage', 'West Europe', 'North Europe'),
      recommendedActions: { actions: [{ actionText: 'Retry with delays.' }] },
    }),
    event('VBX-2', { eventLevel: 'Critical', impact: impact('Key Vault', 'West Europe') }),
    event('OLD-1', { status: 'Resolved', impact: impact('Event Hubs', 'West Europe') }),
    event('ADV-1', { eventType: 'HealthAdvisory', impact: impact('SQL Database', 'West Europe') }),
    event('MNT-1', {
      eventType: 'PlannedMaintenance',
      title: 'Gateway update',
      impactStartTime: '2026-11-24T02:00:00Z',
      impactMitigationTime: '2026-11-24T04:00:00Z',
      impact: impact('VPN Gateway', 'West Europe'),
    }),
  )
  fake.health.resources.push(
    resource('Microsoft.DataFactory/factories/adf-prod', 'westeurope', 'Available'),
    resource('Microsoft.DataFactory/factories/adf-test', 'westeurope', 'Degraded', {
      occuredTime: '2026-11-22T09:00:00Z',
    }),
    resource('Microsoft.Compute/virtualMachines/vm-1', 'westeurope', 'Unavailable', {
      context: 'Customer Initiated',
    }),
    resource('Microsoft.Sql/servers/s/databases/orders', 'northeurope', 'Unavailable'),
    resource('Microsoft.Search/searchServices/s', 'westeurope', 'Unknown'),
  )
  const settings = { azureSubscription: subscription, ...fake.urls, ...fake.settings.secret }
  return { fake, ...(await makeLiveServer(settings)) }
}

test('the health of Azure combines events and resources, the worst first', async () => {
  const { ask, fake } = await azure()
  const { overall, services } = healthIn((await ask('Is Azure healthy?')).calls)
  expect(overall).toBe('outage')
  expect(services.map(({ service, region, status }) => [service, region, status])).toEqual([
    ['Key Vault', 'West Europe', 'outage'],
    ['SQL Database', 'North Europe', 'outage'],
    ['Storage', 'West Europe', 'degraded'],
    ['Storage', 'North Europe', 'degraded'],
    ['Data Factory', 'West Europe', 'degraded'],
    ['Service Health', 'Global', 'healthy'],
    ['VPN Gateway', 'West Europe', 'healthy'],
    ['Virtual Machines', 'West Europe', 'healthy'],
    ['Microsoft.Search/searchServices', 'West Europe', 'healthy'],
  ])
  expect(services[2]).toEqual({
    service: 'Storage',
    region: 'West Europe',
    status: 'degraded',
    since: '2026-11-22T08:00:00Z',
    summary: 'Reads are slow: Some reads fail.',
    advice: 'Retry with delays.',
    tracking_id: 'VBX-1',
  })
  expect(services[4]?.summary).toBe('1 of 2 resources are not available. adf-test: It is Degraded.')
  expect(services[6]?.planned_maintenance).toMatchObject({ from: '2026-11-24T02:00:00Z' })
  // Three pages of each list, and one token.
  expect(fake.requests).toHaveLength(7)
})

test('a question about one Azure service gets only this service', async () => {
  const { ask } = await azure()
  const { services } = healthIn((await ask('Is Azure Data Factory healthy?')).calls)
  expect(services.map(({ service }) => service)).toEqual(['Data Factory'])
})

test('a next page on another host gets no request, so that it does not get the token', async () => {
  const { ask, fake } = await azure()
  const other = await use(new FakeSystem(() => ({ json: { value: [] } })).start())
  fake.misbehave('/events', { json: { value: [], nextLink: `${other.url}/events` } })
  const { calls } = await ask('Is Azure healthy?')
  expect(calls[0]?.reason).toStartWith('Azure redirected to another address.')
  expect(other.requests).toEqual([])
})

test('of very many resources of Azure only the first are read, and the answer says so', async () => {
  const { ask, fake } = await azure()
  fake.health.resources = Array.from({ length: 50 }, (_, index) =>
    resource(`Microsoft.KeyVault/vaults/v${index}`, 'westeurope', 'Available'),
  )
  const { services } = healthIn((await ask('Is Azure healthy?')).calls)
  expect(services.map(({ summary }) => summary)).toContain('Only the first 40 resources were read.')
})

test('without events Azure is healthy and not unknown', async () => {
  const { ask, fake } = await azure()
  fake.health.events = []
  fake.health.resources = []
  expect(healthIn((await ask('Is Azure healthy?')).calls).overall).toBe('healthy')
})

const ended = (run_name: string, type: string, code: string) => ({
  run_name,
  end_time: nowMs - 3_600_000,
  status: { state: 'TERMINATED', termination_details: { type, code, message: `${code} happened` } },
})

async function databricks(authentication: object = databricksToken) {
  const fake = await use(startDatabricks(now))
  fake.workspace.warehouses.push(
    { name: 'Reporting', state: 'RUNNING', health: { status: 'HEALTHY' } },
    {
      name: 'Finance',
      state: 'RUNNING',
      health: { status: 'DEGRADED', summary: 'Clusters cannot start.' },
    },
    { name: 'Night', state: 'STOPPED', health: {} },
  )
  const clusters = Array.from({ length: 130 }, (_, index) => ({
    cluster_name: `job-${index}`,
    state: 'TERMINATED',
    termination_reason: { code: 'JOB_FINISHED', type: 'SUCCESS' },
  }))
  fake.workspace.clusters.push(
    ...clusters,
    { cluster_name: 'etl', state: 'RUNNING' },
    {
      cluster_name: 'ml',
      state: 'TERMINATED',
      terminated_time: nowMs - 7_200_000,
      termination_reason: { code: 'CLOUD_PROVIDER_SHUTDOWN', type: 'CLOUD_FAILURE' },
    },
  )
  const runs = Array.from({ length: 40 }, () => ended('hourly', 'SUCCESS', 'SUCCESS'))
  fake.workspace.runs.push(
    ...runs,
    ended('bad-code', 'CLIENT_ERROR', 'RUN_EXECUTION_ERROR'),
    ended('nightly', 'CLOUD_FAILURE', 'CLOUD_FAILURE'),
  )
  const settings = {
    databricksHost: fake.url,
    databricksRegion: 'West Europe',
    ...authentication,
  }
  return { fake, ...(await makeLiveServer(settings)) }
}

test('the health of Databricks covers warehouses, clusters and jobs', async () => {
  const { ask, fake } = await databricks()
  const { overall, services } = healthIn((await ask('Is Databricks healthy?')).calls)
  expect(overall).toBe('degraded')
  expect(services.map(({ service, status }) => [service, status])).toEqual([
    ['Jobs', 'degraded'],
    ['SQL Warehouses: Finance', 'degraded'],
    ['Clusters: ml', 'degraded'],
    ['SQL Warehouses: Reporting', 'healthy'],
    ['SQL Warehouses: Night', 'healthy'],
    ['Clusters: etl', 'healthy'],
  ])
  expect(services[0]?.summary).toBe(
    '42 runs ended in the last 24 hours: 1 failed because of the platform, 1 in their own code. nightly: cloud failure: CLOUD_FAILURE happened',
  )
  expect(services[1]?.summary).toBe('State running. Clusters cannot start.')
  expect(services[2]).toMatchObject({ since: '2026-11-22T12:35:00.000Z', region: 'West Europe' })
  expect(fake.requests).toHaveLength(5)
})

test('a service principal of Databricks gets one token', async () => {
  const { ask, fake } = await databricks(databricksPrincipal)
  const { services } = healthIn((await ask('Are the SQL warehouses of Databricks healthy?')).calls)
  expect(services).toHaveLength(3)
  expect(fake.requestsOf('/oidc')).toHaveLength(1)
  fake.revokeTokens()
  await ask('Is Databricks healthy?')
  expect(fake.requestsOf('/oidc')).toHaveLength(2)
})

test('of many runs of Databricks the last 200 are read, and the answer says so', async () => {
  const { ask, fake } = await databricks()
  fake.workspace.runs = Array.from({ length: 300 }, () => ended('hourly', 'SUCCESS', 'SUCCESS'))
  const { services } = healthIn((await ask('Are the Databricks jobs healthy?')).calls)
  expect(services.map(({ summary }) => summary)).toEqual([
    'Of the last 200 runs: 0 failed because of the platform, 0 in their own code.',
  ])
  expect(fake.requestsOf('/runs')).toHaveLength(8)
})

test('an empty workspace has no problem', async () => {
  const { ask, fake } = await databricks()
  Object.assign(fake.workspace, { warehouses: [], clusters: [], runs: [] })
  expect(healthIn((await ask('Is Databricks healthy?')).calls).overall).toBe('healthy')
})

test('a wrong token of Databricks gives an error that does not contain the token', async () => {
  const { ask, fake } = await databricks({ databricksToken: 'dapi-wrong-2Vz9' })
  fake.misbehave('/clusters', { echo: 401 })
  const { calls, all } = await ask('Is Databricks healthy?')
  expect(calls[0]?.reason).toStartWith('Databricks refused the credentials.')
  expect(all).not.toContain('dapi-wrong-2Vz9')
})

async function snowflake(more: object = {}) {
  const fake = await use(startSnowflake(now))
  fake.data.warehouses.rows = [
    ['REPORTING_WH', 'STARTED', '3', '1', 'true'],
    ['LOAD_WH', 'SUSPENDED', '0', '0', 'false'],
    ['ADHOC_WH', 'STARTED', '2', '9', 'true'],
  ]
  fake.data.tasks = [
    { database: 'DW', schema: 'LOAD', name: 'MERGE_ORDERS', state: 'FAILED', error: 'No rights' },
    { database: 'DW', schema: 'LOAD', name: 'CLEAN_UP', state: 'SUCCEEDED' },
    {
      database: 'DW',
      schema: 'LOAD',
      name: 'SYNC',
      state: 'FAILED_AND_AUTO_SUSPENDED',
      error: 'x',
    },
  ]
  return { fake, ...(await makeLiveServer({ ...fake.settings, ...more })) }
}

const withTasks = { snowflakeWarehouse: 'OPS_WH', snowflakeDatabase: 'DW', snowflakeRole: 'OPS' }

test('the health of Snowflake covers warehouses and tasks', async () => {
  const { ask, fake } = await snowflake(withTasks)
  const { services } = healthIn((await ask('Is Snowflake healthy?')).calls)
  expect(services.map(({ service, status }) => [service, status])).toEqual([
    ['Virtual Warehouses: LOAD_WH', 'degraded'],
    ['Virtual Warehouses: ADHOC_WH', 'degraded'],
    ['Tasks: DW.LOAD.MERGE_ORDERS', 'degraded'],
    ['Tasks: DW.LOAD.SYNC', 'degraded'],
    ['Virtual Warehouses: REPORTING_WH', 'healthy'],
    ['Tasks: DW.LOAD.CLEAN_UP', 'healthy'],
  ])
  expect(services[2]).toEqual({
    service: 'Tasks: DW.LOAD.MERGE_ORDERS',
    region: 'AZURE_WESTEUROPE',
    status: 'degraded',
    since: '2026-11-22T12:00:00Z',
    summary: 'The last run failed. 100038: No rights',
  })
  expect(services[3]?.summary).toBe(
    'The last run failed, and Snowflake has suspended the task. 100038: x',
  )
  expect(fake.state.context).toEqual({ role: 'OPS', warehouse: 'OPS_WH', database: 'DW' })
  expect(fake.requests).toHaveLength(3)
})

test('without a warehouse no statement needs one', async () => {
  const { ask, fake } = await snowflake()
  const { services } = healthIn((await ask('Is Snowflake healthy?')).calls)
  expect(services).toHaveLength(3)
  expect(fake.statements.toSorted()).toEqual([
    'SELECT CURRENT_REGION() AS REGION',
    'SHOW WAREHOUSES',
  ])
})

test('statements that run long and results in several parts are read to their end', async () => {
  const { ask, fake, waits } = await snowflake(withTasks)
  const direct = await ask('Is Snowflake healthy?')
  expect(healthIn(direct.calls).services).toHaveLength(6)
  Object.assign(fake.state, { isAsync: true, isPaged: true })
  expect((await ask('Is Snowflake healthy?')).calls).toEqual(direct.calls)
  expect(waits).toEqual([500, 500, 500])
})

test('a key of another user gives an error that contains no part of a key', async () => {
  const { fake, ask } = await snowflake({ snowflakeUser: 'somebody' })
  const { calls, all } = await ask('Is Snowflake healthy?')
  expect(calls[0]?.reason).toStartWith('Snowflake refused the credentials.')
  expect(all).not.toContain(fake.privateKey.split('\n')[1] ?? '')
  expect(all).not.toContain('eyJ')
})
