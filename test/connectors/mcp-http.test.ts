import { afterAll, beforeEach, expect, test } from 'bun:test'
import { callOnce, makeAgentsServer, readRun } from '../support/agents-server.ts'
import { startMcpGateway } from '../support/mcp-servers.ts'
import { readFrames } from '../support/read-stream.ts'
import { isTriage } from '../support/scripted-model.ts'
import { expectNothingLeft } from '../support/test-server.ts'

// The server "everything" of the npm registry over Streamable HTTP.

expectNothingLeft()

const gateway = await startMcpGateway()
afterAll(gateway.stop)
beforeEach(() => void gateway.sent.splice(0))

const fileWith = (server: string, more = '') => `
mcp_servers:
  everything:
    url: ${gateway.url}
${server}
specialists:
  - name: Lab
    ask_when: 'experiments: echoes, sums and long operations.'
    tools: [everything/*${more}]
`
const file = fileWith('')
const mixed = fileWith('', ', list_incidents')
const long = 'everything__trigger-long-running-operation'

test('a fourth specialist of an agents file answers with a tool of an MCP server', async () => {
  const script = callOnce('Lab', 'everything__echo', { message: 'hello' })
  const { ask, model, close } = await makeAgentsServer({ file: mixed, parts: { script } })
  const { status, answer, events } = await ask('Echo hello')
  expect(status).toBe('finished')
  expect(answer).toStartWith('Echo: hello')
  expect(events.filter(({ tool }) => tool === 'everything__echo').map(({ type }) => type)).toEqual([
    'tool.called',
    'tool.finished',
  ])
  const [triage, specialist] = model?.requests ?? []
  expect(triage?.messages[0]?.content).toContain('- Lab: experiments: echoes')
  const offered = specialist?.tools?.map((tool) => tool.function)
  expect(offered?.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['list_incidents', 'everything__get-sum']),
  )
  expect(offered?.find(({ name }) => name === 'everything__echo')?.parameters).toEqual({
    type: 'object',
    properties: { message: { type: 'string', description: 'Message to echo' } },
    required: ['message'],
  })
  await close()
})

test('the progress of a tool is shown in the thinking stream, and Stop reaches the MCP server', async () => {
  const script = callOnce('Lab', long, { duration: 3600, steps: 360_000 })
  const { open, post, get, close } = await makeAgentsServer({ file, parts: { script } })
  const path = `/api/conversations/${await open()}`
  const run = crypto.randomUUID()
  const answered = post(`${path}/messages`, { message: 'Run it', run })
  const stream = await get(`${path}/thinking?run=${run}`)
  await readFrames(stream, ({ data }) => data === `${long}: 1 of 360000`)
  await post(`${path}/runs/${run}/stop`)
  await answered
  expect((await gateway.received('notifications/cancelled')).params?.reason).toBeString()
  const { status, events } = await readRun({ get }, `${path}/runs/${run}`)
  expect(status).toBe('stopped')
  expect(events.filter(({ tool }) => tool === long).at(-1)?.type).toBe('tool.stopped')
  await close()
})

test('an error of a tool goes to the model, and an image is left out visibly', async () => {
  const wrong = callOnce('Lab', 'everything__get-sum', { a: 'one' })
  const first = await makeAgentsServer({ file, parts: { script: wrong } })
  const { answer, events } = await first.ask('Add')
  expect(answer).toContain('Failed: The tool reported an error: ')
  expect(answer).toContain('expected number')
  expect(events.find(({ type }) => type === 'tool.failed')?.code).toBe('tool_reported')
  await first.close()
  const image = callOnce('Lab', 'everything__get-tiny-image', {})
  const second = await makeAgentsServer({ file, parts: { script: image } })
  expect((await second.ask('Show')).answer).toContain('[The image (image/png, 4 KB) is left out.]')
  await second.close()
})

test('structured content is given to the model once', async () => {
  const script = callOnce('Lab', 'everything__get-structured-content', { location: 'Chicago' })
  const { ask, close } = await makeAgentsServer({ file, parts: { script } })
  expect(JSON.parse((await ask('Weather')).answer)).toMatchObject({ temperature: 36 })
  await close()
})

