import { expect, test } from 'bun:test'
import type { EdgeServer } from '../support/edge-server.ts'
import { type Frame, framesOf, linesOf, readFrames } from '../support/read-stream.ts'
import { isTriage, type Script } from '../support/scripted-model.ts'
import { behind, gate, seedFlow, seedLines } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'
import { useEdge } from '../support/use-edge.ts'

const { makeServer } = useEdge()

/** Hangs after the tool call, so that the run is active until its object is reset. */
const hangsAtTheEnd: Script = (request, turn) =>
  isTriage(request) || turn === 0 ? seedFlow(request, turn) : 'hang'

const json = { 'content-type': 'application/json' }

async function begin(server: EdgeServer) {
  const created = await server.request('/api/conversations', {
    method: 'POST',
    headers: json,
    body: '{}',
  })
  const { id } = (await created.json()) as { id: string }
  const run = crypto.randomUUID()
  const answer = server.request(`/api/conversations/${id}/messages`, {
    method: 'POST',
    headers: { ...json, prefer: 'respond-async' },
    body: JSON.stringify({ message: 'What is open?', run }),
  })
  return { path: `/api/conversations/${id}`, run, accepted: await answer }
}

test('a reader of a run whose object is reset sees each committed event once, and then interrupted', async () => {
  const server = makeServer(hangsAtTheEnd)
  const { path, run } = await begin(server)
  const thinking = `${path}/thinking?run=${run}`
  const seen: Frame[] = []
  for await (const frame of framesOf(await server.request(thinking))) {
    seen.push(frame)
    if (linesOf(seen).length === 3) break
  }
  const lastEventId = seen.at(-1)?.id ?? ''
  await server.reset()
  const rest = await readFrames(
    await server.request(thinking, { headers: { 'last-event-id': lastEventId } }),
  )
  expect(linesOf([...seen, ...rest])).toEqual([
    ...seedLines.slice(0, 4),
    '[ServiceNow] agent stopped',
    '[Triage] agent stopped',
  ])
  expect(rest.at(-1)).toMatchObject({ event: 'done', data: '{"status":"interrupted"}' })
  const stored = await (await server.request(`${path}/runs/${run}`)).json()
  expect(stored).toMatchObject({
    status: 'interrupted',
    error: { message: expect.stringContaining('ask again') },
  })
})

test('an open stream ends without done when its object is reset, so that its reader comes back', async () => {
  const server = makeServer(hangsAtTheEnd)
  const { path, run } = await begin(server)
  const response = await server.request(`${path}/thinking?run=${run}`)
  const reading = readFrames(response)
  await server.reset()
  expect((await reading).map(({ event }) => event)).not.toContain('done')
})

test('after a reset the conversation takes the next question', async () => {
  const held = gate()
  const server = makeServer(behind(held, seedFlow))
  const { path } = await begin(server)
  await server.reset()
  held.open()
  const answer = await server.request(`${path}/messages`, {
    method: 'POST',
    headers: json,
    body: '{"message":"And now?"}',
  })
  expect(await answer.json()).toMatchObject({ run: { status: 'finished' } })
})

test('a run that was lost is ended by an alarm, although nobody comes back', async () => {
  const server = makeServer(hangsAtTheEnd, { leaseSeconds: 1 })
  const { path, run } = await begin(server)
  await server.reset()
  await until(async () => (await server.alarms()) > 0, 'the alarm has started the object')
  const alarmedAt = Date.now()
  const response = await server.request(`${path}/runs/${run}`)
  const { status, finished_at } = (await response.json()) as Record<string, string>
  expect(status).toBe('interrupted')
  expect(Date.parse(finished_at ?? '')).toBeLessThanOrEqual(alarmedAt)
})

test('a run without a reader and without a waiting POST goes on', async () => {
  const held = gate()
  const server = makeServer(behind(held, seedFlow))
  const { path, run, accepted } = await begin(server)
  expect(accepted.status).toBe(202)
  held.open()
  await until(async () => {
    const state = (await (await server.request(`${path}/runs/${run}`)).json()) as { status: string }
    return state.status === 'finished'
  }, 'the run has finished')
})

test('a reader that leaves frees its slot without waiting for a keep-alive', async () => {
  const server = makeServer(() => 'hang', { keepAliveSeconds: 60 })
  const { path, run } = await begin(server)
  const leaving = new AbortController()
  const { signal } = leaving
  const response = await server.request(`${path}/thinking?run=${run}`, { signal })
  await response.body?.getReader().read()
  expect((await server.status()).streams).toBe(1)
  leaving.abort()
  await until(async () => (await server.status()).streams === 0, 'the stream is closed')
})

test('a page that is requested while its object is reset is loaded from the next object', async () => {
  const server = makeServer(seedFlow)
  const page = await server.request('/', { headers: server.headers({}, 'resetOnce') })
  expect(page.status).toBe(200)
})

test('a question during a reset gets 503 with Retry-After, and is accepted when it is sent again', async () => {
  const server = makeServer(seedFlow)
  const post = () =>
    server.request('/api/conversations', {
      method: 'POST',
      headers: server.headers(json, 'resetOnce'),
      body: '{}',
    })
  const refused = await post()
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
  expect((await post()).status).toBe(201)
})
