import { expect, test } from 'bun:test'
import { createMcpHandler, McpServer, type ServerContext } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { OpsError } from '../../src/core/errors.ts'
import { callOnce, makeAgentsServer, readRun } from '../support/agents-server.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { readFrames } from '../support/read-stream.ts'
import { expectNothingLeft } from '../support/test-server.ts'

// A server of the specification of 2026-07-28 only.

expectNothingLeft()
const { onEnd } = useCleanUps()

type Work = (context: ServerContext) => Promise<string>

/** Starts a server with the tool "work", whose annotation says whether it only reads. */
function startPlant(work: Work, readOnlyHint = true) {
  const versions = new Set<string | null>()
  const handler = createMcpHandler(
    () => {
      const server = new McpServer({ name: 'plant', version: '1' })
      const description = 'Works. '.repeat(400)
      const inputSchema = z.object({ pump: z.string().optional() })
      const annotations = { readOnlyHint }
      server.registerTool(
        'work',
        { description, inputSchema, annotations },
        async (_, context) => ({
          content: [{ type: 'text', text: await work(context) }],
        }),
      )
      return server
    },
    { legacy: 'reject' },
  )
  const http = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    development: false,
    fetch(request) {
      versions.add(request.headers.get('mcp-protocol-version'))
      return handler.fetch(request)
    },
  })
  onEnd(() => http.stop(true))
  const file = `
mcp_servers:
  plant: { url: 'http://127.0.0.1:${http.port}/mcp' }
specialists:
  - { name: Plant, ask_when: pumps, tools: [plant/*] }
`
  return { file, versions, stop: () => http.stop(true) }
}

const script = callOnce('Plant', 'plant__work', {})

test('a tool is called with the specification of 2026-07-28', async () => {
  const { file, versions } = startPlant(async () => 'done')
  const { ask, model, close } = await makeAgentsServer({ file, parts: { script } })
  onEnd(close)
  expect((await ask('Work')).answer).toBe('done')
  expect([...versions]).toEqual(['2026-07-28'])
  const [tool] = model?.requests.at(-1)?.tools ?? []
  expect(tool?.function.description.length).toBeLessThanOrEqual(1024)
})

test('progress is shown, bounded, and Stop ends the call at the server', async () => {
  const stopped = Promise.withResolvers<void>()
  const { file } = startPlant(async ({ mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken ?? ''
    for (let progress = 1; progress <= 200; progress += 1) {
      const params = { progressToken, progress, total: 200, message: `step\u0007 ${progress}` }
      await mcpReq.notify({ method: 'notifications/progress', params })
    }
    mcpReq.signal.addEventListener('abort', () => stopped.resolve())
    await stopped.promise
    return 'done'
  })
  const { open, post, get, close } = await makeAgentsServer({ file, parts: { script } })
  onEnd(close)
  const path = `/api/conversations/${await open()}`
  const run = crypto.randomUUID()
  const answered = post(`${path}/messages`, { message: 'Work', run })
  const last = 'plant__work: step 50 (50 of 200)'
  await readFrames(await get(`${path}/thinking?run=${run}`), ({ data }) => data === last)
  await post(`${path}/runs/${run}/stop`)
  await stopped.promise
  await answered
  const { status, events } = await readRun({ get }, `${path}/runs/${run}`)
  expect(status).toBe('stopped')
  expect(events.filter(({ type }) => type === 'tool.progressed')).toHaveLength(50)
})

test('a call that changes data is not repeated when its response breaks off', async () => {
  let calls = 0
  const plant = startPlant(async () => {
    calls += 1
    await plant.stop()
    return 'done'
  }, false)
  const file = plant.file.replace("/mcp'", "/mcp', allow: [work]")
  const { sources } = await makeAgentsServer({ file })
  onEnd(() => sources.close())
  const { signal } = new AbortController()
  const { tools } = (await sources.find('plant', ['*'])?.list(signal)) ?? { tools: [] }
  expect(tools).toMatchObject([{ name: 'plant__work', needsApproval: true }])
  for (const wrong of ['{"pump":3}', '[]', '{']) {
    expect(() => tools[0]?.check?.(wrong)).toThrow(OpsError)
  }
  expect(() => tools[0]?.check?.('{"pump":"P1"}')).not.toThrow()
  await expect(tools[0]?.execute('{}', signal)).rejects.toMatchObject({ code: 'tool_unconfirmed' })
  expect(calls).toBe(1)
})
