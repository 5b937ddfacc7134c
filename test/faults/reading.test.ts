import { expect, test } from 'bun:test'
import { emittingLayer, numbered } from '../support/emitting.ts'
import { framesOf, linesOf, readFrames } from '../support/read-stream.ts'
import { behind, gate, seedFlow, seedLines } from '../support/scripts.ts'
import { connectRaw, makeSocketServer, until } from '../support/socket-server.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const question = { message: 'What is open?' }

test('a stream sends its complete head and a comment before any event', async () => {
  const { open, port, closeSocket } = await makeSocketServer()
  const path = `/api/conversations/${await open()}/thinking`
  const { state, get, socket } = await connectRaw(port)
  get(path)
  await until(() => state.text.includes(': connected\n'), 'the first comment has arrived')
  const [head = ''] = state.text.split('\r\n\r\n')
  const lines = head.split('\r\n').map((line) => line.toLowerCase().split(':')[0])
  expect(lines.toSorted()).toEqual([
    'cache-control',
    'content-type',
    'date',
    'http/1.1 200 ok',
    'transfer-encoding',
    'x-accel-buffering',
    'x-content-type-options',
  ])
  socket.end()
  await closeSocket()
})

test('a stream contains line feeds only, no BOM, and one jittered retry', async () => {
  const { open, post, url, closeSocket } = await makeSocketServer({}, { script: seedFlow })
  const id = await open()
  const retries = new Set<string>()
  for (let round = 0; round < 5; round += 1) {
    const run = crypto.randomUUID()
    await post(`/api/conversations/${id}/messages`, { ...question, run })
    const text = await (await fetch(`${url}/api/conversations/${id}/thinking?run=${run}`)).text()
    expect(text).not.toMatch(/[\r\uFEFF\0]/)
    const [retry, ...others] = text.match(/^retry: \d+$/gm) ?? []
    expect(others).toEqual([])
    const retryMs = Number(retry?.slice(7))
    expect(retryMs).toBeGreaterThanOrEqual(1000)
    expect(retryMs).toBeLessThan(4000)
    retries.add(String(retryMs))
  }
  expect(retries.size).toBeGreaterThan(1)
  await closeSocket()
})

test('done is sent in the same write as the last event', async () => {
  const held = gate()
  const script: typeof seedFlow = async (request, turn) => {
    if (turn === 1) await held.opened
    return seedFlow(request, turn)
  }
  const { open, post, port, closeSocket } = await makeSocketServer({}, { script })
  const id = await open()
  const { state, get } = await connectRaw(port)
  get(`/api/conversations/${id}/thinking?format=json`)
  const asked = post(`/api/conversations/${id}/messages`, question)
  await until(() => state.text.includes('tool.finished'), 'the tool has finished')
  held.open()
  await until(() => state.text.includes('event: done'), 'the stream has ended')
  const last = state.chunks.find((chunk) => chunk.includes('"run.finished"')) ?? ''
  expect(last).toContain('event: done')
  await asked
  await closeSocket()
})

test('the Last-Event-ID header takes precedence over the query parameter', async () => {
  const { open, get, post } = await makeServer({}, { script: seedFlow })
  const id = await open()
  const run = crypto.randomUUID()
  await post(`/api/conversations/${id}/messages`, { ...question, run })
  const path = `/api/conversations/${id}/thinking?format=json&run=${run}&last_event_id=${run}:1`
  const frames = await readFrames(await get(path, { 'last-event-id': `${run}:7` }))
  expect(linesOf(frames)).toHaveLength(2)
})

test('every reader receives a burst of two thousand events completely', async () => {
  const { layer, begun, release } = emittingLayer()
  const parts = { script: seedFlow, agentMiddleware: [layer] }
  const { open, post, url, closeSocket } = await makeSocketServer({ maxEvents: 5000 }, parts)
  const id = await open()
  const path = `${url}/api/conversations/${id}/thinking?format=json`
  const readers = await Promise.all([fetch(path), fetch(path), fetch(path)])
  const reading = readers.map((reader) => readFrames(reader))
  const asked = post(`/api/conversations/${id}/messages`, question)
  const emit = await begun
  for (let count = 1; count <= 2000; count += 1) emit(numbered(count, 'x'.repeat(100)))
  release()
  for (const frames of await Promise.all(reading)) {
    const seqs = linesOf(frames).map((line) => (JSON.parse(line) as { seq: number }).seq)
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => index + 1))
    expect(seqs.length).toBeGreaterThan(2000)
  }
  await asked
  await closeSocket()
}, 30_000)

