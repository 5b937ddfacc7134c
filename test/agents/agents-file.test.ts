import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { openAgentsFile } from '../../src/agents-file/open.ts'
import { readConfig } from '../../src/config.ts'
import { ignoredSettings } from '../../src/entry/edge-config.ts'
import { callOnce, makeAgentsServer } from '../support/agents-server.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { isTriage } from '../support/scripted-model.ts'
import { startProcess } from '../support/server-process.ts'
import { expectNothingLeft } from '../support/test-server.ts'

expectNothingLeft()
const { dataDir } = useCleanUps()

test('specialists are added, changed and removed, and triage knows them', async () => {
  const file = `
remove: [Service Health]
specialists:
  - name: ServiceNow
    ask_when: >-
      tickets
      of all kinds.
  - name: Pipelines of finance
    ask_when: 'the ledger: its runs'
    instructions: You know the ledger.
    tools: [list_failed_pipelines]
    model: small
    limits: { model_calls: 2 }
`
  const script = callOnce('Pipelines of finance', 'list_failed_pipelines', {})
  const { ask, model } = await makeAgentsServer({ file, parts: { script } })
  const { status, events } = await ask('Did the ledger fail?')
  expect(status).toBe('finished')
  const [triage, specialist] = model?.requests ?? []
  const roster = triage?.messages[0]?.content?.match(/^- .*$/gm)?.slice(0, 3)
  expect(roster).toEqual([
    '- ServiceNow: tickets of all kinds.',
    expect.stringMatching(/^- Log Analytics: data pipelines/),
    '- Pipelines of finance: the ledger: its runs',
  ])
  expect(triage?.model).toBe('scripted')
  expect(specialist?.model).toBe('small')
  expect(specialist?.messages[0]?.content).toStartWith('You know the ledger.\n\nRules:')
  expect(specialist?.tools?.map((tool) => tool.function.name)).toEqual(['list_failed_pipelines'])
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'agent.invoked', agent: 'Pipelines of finance' }),
  )
  const finished = events.filter(({ type }) => type === 'agent.finished')
  expect(finished.map(({ agent, model: own }) => [agent, own])).toEqual([
    ['Pipelines of finance', 'small'],
    ['Triage', undefined],
  ])
})

test('a changed specialist keeps what the file does not name', async () => {
  const file = 'specialists: [{ name: servicenow, limits: { seconds: 7 } }]'
  const script = callOnce('ServiceNow', 'list_incidents', {})
  const { ask, model } = await makeAgentsServer({ file, parts: { script } })
  expect((await ask('Which incidents are open?')).status).toBe('finished')
  const specialist = model?.requests.find((request) => !isTriage(request))
  expect(specialist?.messages[0]?.content).toStartWith('You are the ServiceNow specialist.')
  expect(specialist?.tools).toHaveLength(4)
})

test('a specialist has its own limits', async () => {
  const file = 'specialists: [{ name: ServiceNow, limits: { model_calls: 1 } }]'
  const script = callOnce('ServiceNow', 'list_incidents', {})
  const { ask } = await makeAgentsServer({ file, parts: { script } })
  const { events } = await ask('Which incidents are open?')
  expect(events.find(({ type }) => type === 'agent.failed')?.code).toBe('turn_limit')
})

