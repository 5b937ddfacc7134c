import { expect, test } from 'bun:test'
import { framesOf, linesOf, readFrames } from '../support/read-stream.ts'
import { behind, gate, seedFlow, seedLines } from '../support/scripts.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const question = { message: 'What change requests are open?' }
const done = ({ event }: { event?: string }) => event === 'done'

test('a reader who comes before the question sees the seed’s event flow', async () => {
  const { open, get, post } = await makeServer({}, { script: seedFlow })
  const id = await open()
  const reading = readFrames(await get(`/api/conversations/${id}/thinking`))
  await post(`/api/conversations/${id}/messages`, question)
  const frames = await reading
  expect(frames[0]).toMatchObject({ comment: 'connected' })
  expect(linesOf(frames)).toEqual(seedLines)
  expect(frames.at(-1)).toMatchObject({ event: 'done', data: '{"status":"finished"}' })
})

test('a reader who comes during the run sees it from the start', async () => {
  const held = gate()
  const { open, get, post } = await makeServer({}, { script: behind(held, seedFlow) })
  const id = await open()
  const asked = post(`/api/conversations/${id}/messages`, question)
  const reading = readFrames(await get(`/api/conversations/${id}/thinking`))
  held.open()
  expect(linesOf(await reading)).toEqual(seedLines)
  expect((await asked).status).toBe(200)
})

test('a reader who comes after the end gets everything, then done, then the end', async () => {
  const { open, get, post } = await makeServer({}, { script: seedFlow })
  const id = await open()
  const run = crypto.randomUUID()
  await post(`/api/conversations/${id}/messages`, { ...question, run })
  const frames = await readFrames(await get(`/api/conversations/${id}/thinking?run=${run}`))
  expect(linesOf(frames)).toEqual(seedLines)
  expect(frames.at(-1)).toMatchObject({ event: 'done', data: '{"status":"finished"}' })
})

test('events arrive one by one, as they happen', async () => {
  const gates = [gate(), gate(), gate()]
  const script: typeof seedFlow = async (request, turn) => {
    await gates[request.response_format ? 0 : turn + 1]?.opened
    return seedFlow(request, turn)
  }
  const { open, get, post } = await makeServer({}, { script })
  const id = await open()
  const frames = framesOf(await get(`/api/conversations/${id}/thinking`))
  const next = async () => (await frames.next()).value
  const asked = post(`/api/conversations/${id}/messages`, question)
  expect(await next()).toMatchObject({ comment: 'connected' })
  expect(await next()).toMatchObject({ data: seedLines[0] })
  gates[0]?.open()
  expect(await next()).toMatchObject({ data: seedLines[1] })
  gates[1]?.open()
  expect(await next()).toMatchObject({ data: seedLines[2] })
  expect(await next()).toMatchObject({ data: seedLines[3] })
  gates[2]?.open()
  expect(await next()).toMatchObject({ data: seedLines[4] })
  expect(await next()).toMatchObject({ data: seedLines[5] })
  expect(await next()).toMatchObject({ event: 'done' })
  expect((await frames.next()).done).toBe(true)
  await asked
})