test('a log over its limit reports the exact gap to a late reader, live and from the store', async () => {
  const { layer, begun, release } = emittingLayer()
  const parts = { script: seedFlow, agentMiddleware: [layer] }
  const { open, post, get } = await makeServer({ maxEvents: 50 }, parts)
  const id = await open()
  const run = crypto.randomUUID()
  const asked = post(`/api/conversations/${id}/messages`, { ...question, run })
  const emit = await begun
  for (let count = 3; count <= 100; count += 1) emit(numbered(count))
  const stored = async () => {
    const response = await get(`/api/conversations/${id}/runs/${run}`)
    return ((await response.json()) as { events: { seq: number }[] }).events.at(-1)?.seq
  }
  while ((await stored()) !== 100) await Bun.sleep(0)
  const path = `/api/conversations/${id}/thinking?run=${run}`
  const live = framesOf(await get(path))
  await live.next()
  expect((await live.next()).value).toMatchObject({
    id: `${run}:50`,
    data: '… 50 earlier events are no longer kept',
  })
  await live.return(undefined)
  release()
  await asked
  const late = await readFrames(await get(`${path}&format=json`))
  const [gap, ...rest] = linesOf(late).map((line) => JSON.parse(line))
  expect(gap).toMatchObject({ type: 'gap', from: 1, to: rest[0].seq - 1 })
  expect(rest).toHaveLength(50)
  const resumed = { 'last-event-id': `${run}:${gap.to}` }
  const complete = linesOf(await readFrames(await get(`${path}&format=json`, resumed)))
  expect(complete.map((line) => JSON.parse(line).type)).not.toContain('gap')
})

test('a reader that reconnects before the server noticed the disconnect keeps its new stream', async () => {
  const held = gate()
  const { open, post, url, slots, closeSocket } = await makeSocketServer(
    {},
    { script: behind(held, seedFlow) },
  )
  const id = await open()
  const path = `${url}/api/conversations/${id}/thinking`
  const old = new AbortController()
  const first = await fetch(path, { signal: old.signal })
  const asked = post(`/api/conversations/${id}/messages`, question)
  const second = readFrames(await fetch(path))
  old.abort()
  await first.text().catch(() => {})
  await until(() => slots.open === 1, 'the old stream is closed')
  held.open()
  expect(linesOf(await second)).toEqual(seedLines)
  await asked
  await closeSocket()
})

test('a reader that pauses repeatedly receives every event in order', async () => {
  const { layer, begun, release } = emittingLayer()
  const parts = { script: seedFlow, agentMiddleware: [layer] }
  const { open, post, port, closeSocket } = await makeSocketServer({}, parts)
  const id = await open()
  const { state, get, socket } = await connectRaw(port)
  get(`/api/conversations/${id}/thinking`)
  const asked = post(`/api/conversations/${id}/messages`, question)
  const emit = await begun
  for (let count = 1; count <= 500; count += 1) {
    if (count % 50 === 0) {
      socket.pause()
      await Bun.sleep(0)
      socket.resume()
    }
    emit(numbered(count))
  }
  release()
  await until(() => state.text.includes('event: done'), 'the stream has ended')
  const received = [...state.text.matchAll(/^data: t(\d+) finished$/gm)].map(([, count]) =>
    Number(count),
  )
  expect(received).toEqual(Array.from({ length: 500 }, (_, index) => index + 1))
  await asked
  await closeSocket()
})

test('no response allows another origin to read it', async () => {
  const { open, get } = await makeServer()
  const path = `/api/conversations/${await open()}`
  const origin = { origin: 'https://evil.example' }
  const stream = await get(`${path}/thinking`, origin)
  for (const response of [await get(path, origin), stream, await get('/', origin)]) {
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  }
  await stream.body?.cancel()
})
