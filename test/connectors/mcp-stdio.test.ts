import { expect, test } from 'bun:test'
import { join } from 'node:path'
import type { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { openMcpProcess } from '../../src/entry/mcp-process.ts'
import { callOnce, makeAgentsServer } from '../support/agents-server.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { mcpScript } from '../support/mcp-servers.ts'
import { expectNothingLeft } from '../support/test-server.ts'

// Servers of the npm registry as processes.

expectNothingLeft()
const { dataDir, onEnd } = useCleanUps()

const processOf = (name: 'filesystem' | 'memory' | 'everything', more = '') => `
  ${name}:
    command: ${process.execPath}
    args: [${mcpScript(name)}${more}]`

test('the server "filesystem" reads the files of its folder and no others', async () => {
  const folder = dataDir()
  await Bun.write(join(folder, 'note.txt'), 'The pump runs at 40 %.')
  const file = `
mcp_servers:${processOf('filesystem', `, ${folder}`)}
specialists:
  - name: Files
    ask_when: files
    tools: [filesystem/*]
`
  const path = join(folder, 'note.txt')
  const read = callOnce('Files', 'filesystem__read_text_file', { path })
  const { ask, model, close } = await makeAgentsServer({ file, parts: { script: read } })
  onEnd(close)
  expect((await ask('Read')).answer).toBe('{"content":"The pump runs at 40 %."}')
  const names = model?.requests.at(-1)?.tools?.map((tool) => tool.function.name)
  expect(names).toContain('filesystem__list_directory')
  expect(names).not.toContain('filesystem__write_file')
  const outside = callOnce('Files', 'filesystem__read_text_file', { path: '/etc/passwd' })
  const second = await makeAgentsServer({ file, parts: { script: outside } })
  onEnd(second.close)
  expect((await second.ask('Read')).answer).toContain(
    'Failed: The tool reported an error: Access denied',
  )
})

test('the offline model answers with a tool of the server "memory"', async () => {
  const memory = join(dataDir(), 'memory.jsonl')
  const entity = { type: 'entity', name: 'Pump7', entityType: 'pump', observations: ['hot'] }
  await Bun.write(memory, `${JSON.stringify(entity)}\n`)
  const file = `
mcp_servers:${processOf('memory')}
    env: [MEMORY_FILE_PATH]
specialists:
  - name: Plant
    ask_when: 'nodes of the plant graph: pumps and valves.'
    tools: [memory/search_nodes]
`
  const environment = { MEMORY_FILE_PATH: memory }
  const { ask, close } = await makeAgentsServer({ file, environment })
  onEnd(close)
  const { status, answer, events } = await ask('Search the nodes for "Pump7"')
  expect(status).toBe('finished')
  expect(events.filter(({ type }) => type === 'tool.called')).toMatchObject([
    { agent: 'Plant', tool: 'memory__search_nodes', arguments: '{"query":"Pump7"}' },
  ])
  expect(answer).toContain('Pump7')
  expect(answer).toContain('hot')
})

test('a process that was killed is started again for the next question', async () => {
  const file = `
mcp_servers:${processOf('everything')}
specialists:
  - name: Lab
    ask_when: experiments
    tools: [everything/*]
`
  const opened: StdioClientTransport[] = []
  const script = callOnce('Lab', 'everything__echo', { message: 'x' })
  const { ask, close } = await makeAgentsServer({
    file,
    parts: {
      script,
      openProcess(settings) {
        const transport = openMcpProcess(settings)
        opened.push(transport)
        return transport
      },
    },
  })
  onEnd(close)
  expect((await ask('Echo')).answer).toBe('Echo: x')
  const first = opened[0]?.pid ?? 0
  process.kill(first, 'SIGKILL')
  expect((await ask('Echo')).answer).toBe('Echo: x')
  expect(opened).toHaveLength(2)
  expect(opened[1]?.pid).not.toBe(first)
})

test('a process that hangs is an absence in the answer, and replaced for a later question', async () => {
  const file = `
mcp_servers:${processOf('everything')}
specialists:
  - name: Lab
    ask_when: experiments
    tools: [everything/*, list_incidents]
`
  const opened: StdioClientTransport[] = []
  let nowMs = 0
  let connectMs = 30_000
  let tool = 'everything__echo'
  const { ask, close } = await makeAgentsServer({
    file,
    connectMs: () => connectMs,
    parts: {
      monotonicMs: () => nowMs,
      script: (request, turn) => callOnce('Lab', tool, { message: 'x' })(request, turn),
      openProcess(settings) {
        const transport = openMcpProcess(settings)
        opened.push(transport)
        return transport
      },
    },
  })
  onEnd(close)
  expect((await ask('Echo')).answer).toStartWith('Echo: x')
  const hung = opened[0]?.pid ?? 0
  // A stopped process ends by SIGKILL only.
  onEnd(() => process.kill(hung, 'SIGKILL'))
  process.kill(hung, 'SIGSTOP')
  connectMs = 50
  tool = 'list_incidents'
  expect((await ask('What is open?')).answer).toContain(
    '*The MCP server everything cannot be reached',
  )
  connectMs = 30_000
  nowMs += 6000
  tool = 'everything__echo'
  expect((await ask('Echo')).answer).toStartWith('Echo: x')
})

test('a program that does not exist is an absence in the answer, and a warning in the log', async () => {
  const file = `
mcp_servers:
  missing:
    command: /nowhere/mcp-server
specialists:
  - name: Lab
    ask_when: experiments
    tools: [missing/*, list_incidents]
`
  const script = callOnce('Lab', 'list_incidents', {})
  const { ask, logged, close } = await makeAgentsServer({ file, parts: { script } })
  onEnd(close)
  const { status, answer } = await ask('What is open?')
  expect(status).toBe('finished')
  expect(answer).toContain(
    '*The MCP server missing cannot be reached, so its tools were not available.*',
  )
  expect(logged.some(({ level, message }) => level === 'warn' && message.includes('missing'))).toBe(
    true,
  )
})
