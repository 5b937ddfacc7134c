import { expect, test } from 'bun:test'
import { numbered } from '../support/emitting.ts'
import { framesOf, linesOf, readFrames } from '../support/read-stream.ts'
import { behind, gate, seedFlow, seedLines } from '../support/scripts.ts'
import { makeSocketServer, until } from '../support/socket-server.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const question = { message: 'What is open?' }

test('a stream sends its complete head and a comment before any event', async () => {
  const { open, connect, closeSocket } = await makeSocketServer()
  const path = `/api/conversations/${await open()}/thinking`
  const { state, get, socket } = await connect()
  get(path)
  await until(() => state.text.includes(': connected\n'), 'the first comment has arrived')
  const [head = ''] = state.text.split('\r\n\r\n')
  const lines = head.split('\r\n').map((line) => line.toLowerCase().split(':')[0])
  // workerd sends no date; Cloudflare adds it.
  expect(lines.filter((name) => name !== 'date').toSorted()).toEqual([
    'cache-control',
    'content-type',
    'http/1.1 200 ok',
    'transfer-encoding',
    'x-accel-buffering',
    'x-content-type-options',
  ])
  socket.end()
  await closeSocket()
})

test('a stream contains line feeds only, no BOM, and one jittered retry', async () => {
  const made = await makeSocketServer({}, { script: seedFlow })
  const { open, post, request, closeSocket } = made
  const id = await open()
  const retries = new Set<string>()
  for (let round = 0; round < 5; round += 1) {
    const run = crypto.randomUUID()
    await post(`/api/conversations/${id}/messages`, { ...question, run })
    const text = await (await request(`/api/conversations/${id}/thinking?run=${run}`)).text()
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
  const { open, post, connect, closeSocket } = await makeSocketServer({}, { script })
  const id = await open()
  const { state, get } = await connect()
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
  const parts = { script: seedFlow, isEmitting: true }
  const made = await makeSocketServer({ maxEvents: 5000 }, parts)
  const { open, post, request, emitter, closeSocket } = made
  const id = await open()
  const path = `/api/conversations/${id}/thinking?format=json`
  const readers = await Promise.all([request(path), request(path), request(path)])
  const reading = readers.map((reader) => readFrames(reader))
  const asked = post(`/api/conversations/${id}/messages`, question)
  await emitter.emit(Array.from({ length: 2000 }, (_, index) => numbered(index, 'x'.repeat(100))))
  await emitter.release()
  for (const frames of await Promise.all(reading)) {
    const seqs = linesOf(frames).map((line) => (JSON.parse(line) as { seq: number }).seq)
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => index + 1))
    expect(seqs.length).toBeGreaterThan(2000)
  }
  await asked
  await closeSocket()
}, 60_000)

test('a log over its limit reports the exact gap to a late reader, live and from the store', async () => {
  const parts = { script: seedFlow, isEmitting: true }
  const { open, post, get, emitter } = await makeServer({ maxEvents: 50 }, parts)
  const id = await open()
  const run = crypto.randomUUID()
  const asked = post(`/api/conversations/${id}/messages`, { ...question, run })
  await emitter.emit(Array.from({ length: 98 }, (_, index) => numbered(index)))
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
  await emitter.release()
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
  const made = await makeSocketServer({}, { script: behind(held, seedFlow) })
  const { open, post, request, status, closeSocket } = made
  const id = await open()
  const path = `/api/conversations/${id}/thinking`
  const old = new AbortController()
  const first = await request(path, { signal: old.signal })
  const asked = post(`/api/conversations/${id}/messages`, question)
  const second = readFrames(await request(path))
  old.abort()
  await first.text().catch(() => {})
  await until(async () => (await status()).streams === 1, 'the old stream is closed')
  held.open()
  expect(linesOf(await second)).toEqual(seedLines)
  await asked
  await closeSocket()
})

test('a reader that pauses repeatedly receives every event in order', async () => {
  const parts = { script: seedFlow, isEmitting: true }
  const { open, post, connect, emitter, closeSocket } = await makeSocketServer({}, parts)
  const id = await open()
  const { state, get, socket } = await connect()
  get(`/api/conversations/${id}/thinking`)
  const asked = post(`/api/conversations/${id}/messages`, question)
  for (let count = 1; count <= 500; count += 50) {
    socket.pause()
    await Bun.sleep(0)
    socket.resume()
    await emitter.emit(Array.from({ length: 50 }, (_, index) => numbered(count + index)))
  }
  await emitter.release()
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