test('a stream has exactly the headers that it needs', async () => {
  const { open, get } = await makeServer({}, { script: seedFlow })
  const response = await get(`/api/conversations/${await open()}/thinking`)
  expect(Object.fromEntries(response.headers)).toEqual({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-store, no-transform',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  })
  await response.body?.cancel()
})

test('ids name the run and count, and the JSON form holds whole events', async () => {
  const { open, get, post } = await makeServer({}, { script: seedFlow })
  const id = await open()
  const run = crypto.randomUUID()
  await post(`/api/conversations/${id}/messages`, { ...question, run })
  const path = `/api/conversations/${id}/thinking?format=json&run=${run}`
  const frames = await readFrames(await get(path))
  const events = linesOf(frames).map((line) => JSON.parse(line) as { seq: number; type: string })
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  expect(frames.slice(1, -1).map(({ id }) => id)).toEqual(events.map(({ seq }) => `${run}:${seq}`))
  expect(events.map(({ type }) => type)).toEqual([
    'run.started',
    'agent.invoked',
    'triage.decided',
    'agent.invoked',
    'tool.called',
    'tool.finished',
    'agent.finished',
    'agent.finished',
    'run.finished',
  ])
})

test('the page’s own path sends the lines as HTML', async () => {
  const { open, get, post } = await makeServer({}, { script: seedFlow })
  const id = await open()
  const run = crypto.randomUUID()
  await post(`/api/conversations/${id}/messages`, { ...question, run })
  const lines = linesOf(await readFrames(await get(`/conversations/${id}/thinking?run=${run}`)))
  expect(lines).toHaveLength(seedLines.length)
  expect(lines[0]).toMatch(/^<li[^>]*>\[Triage\] agent invoked<\/li>$/)
})

test('a reader who comes back with an id gets what comes after it, nothing twice', async () => {
  const { open, get, post } = await makeServer({}, { script: seedFlow })
  const id = await open()
  const run = crypto.randomUUID()
  await post(`/api/conversations/${id}/messages`, { ...question, run })
  const path = `/api/conversations/${id}/thinking`
  const all = await readFrames(await get(`${path}?run=${run}&format=json`))
  for (const seen of [1, 4, 8]) {
    const header = { 'last-event-id': `${run}:${seen}` }
    const rest = linesOf(await readFrames(await get(`${path}?run=${run}&format=json`, header)))
    expect(rest).toEqual(linesOf(all).slice(seen))
    const query = `${path}?format=json&last_event_id=${run}:${seen}`
    expect(linesOf(await readFrames(await get(query)))).toEqual(rest)
  }
  const end = { 'last-event-id': `${run}:9` }
  const frames = await readFrames(await get(`${path}?run=${run}`, end))
  expect(frames.map(({ event }) => event)).toEqual([undefined, 'done'])
})

test.each(['', 'x', ':', '-1', `${'9'.repeat(30)}`, 'a'.repeat(65_536), '../..:1', '%00:1'])(
  'an id that is nonsense (%#) starts at the beginning',
  async (suffix) => {
    const { open, get, post } = await makeServer({}, { script: seedFlow })
    const id = await open()
    const run = crypto.randomUUID()
    await post(`/api/conversations/${id}/messages`, { ...question, run })
    for (const lastEventId of [suffix, `${run}:${suffix}`, `${crypto.randomUUID()}:3`]) {
      const header = { 'last-event-id': lastEventId }
      const path = `/api/conversations/${id}/thinking?run=${run}`
      expect(linesOf(await readFrames(await get(path, header)))).toEqual(seedLines)
    }
  },
)

test('an id ahead of a run that is going on starts at the beginning', async () => {
  const held = gate()
  const { open, get, post } = await makeServer({}, { script: behind(held, seedFlow) })
  const id = await open()
  const run = crypto.randomUUID()
  const asked = post(`/api/conversations/${id}/messages`, { ...question, run })
  const header = { 'last-event-id': `${run}:5000` }
  const reading = readFrames(await get(`/api/conversations/${id}/thinking?run=${run}`, header))
  held.open()
  expect(linesOf(await reading)).toEqual(seedLines)
  await asked
})

test('several readers each see everything, and one who leaves disturbs nobody', async () => {
  const held = gate()
  const { open, get, post, slots } = await makeServer({}, { script: behind(held, seedFlow) })
  const id = await open()
  const path = `/api/conversations/${id}/thinking`
  const readers = [readFrames(await get(path)), readFrames(await get(path))]
  const leaver = await get(path)
  const asked = post(`/api/conversations/${id}/messages`, question)
  await readFrames(leaver, ({ data }) => data === seedLines[0])
  while (slots.open !== 2) await Bun.sleep(1)
  held.open()
  for (const frames of await Promise.all(readers)) expect(linesOf(frames)).toEqual(seedLines)
  await asked
})

test('a quiet stream is kept alive by comments that carry no id', async () => {
  const { open, get, post } = await makeServer({ keepAliveSeconds: 0.01 }, { script: () => 'hang' })
  const id = await open()
  const run = crypto.randomUUID()
  const asked = post(`/api/conversations/${id}/messages`, { ...question, run })
  let comments = 0
  const path = `/api/conversations/${id}/thinking`
  const frames = await readFrames(await get(path), ({ comment }) => {
    if (comment === '') comments += 1
    return comments === 4
  })
  expect(frames.filter(({ comment }) => comment === '').every(({ id }) => id === undefined)).toBe(
    true,
  )
  await post(`/api/conversations/${id}/runs/${run}/stop`)
  await asked
})

test('a stream whose run never comes is told so after a while', async () => {
  const { open, get, registry } = await makeServer({ firstEventSeconds: 0, keepAliveSeconds: 0.01 })
  const id = await open()
  const run = crypto.randomUUID()
  const frames = await readFrames(await get(`/api/conversations/${id}/thinking?run=${run}`))
  expect(frames.at(-1)).toEqual({ event: 'done', data: '{"status":"unknown"}' })
  expect(registry.size).toBe(0)
})

test('a stream that has lived long enough is closed without done, and resumes whole', async () => {
  const held = gate()
  const settings = { streamSeconds: 0.02, keepAliveSeconds: 0.005 }
  const { open, get, post } = await makeServer(settings, { script: behind(held, seedFlow) })
  const id = await open()
  const run = crypto.randomUUID()
  const asked = post(`/api/conversations/${id}/messages`, { ...question, run })
  const path = `/api/conversations/${id}/thinking?run=${run}`
  const first = await readFrames(await get(path))
  expect(first.some(done)).toBe(false)
  held.open()
  await asked
  const seen = first.findLast(({ id }) => id !== undefined)?.id ?? ''
  const second = await readFrames(await get(path, { 'last-event-id': seen }))
  expect([...linesOf(first), ...linesOf(second)]).toEqual(seedLines)
})

test('a reader that accepts something else is given the stream all the same', async () => {
  const { open, get, post } = await makeServer({}, { script: seedFlow })
  const id = await open()
  const run = crypto.randomUUID()
  await post(`/api/conversations/${id}/messages`, { ...question, run })
  const stream = await get(`/api/conversations/${id}/thinking?run=${run}`, { accept: 'image/png' })
  expect(linesOf(await readFrames(stream))).toEqual(seedLines)
})

test('a stream ends when the sign-on does, and says so', async () => {
  const begun = Date.now()
  const identify = () => ({ id: 'ann', name: 'Ann', expiresAt: begun + 300 })
  const { open, get, post } = await makeServer({}, { script: () => 'hang', identify })
  const id = await open()
  const run = crypto.randomUUID()
  const asked = post(`/api/conversations/${id}/messages`, { ...question, run })
  const frames = await readFrames(await get(`/api/conversations/${id}/thinking?run=${run}`))
  expect(linesOf(frames)).toEqual(seedLines.slice(0, 1))
  expect(frames.at(-1)).toEqual({ event: 'done', data: '{"status":"signed_out"}' })
  expect(Date.now()).toBeGreaterThanOrEqual(begun + 300)
  await post(`/api/conversations/${id}/runs/${run}/stop`)
  await asked
})

test('HEAD tells the headers and opens nothing', async () => {
  const { app, open, slots, registry } = await makeServer({}, { script: seedFlow })
  const path = `/api/conversations/${await open()}/thinking`
  const response = await app.request(path, { method: 'HEAD' })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(await response.text()).toBe('')
  expect([slots.open, registry.size]).toEqual([0, 0])
})

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is not for streams', async (method) => {
  const { app, open } = await makeServer({}, { script: seedFlow })
  const response = await app.request(`/api/conversations/${await open()}/thinking`, { method })
  expect(response.status).toBe(405)
  expect(response.headers.get('allow')).toBe('GET, HEAD')
})

