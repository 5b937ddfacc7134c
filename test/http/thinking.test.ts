import { expect, test } from 'bun:test'
import { identifyByHeader } from '../support/identify-by-header.ts'
import { type Frame, framesOf, linesOf, readFrames } from '../support/read-stream.ts'
import { behind, gate, seedFlow, seedLines } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const question = { message: 'What change requests are open?' }
const isDone = ({ event }: Frame) => event === 'done'

test('a reader that connects before the question receives the event flow of the seed', async () => {
  const { open, get, post } = await makeServer({}, { script: seedFlow })
  const id = await open()
  const reading = readFrames(await get(`/api/conversations/${id}/thinking`))
  await post(`/api/conversations/${id}/messages`, question)
  const frames = await reading
  expect(frames[0]).toMatchObject({ comment: 'connected' })
  expect(linesOf(frames)).toEqual(seedLines)
  expect(frames.at(-1)).toMatchObject({ event: 'done', data: '{"status":"finished"}' })
})

test('a reader that connects during the run receives it from the start', async () => {
  const held = gate()
  const { open, get, post } = await makeServer({}, { script: behind(held, seedFlow) })
  const id = await open()
  const asked = post(`/api/conversations/${id}/messages`, question)
  const reading = readFrames(await get(`/api/conversations/${id}/thinking`))
  held.open()
  expect(linesOf(await reading)).toEqual(seedLines)
  expect((await asked).status).toBe(200)
})

test('a reader that connects after the end receives every event and done, and the stream closes', async () => {
  const { open, get, post } = await makeServer({}, { script: seedFlow })
  const id = await open()
  const run = crypto.randomUUID()
  await post(`/api/conversations/${id}/messages`, { ...question, run })
  const frames = await readFrames(await get(`/api/conversations/${id}/thinking?run=${run}`))
  expect(linesOf(frames)).toEqual(seedLines)
  expect(frames.at(-1)).toMatchObject({ event: 'done', data: '{"status":"finished"}' })
})

