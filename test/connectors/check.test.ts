import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runChecks } from '../../src/core/check.ts'
import { mcpScript } from '../support/mcp-servers.ts'
import { startScriptedModel } from '../support/scripted-model.ts'
import { useFakes } from './ask.ts'
import { startAzure, subscription, workspace } from './fakes/azure.ts'
import { startDatabricks } from './fakes/databricks.ts'
import { basicSettings, startServiceNow } from './fakes/servicenow.ts'

const use = useFakes()
const root = join(import.meta.dir, '../..')

/** Runs `bun run check` with these variables. */
async function runCheck(env: Record<string, string>) {
  const command = [process.execPath, 'src/entry/check.ts']
  const started = Bun.spawn(command, {
    cwd: root,
    env: { PATH: '/bin', CONNECTOR_SECONDS: '120', ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, error, code] = await Promise.all([
    new Response(started.stdout).text(),
    new Response(started.stderr).text(),
    started.exited,
  ])
  return { lines: out.trimEnd().split('\n'), error, code }
}

test('the check lists for each right of each system whether it works, and why not', async () => {
  const serviceNow = await use(startServiceNow(Date.now))
  serviceNow.misbehave('/incident', { echo: 403 })
  const azure = await use(startAzure(Date.now))
  const databricks = await use(startDatabricks(Date.now))
  const { lines, code } = await runCheck({
    SERVICENOW_URL: serviceNow.url,
    SERVICENOW_USER: basicSettings.serviceNowUser,
    SERVICENOW_PASSWORD: basicSettings.serviceNowPassword,
    LOG_ANALYTICS_WORKSPACE_ID: workspace,
    AZURE_SUBSCRIPTION_ID: subscription,
    AZURE_TENANT_ID: azure.settings.secret.azureTenant,
    AZURE_CLIENT_ID: azure.settings.secret.azureClientId,
    AZURE_CLIENT_SECRET: azure.settings.secret.azureClientSecret,
    AZURE_AUTHORITY_HOST: azure.url,
    AZURE_MANAGEMENT_URL: azure.url,
    LOG_ANALYTICS_URL: azure.url,
    DATABRICKS_HOST: databricks.url,
    DATABRICKS_TOKEN: 'dapi-wrong-5Rr5',
  })
  expect(code).toBe(1)
  const refused = 'Databricks refused the credentials.'
  const cause = (path: string) =>
    `       Databricks: GET ${path}: status 401: 401: Credential was not sent`
  const [, , changes, ...rest] = lines
  expect(lines.slice(0, 2)).toEqual([
    '-      Snowflake: not set, so its data is sample data.',
    '-      model: not set, so the offline model answers.',
  ])
  expect(changes).toMatch(/^works {2}ServiceNow change requests: \d+ change requests$/)
  expect(rest[0]).toBe('FAILS  ServiceNow incidents: ServiceNow does not allow this.')
  expect(rest[1]).toBe(
    '       ServiceNow: GET /api/now/table/incident: status 403: [secret]: [secret]: [secret]',
  )
  expect(rest[2]).toMatch(/^works {2}Log Analytics ADFPipelineRun: \d+ entries of the last day$/)
  expect(rest[3]).toMatch(/^works {2}Log Analytics ADFActivityRun: \d+ entries of the last day$/)
  expect(rest.slice(4)).toEqual([
    `FAILS  Databricks SQL warehouses: ${refused}`,
    cause('/api/2.0/sql/warehouses'),
    `FAILS  Databricks clusters: ${refused}`,
    cause('/api/2.1/clusters/list'),
    `FAILS  Databricks jobs: ${refused}`,
    cause('/api/2.2/jobs/runs/list'),
    'works  Azure Service Health: 0 events of 30 days',
    'works  Azure Resource Health: 0 resources',
  ])
})

test('the check tries the models, and the MCP servers and APIs of the agents file', async () => {
  const model = startScriptedModel(({ model: name }) =>
    name === 'good' ? { text: 'OK' } : { status: 404 },
  )
  const azure = await use(startAzure(Date.now))
  const folder = mkdtempSync(join(tmpdir(), 'opsagent-check-'))
  const file = join(folder, 'agents.yaml')
  const agents = `
mcp_servers:
  memory:
    command: ${process.execPath}
    args: ['${mcpScript('memory')}']
    env: [MEMORY_FILE_PATH]
  gone:
    command: /no/such/program
apis:
  lab:
    document: lab.json
    base_url: https://lab.example
    operations: [listSamples]
specialists:
  - name: Lab
    ask_when: samples.
    model: missing
    tools: [memory/*, gone/*, lab/*]
`
  const operation = { operationId: 'listSamples', responses: { 200: { description: 'All.' } } }
  const document = {
    openapi: '3.0.0',
    info: { title: 'Lab', version: '1' },
    paths: { '/samples': { get: operation } },
  }
  await Bun.write(file, agents)
  await Bun.write(join(folder, 'lab.json'), JSON.stringify(document))
  const { lines, code, error } = await runCheck({
    AZURE_OPENAI_ENDPOINT: model.url,
    AZURE_OPENAI_DEPLOYMENT_NAME: 'good',
    AZURE_TENANT_ID: azure.settings.secret.azureTenant,
    AZURE_CLIENT_ID: azure.settings.secret.azureClientId,
    AZURE_CLIENT_SECRET: azure.settings.secret.azureClientSecret,
    AZURE_AUTHORITY_HOST: azure.url,
    FALLBACK_MODEL: 'good',
    FALLBACK_BASE_URL: model.url,
    FALLBACK_API_KEY: 'sk-of-the-test-0815',
    AGENTS_FILE: file,
    MEMORY_FILE_PATH: join(folder, 'memory.jsonl'),
  })
  model.stop()
  rmSync(folder, { recursive: true })
  expect({ code, error }).toEqual({ code: 1, error: '' })
  const tried = lines.filter((line) => !line.startsWith('-'))
  const answers = 'it answers (10 tokens read, 5 written)'
  expect(tried.slice(0, 4)).toEqual([
    `works  model good with Entra ID (client secret): ${answers}`,
    'FAILS  model missing with Entra ID (client secret): The model does not exist.',
    '       404 secret detail of the provider',
    `works  model good (fallback): ${answers}`,
  ])
  expect(tried.find((line) => line.includes('server memory'))).toMatch(
    /^works {2}MCP server memory: it has \d+ tools, and \d+ of them are offered\.$/,
  )
  expect(tried.find((line) => line.includes('server gone'))).toStartWith('FAILS  MCP server gone: ')
  expect(tried.at(-1)).toBe('works  API lab: 1 operations of its document are offered.')
  expect(lines.join()).not.toContain('sk-of')
})

test('incomplete settings are reported before any request', async () => {
  const { error, code } = await runCheck({ SNOWFLAKE_ACCOUNT: 'acme-prod' })
  expect(code).toBe(1)
  expect(error).toBe(
    'The check cannot start. SNOWFLAKE_ACCOUNT needs SNOWFLAKE_USER, which is not set.\n',
  )
})

test('what stops the start of the server stops the check as well', async () => {
  const agents = 'specialists: [{ name: Lab, ask_when: samples., tools: [list_samples] }]'
  const wrongTool = await runCheck({ AGENTS: agents })
  expect(wrongTool.code).toBe(1)
  expect(wrongTool.error).toStartWith(
    'The check cannot start. AGENTS, line 1: there is no tool list_samples.',
  )
  const noFolder = await runCheck({ RUNBOOKS_DIR: '/no/such/folder' })
  expect(noFolder.error).toBe(
    'The check cannot start. RUNBOOKS_DIR=/no/such/folder is not a folder.\n',
  )
})

test('a check that hangs is given up, and the next one runs', async () => {
  const hang = (signal: AbortSignal) =>
    new Promise<string>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason)),
    )
  const checks = [
    { name: 'slow', run: hang },
    { name: 'fast', run: async () => 'fine' },
  ]
  expect(await Array.fromAsync(runChecks(checks, 1))).toEqual([
    { name: 'slow', works: false, text: 'The time limit was reached.' },
    { name: 'fast', works: true, text: 'fine' },
  ])
})