test('a user’s ninth stream, and one too many for the process, are refused for a while', async () => {
  const identify = (request: Request) => {
    const id = request.headers.get('x-user') ?? 'ann'
    return { id, name: id }
  }
  const settings = { maxStreamsPerUser: 2, maxStreams: 3 }
  const { open, get } = await makeServer(settings, { identify })
  const path = `/api/conversations/${await open()}/thinking`
  const mine = [await get(path), await get(path)]
  const refused = await get(path)
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  const bob = { 'x-user': 'bob' }
  const other = `/api/conversations/${await open(bob)}/thinking`
  const his = await get(other, bob)
  expect(his.status).toBe(200)
  expect((await get(other, { 'x-user': 'bob' })).status).toBe(429)
  await mine[0]?.body?.cancel()
  const again = await get(other, bob)
  expect(again.status).toBe(200)
  for (const stream of [mine[1], his, again]) await stream?.body?.cancel()
})

test('text from a question, a tool or a model is never framing', async () => {
  const hostile =
    'x\n\nevent: done\ndata: {}\r\n\r\nid: 9\n\u0000\u2028</li><script>alert(1)</script>'
  const script: typeof seedFlow = (request) =>
    request.response_format
      ? { decide: [{ agent: 'ServiceNow', question: hostile }] }
      : { say: hostile }
  const { open, get, post } = await makeServer({}, { script })
  const id = await open()
  const run = crypto.randomUUID()
  await post(`/api/conversations/${id}/messages`, { message: hostile, run })
  const path = `/conversations/${id}/thinking?run=${run}`
  for (const form of [`/api${path}&format=json`, `/api${path}`, path]) {
    const text = await (await get(form)).text()
    expect(text.match(/^event: done$/gm)).toHaveLength(1)
    expect(text).not.toContain('\r')
    expect(text).not.toContain('\0')
  }
  const events = linesOf(await readFrames(await get(`/api${path}&format=json`)))
  expect(events.map((line) => JSON.parse(line).type).at(0)).toBe('run.started')
  expect(await (await get(path)).text()).not.toContain('<script')
})

test('a short keep-alive still gives the connection a timeout that Bun honours', async () => {
  const timeouts: number[] = []
  const allowSilence = (_: Request, seconds: number) => void timeouts.push(seconds)
  const { get, open } = await makeServer({ keepAliveSeconds: 1 }, { allowSilence })
  const response = await get(`/api/conversations/${await open()}/thinking`)
  await response.body?.cancel()
  expect(timeouts).toEqual([8])
})