test.each([
  ['a: [', 'agents.yaml, line 1: '],
  [
    'specialists:\n  - name: X\n    ask_when: y\n    tool: [z]',
    'agents.yaml, line 4: specialists.0.tool: there is no such field.',
  ],
  [
    'specialists:\n  - name: X\n    ask_when: y\n    limits: { seconds: 0 }',
    'agents.yaml, line 4: specialists.0.limits.seconds: ',
  ],
  [
    'specialists:\n  - name: X',
    'agents.yaml, line 2: X is a new specialist, which needs `ask_when`.',
  ],
  [
    'specialists:\n  - name: X\n    ask_when: y\n    tools:\n      - list_incidents\n      - nothing',
    'agents.yaml, line 6: there is no tool nothing. The tools are list_change_requests, ',
  ],
  [
    'specialists:\n  - name: Triage\n    ask_when: y',
    'agents.yaml, line 2: the name Triage is taken.',
  ],
  [
    'specialists: []\nremove:\n  - ServiceNow\n  - Wiki',
    'agents.yaml, line 4: there is no specialist Wiki.',
  ],
  [
    'remove: [ServiceNow, Log Analytics, Service Health]',
    'agents.yaml, line 1: no specialist is left.',
  ],
  [
    'mcp_servers:\n  x:\n    args: []',
    'agents.yaml, line 3: mcp_servers.x: needs either `url` or `command`.',
  ],
  ['mcp_servers:\n  X:\n    url: http://localhost', 'agents.yaml, line 3: mcp_servers.X: '],
  [
    'mcp_servers:\n  x:\n    url: http://localhost\n    credentials:\n      bearer: MISSING',
    'agents.yaml, line 5: the environment variable MISSING is not set.',
  ],
  [
    'mcp_servers:\n  x:\n    url: http://localhost\n    credentials:\n      bearer: "Bearer abc"',
    'agents.yaml, line 5: mcp_servers.x.credentials.bearer: must be the name of an environment variable, not its value.',
  ],
  [
    'apis:\n  x:\n    document: nowhere.yaml\n    operations: [a]',
    'agents.yaml, line 3: cannot be read: ',
  ],
])('the file %j stops the start with line and reason', async (file, message) => {
  const made = makeAgentsServer({ file })
  await expect(made).rejects.toMatchObject({ code: 'bad_setting' })
  await expect(made).rejects.toThrow(message)
})

test('a tool that a server or an API does not offer is a warning at the start, and fails the check', async () => {
  const paths = { '/a': { get: { operationId: 'listSamples', responses: {} } } }
  const document = { openapi: '3.0.0', info: { title: 'x', version: '1' }, paths }
  const path = join(dataDir(), 'lab.json')
  await Bun.write(path, JSON.stringify(document))
  const file = `
apis: { lab: { document: '${path}', base_url: 'https://lab.example', operations: [listSamples] } }
specialists: [{ name: Lab, ask_when: samples., tools: ['lab/list*', lab/getSample, 'lab/*'] }]
`
  const { sources, readLog } = await makeAgentsServer({ file })
  const { signal } = new AbortController()
  await sources.connect(signal)
  const reason = 'lab offers no tool getSample, which the agents file gives to a specialist'
  expect((await readLog()).map(({ message }) => message)).toContain(reason)
  await expect(sources.checks[0]?.run(signal)).rejects.toThrow(reason)
})

test('a Worker reads the text of the file, and has no processes and no files', async () => {
  const read = (agents: string) =>
    openAgentsFile(
      { agentsFile: undefined, agents },
      { environment: { KEY: 'x' }, hasProcesses: false },
    )
  const file = await read(
    'mcp_servers: { a: { url: https://a.test, credentials: { bearer: KEY } } }',
  )
  expect(file?.mcpServers).toMatchObject([{ headers: { authorization: 'Bearer x' } }])
  await expect(read('mcp_servers: { a: { command: npx } }')).rejects.toThrow(
    'AGENTS, line 1: a Worker cannot start a process: give the server a `url`.',
  )
  await expect(read('apis: { a: { document: a.yaml, operations: [b] } }')).rejects.toThrow(
    'AGENTS, line 1: there is no file system here: give a URL.',
  )
  expect(ignoredSettings({ AGENTS: 'x', AGENTS_FILE: 'y' })).toEqual(['AGENTS_FILE'])
})

test('the process does not start with a wrong file, and says where it is wrong', async () => {
  const folder = dataDir()
  const path = join(folder, 'agents.yaml')
  await Bun.write(path, 'specialists:\n  - nam: Wiki\n')
  const { exited, errors } = startProcess({ DATA_DIR: folder, AGENTS_FILE: path })
  expect(await exited).toBe(1)
  expect(await errors).toBe(
    `OpsAgent cannot start. ${path}, line 2: specialists.0.nam: there is no such field.\n`,
  )
  const missing = startProcess({ DATA_DIR: folder, AGENTS_FILE: join(folder, 'no.yaml') })
  expect(await missing.exited).toBe(1)
  expect(await missing.errors).toStartWith(
    `OpsAgent cannot start. AGENTS_FILE=${join(folder, 'no.yaml')} cannot be read`,
  )
})

test('the settings of the file are read from the environment', () => {
  expect(readConfig({ AGENTS_FILE: 'a.yaml' })).toMatchObject({ agentsFile: 'a.yaml' })
})