test('a tool that is not marked as read-only is offered if it is named, and not called without an approval', async () => {
  const writing = 'toggle-simulated-logging'
  const script = callOnce('Lab', `everything__${writing}`, {})
  const without = await makeAgentsServer({ file, parts: { script } })
  expect((await without.ask('Toggle')).answer).toStartWith('Failed: there is no tool')
  await without.close()
  const allowing = fileWith(`    allow: ['get-*', ${writing}]\n    deny: [get-env]`)
  const allowed = await makeAgentsServer({
    file: allowing,
    settings: { approvalSeconds: 0 },
    parts: { script },
  })
  const { answer, events } = await allowed.ask('Toggle')
  expect(answer).toContain('not approved: nobody answered in time')
  expect(events.find(({ type }) => type === 'tool.failed')?.code).toBe('not_approved')
  expect(gateway.sent.map(({ message }) => message.method)).not.toContain('tools/call')
  const names = allowed.model?.requests.at(-1)?.tools?.map((tool) => tool.function.name)
  expect(names).toContain('everything__get-sum')
  expect(names).not.toContain('everything__echo')
  expect(names).not.toContain('everything__get-env')
  await allowed.close()
})

test('credentials are sent with every request', async () => {
  const guarded = fileWith(`    credentials:
      bearer: LAB_TOKEN
      headers:
        x-team: LAB_TEAM`)
  const environment = { LAB_TOKEN: 'secret-token', LAB_TEAM: 'ops' }
  const script = callOnce('Lab', 'everything__echo', { message: 'x' })
  const { ask, close } = await makeAgentsServer({ file: guarded, environment, parts: { script } })
  const { events } = await ask('Echo')
  const sent = gateway.sent.map(({ headers }) => [
    headers.get('authorization'),
    headers.get('x-team'),
  ])
  expect(sent.length).toBeGreaterThan(3)
  for (const one of sent) expect(one).toEqual(['Bearer secret-token', 'ops'])
  expect(JSON.stringify(events)).not.toContain('secret-token')
  await close()
})

test('a server that is killed during a call and started again is used again', async () => {
  let nowMs = 0
  let tool = long
  const { ask, logged, close } = await makeAgentsServer({
    file: mixed,
    parts: {
      monotonicMs: () => nowMs,
      script: (request, turn) => callOnce('Lab', tool, { duration: 3600 })(request, turn),
    },
  })
  const asked = ask('Run it')
  await gateway.received('tools/call')
  await gateway.kill()
  const { status, events } = await asked
  expect(status).toBe('finished')
  expect(events.find(({ type }) => type === 'tool.failed')?.code).toBe('tool_failed')
  tool = 'list_incidents'
  const absent = 'The MCP server everything cannot be reached, so its tools were not available.'
  expect((await ask('Now?')).answer).toContain(absent)
  await gateway.restart()
  nowMs += 6000
  expect((await ask('And now?')).answer).not.toContain(absent)
  const lines = logged.filter(({ message }) => message.startsWith('the MCP server'))
  expect(lines.map(({ level }) => level)).toEqual(['warn', 'info'])
  await close()
})

test('a server that was started again between two questions is used without a failure', async () => {
  const script = callOnce('Lab', 'everything__echo', { message: 'x' })
  const { ask, close } = await makeAgentsServer({ file, parts: { script } })
  expect((await ask('Echo')).answer).toBe('Echo: x')
  await gateway.kill()
  await gateway.restart()
  expect((await ask('Echo')).answer).toBe('Echo: x')
  await close()
})

test('a server that hangs delays a question for the time of the connection only', async () => {
  const release = gateway.hold()
  const script = callOnce('Lab', 'list_incidents', {})
  const { ask, logged, model, close } = await makeAgentsServer({
    file: mixed,
    connectMs: () => 20,
    parts: { script },
  })
  const { status, answer } = await ask('Which incidents are open?')
  expect(status).toBe('finished')
  expect(answer).toContain('*The MCP server everything cannot be reached')
  expect(logged.map(({ level, message }) => [level, message])).toContainEqual([
    'warn',
    'the MCP server everything cannot be reached; a later question tries again',
  ])
  const specialist = model?.requests.find((request) => !isTriage(request))
  expect(specialist?.messages[0]?.content).toContain('cannot be reached')
  release()
  await close()
})

test('a check says how many tools a server has, or why it cannot be reached', async () => {
  const more = `    allow: ['*', toggle-simulated-logging]`
  const { sources } = await makeAgentsServer({ file: fileWith(more) })
  const [check] = sources.checks
  const { signal } = new AbortController()
  expect(check?.name).toBe('MCP server everything')
  expect(await check?.run(signal)).toMatch(/^it has \d+ tools, and 10 of them are offered\.$/)
  await sources.close()
  const gone = await makeAgentsServer({ file: file.replace(gateway.url, 'http://127.0.0.1:1/') })
  const failed = gone.sources.checks[0]?.run(signal)
  await expect(failed).rejects.toThrow('The MCP server everything cannot be reached')
})