test('each event arrives as soon as it is emitted', async () => {
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

test('a stream has exactly the four headers of event streams', async () => {
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

test('an event id is the run id and a number, and format=json sends complete events', async () => {
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

test('the stream of the page sends each line as the HTML of a row', async () => {
  const { open, get, post } = await makeServer({}, { script: seedFlow })
  const id = await open()
  const run = crypto.randomUUID()
  await post(`/api/conversations/${id}/messages`, { ...question, run })
  const lines = linesOf(await readFrames(await get(`/conversations/${id}/thinking?run=${run}`)))
  expect(lines).toHaveLength(seedLines.length)
  expect(lines[0]).toMatch(/^<li class="row agent running"[^>]*>.*>\[Triage\] agent invoked</)
})

test('a reader that resumes after an id receives only the later events', async () => {
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
  'an invalid event id (%#) starts at the beginning',
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

test('an event id beyond the end of an active run starts at the beginning', async () => {
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

test('several readers each receive every event, and a disconnect affects no other reader', async () => {
  const held = gate()
  const parts = { script: behind(held, seedFlow) }
  const { open, get, post, status } = await makeServer({}, parts)
  const id = await open()
  const path = `/api/conversations/${id}/thinking`
  const readers = [readFrames(await get(path)), readFrames(await get(path))]
  const leaving = await get(path)
  const asked = post(`/api/conversations/${id}/messages`, question)
  await readFrames(leaving, ({ data }) => data === seedLines[0])
  await until(async () => (await status()).streams === 2, 'the stream that was left is closed')
  held.open()
  for (const frames of await Promise.all(readers)) expect(linesOf(frames)).toEqual(seedLines)
  await asked
})

test('an idle stream sends keep-alive comments without an id', async () => {
  const { open, get, post } = await makeServer({ keepAliveSeconds: 0.01 }, { script: () => 'hang' })
  const id = await open()
  const run = crypto.randomUUID()
  const asked = post(`/api/conversations/${id}/messages`, { ...question, run })
  const { body } = await get(`/api/conversations/${id}/thinking`)
  const decoder = new TextDecoder()
  const fourKeepAlives = '\n:\n:\n:\n:\n'
  let text = ''
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.endsWith(fourKeepAlives)) break
  }
  expect(text).toEndWith(fourKeepAlives)
  await post(`/api/conversations/${id}/runs/${run}/stop`)
  await asked
})

test('a stream whose run does not start in time ends with the status unknown', async () => {
  const { open, get, status } = await makeServer({ firstEventSeconds: 0, keepAliveSeconds: 0.01 })
  const id = await open()
  const run = crypto.randomUUID()
  const frames = await readFrames(await get(`/api/conversations/${id}/thinking?run=${run}`))
  expect(frames.at(-1)).toEqual({ event: 'done', data: '{"status":"unknown"}' })
  expect(await status()).toMatchObject({ runs: 0, waiters: 0 })
})

test('a stream closes without done at its maximum age, and resumes without loss', async () => {
  const held = gate()
  const settings = { streamSeconds: 0.02, keepAliveSeconds: 0.005 }
  const { open, get, post } = await makeServer(settings, { script: behind(held, seedFlow) })
  const id = await open()
  const run = crypto.randomUUID()
  const asked = post(`/api/conversations/${id}/messages`, { ...question, run })
  const path = `/api/conversations/${id}/thinking?run=${run}`
  const first = await readFrames(await get(path))
  expect(first.some(isDone)).toBe(false)
  held.open()
  await asked
  const seen = first.findLast(({ id }) => id !== undefined)?.id ?? ''
  const second = await readFrames(await get(path, { 'last-event-id': seen }))
  expect([...linesOf(first), ...linesOf(second)]).toEqual(seedLines)
})

test('a request that accepts only another content type gets the stream', async () => {
  const { open, get, post } = await makeServer({}, { script: seedFlow })
  const id = await open()
  const run = crypto.randomUUID()
  await post(`/api/conversations/${id}/messages`, { ...question, run })
  const stream = await get(`/api/conversations/${id}/thinking?run=${run}`, { accept: 'image/png' })
  expect(linesOf(await readFrames(stream))).toEqual(seedLines)
})

containerTest('a stream ends with the status signed_out when the identity expires', async () => {
  let nowMs = Date.now()
  const parts = { script: () => 'hang' as const, identify: identifyByHeader, now: () => nowMs }
  const { open, get, post, model } = await makeServer({ keepAliveSeconds: 0.6 }, parts)
  const ann = { 'x-user': 'ann' }
  const id = await open(ann)
  const run = crypto.randomUUID()
  const asked = post(`/api/conversations/${id}/messages`, { ...question, run }, ann)
  await until(() => model?.requests.length === 1, 'the model is called')
  const expiring = { ...ann, 'x-user-expires-at': String(nowMs + 1) }
  const stream = await get(`/api/conversations/${id}/thinking?run=${run}`, expiring)
  const frames = await readFrames(stream, ({ event, data }) => {
    if (data !== undefined) nowMs += 1
    return event === 'done'
  })
  expect(linesOf(frames)).toEqual(seedLines.slice(0, 1))
  expect(frames.at(-1)).toEqual({ event: 'done', data: '{"status":"signed_out"}' })
  await post(`/api/conversations/${id}/runs/${run}/stop`, undefined, ann)
  await asked
})

test('HEAD returns the headers and opens no stream', async () => {
  const { request, open, status } = await makeServer({}, { script: seedFlow })
  const path = `/api/conversations/${await open()}/thinking`
  const response = await request(path, { method: 'HEAD' })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(await response.text()).toBe('')
  expect(await status()).toEqual({ runs: 0, waiters: 0, streams: 0 })
})

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s on a stream gets 405', async (method) => {
  const { request, open } = await makeServer({}, { script: seedFlow })
  const response = await request(`/api/conversations/${await open()}/thinking`, { method })
  expect(response.status).toBe(405)
  expect(response.headers.get('allow')).toBe('GET, HEAD')
})

test('a stream over the limit of the user gets 429, and other users are not affected', async () => {
  const parts = { identify: identifyByHeader }
  const { open, get } = await makeServer({ maxStreamsPerUser: 2 }, parts)
  const [ann, bob] = [{ 'x-user': 'ann' }, { 'x-user': 'bob' }]
  const path = `/api/conversations/${await open(ann)}/thinking`
  const streams = [await get(path, ann), await get(path, ann)]
  const refused = await get(path, ann)
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  streams.push(await get(`/api/conversations/${await open(bob)}/thinking`, bob))
  expect(streams.map(({ status }) => status)).toEqual([200, 200, 200])
  for (const { body } of streams) await body?.cancel()
})

// At the edge each user has an own process.
containerTest(
  'a stream over the limit of the user or of the process gets 429 with Retry-After',
  async () => {
    const identify = (request: Request) => {
      const id = request.headers.get('x-user') ?? 'ann'
      return { id, name: id }
    }
    const settings = { maxStreamsPerUser: 2, maxStreams: 3 }
    const { open, get } = await makeServer(settings, { identify })
    const path = `/api/conversations/${await open()}/thinking`
    const first = await get(path)
    const second = await get(path)
    const refused = await get(path)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    const bob = { 'x-user': 'bob' }
    const other = `/api/conversations/${await open(bob)}/thinking`
    const third = await get(other, bob)
    expect(third.status).toBe(200)
    expect((await get(other, bob)).status).toBe(429)
    await first.body?.cancel()
    const fourth = await get(other, bob)
    expect(fourth.status).toBe(200)
    for (const { body } of [second, third, fourth]) await body?.cancel()
  },
)

test('text from a question, a tool or a model cannot change the framing', async () => {
  const hostile =
    'x\n\nevent: done\ndata: {}\r\n\r\nid: 9\n\u0000\u2028</li><script>alert(1)</script>'
  const script: typeof seedFlow = (request) =>
    request.response_format
      ? { decide: [{ agent: 'ServiceNow', question: hostile }] }
      : { text: hostile }
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

containerTest(
  'a short keep-alive still gives the connection a timeout that Bun honours',
  async () => {
    const timeouts: number[] = []
    const allowSilence = (_: Request, seconds: number) => void timeouts.push(seconds)
    const { get, open } = await makeServer({ keepAliveSeconds: 1 }, { allowSilence })
    const response = await get(`/api/conversations/${await open()}/thinking`)
    await response.body?.cancel()
    expect(timeouts).toEqual([8])
  },
)
