import { expect, test } from 'bun:test'
import { wait } from '../../src/core/wait.ts'
import { longest } from '../../src/doctor/examination.ts'
import { maxExaminations } from '../../src/http/ops/doctor.tsx'
import { framesOf, readFrames } from '../support/read-stream.ts'
import { makeSocketServer, until } from '../support/socket-server.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const anonymous = { identify: () => undefined }
const stream = '/doctor/thinking?seconds=0.6'

test('the stream has the headers, the opening and the end of a thinking stream', async () => {
  const { get } = await makeServer({ keepAliveSeconds: 0.1 }, anonymous)
  const response = await get(stream)
  expect(Object.fromEntries(response.headers)).toEqual({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-store, no-transform',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  })
  const [opening, event, ...rest] = await readFrames(response)
  expect(opening).toEqual({ retry: '2000', comment: 'connected' })
  expect(JSON.parse(event?.data ?? '')).toEqual({
    n: 1,
    sentAt: expect.any(Number),
    process: expect.any(String),
  })
  expect(rest).toEqual([
    { comment: '' },
    { comment: '' },
    { comment: '' },
    { id: '1', event: 'done', data: '{"status":"finished"}' },
  ])
})

test('pad makes each event longer', async () => {
  const { get } = await makeServer()
  const [, event] = await readFrames(await get(`${stream}&pad=4096`))
  expect(JSON.parse(event?.data ?? '').pad).toHaveLength(4096)
})

test.each([
  ['GET', '/doctor/thinking?seconds=76', 400],
  ['GET', '/doctor/thinking?seconds=0', 400],
  ['GET', '/doctor/thinking?seconds=x', 400],
  ['GET', '/doctor/thinking?pad=4097', 400],
  ['POST', '/doctor/wait?seconds=71', 400],
  ['GET', '/doctor/wait', 405],
  ['POST', '/doctor/thinking', 405],
  ['DELETE', '/doctor/echo', 405],
])('%s %s is rejected with %i', async (method, path, status) => {
  const { app } = await makeServer({}, anonymous)
  expect((await app.request(path, { method })).status).toBe(status)
})

test('the server accepts the longest examination of the doctor', async () => {
  const { get, app } = await makeServer()
  const response = await get(`/doctor/thinking?seconds=${longest.seconds}`)
  expect(response.status).toBe(200)
  await response.body?.cancel()
  const left = new AbortController()
  const path = `/doctor/wait?seconds=${longest.postSeconds}`
  const delayed = app.request(path, { method: 'POST', signal: left.signal })
  left.abort()
  expect((await delayed).status).toBe(200)
})

test('HEAD returns the headers and opens no stream', async () => {
  const { app, get } = await makeServer({}, anonymous)
  for (let n = 0; n <= maxExaminations; n += 1) {
    const response = await app.request('/doctor/thinking', { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  }
  const response = await get(stream)
  expect(response.status).toBe(200)
  await response.body?.cancel()
})

test('a fifth examination gets 429 until one of the four has ended', async () => {
  const { url, closeSocket } = await makeSocketServer({}, anonymous)
  const open = async () => {
    const left = new AbortController()
    const response = await fetch(`${url}/doctor/thinking?seconds=75`, { signal: left.signal })
    return { response, left }
  }
  const opened = await Promise.all(Array.from({ length: maxExaminations }, open))
  expect(opened.map(({ response }) => response.status)).toEqual([200, 200, 200, 200])
  const fifth = await open()
  expect(fifth.response.status).toBe(429)
  expect(fifth.response.headers.get('retry-after')).toBe('30')
  opened[0]?.left.abort()
  await until(async () => {
    const { response, left } = await open()
    left.abort()
    return response.status === 200
  }, 'an examination can start')
  for (const { left } of opened) left.abort()
  closeSocket()
})

test('a fifth delayed POST gets 429 until the others have ended', async () => {
  const { url, closeSocket } = await makeSocketServer({}, anonymous)
  const left = new AbortController()
  const post = (init?: RequestInit) =>
    fetch(`${url}/doctor/wait?seconds=${init ? 60 : 0}`, { method: 'POST', ...init })
  const waiting = Array.from({ length: maxExaminations }, () => post({ signal: left.signal }))
  await until(async () => (await post()).status === 429, 'the limit is reached')
  left.abort()
  expect((await Promise.allSettled(waiting)).map(({ status }) => status)).toEqual(
    Array(maxExaminations).fill('rejected'),
  )
  await until(async () => (await post()).status === 200, 'a POST can start')
  closeSocket()
})

test('a POST is answered after the requested time', async () => {
  const { post } = await makeServer({}, anonymous)
  const response = await post('/doctor/wait?seconds=0.2')
  const { process, waitedMs } = (await response.json()) as { process: string; waitedMs: number }
  expect(process).toHaveLength(36)
  expect(waitedMs).toBeGreaterThanOrEqual(190)
})

test('the echo lists names of proxy headers without their values', async () => {
  const { get } = await makeServer({}, anonymous)
  const response = await get('/doctor/echo', {
    'x-forwarded-for': '10.1.2.3',
    'cf-ray': 'abc',
    authorization: 'Bearer secret',
    cookie: 'session=secret',
    'x-api-key': 'secret',
  })
  expect(response.headers.get('cache-control')).toBe('no-store')
  const text = await response.text()
  expect(JSON.parse(text)).toMatchObject({
    process: expect.any(String),
    now: expect.any(Number),
    headers: ['cf-ray', 'x-forwarded-for'],
  })
  expect(text).not.toMatch(/secret|10\.1\.2\.3|authorization|cookie/)
})

test('a stopping server sends a comment and no done event', async () => {
  const { get, slots } = await makeServer()
  const frames = framesOf(await get('/doctor/thinking?seconds=75'))
  await frames.next()
  await frames.next()
  await slots.close(1000)
  expect((await frames.next()).value).toEqual({ comment: 'the server restarts' })
  expect((await frames.next()).done).toBe(true)
})

test('a pause that ends early removes its timer and its listeners', async () => {
  const before = { set: globalThis.setTimeout, clear: globalThis.clearTimeout }
  const running = new Set<unknown>()
  const counted = (act: () => void, ms?: number) => {
    const timer = before.set(act, ms)
    running.add(timer)
    return timer
  }
  const listeners = { added: 0, removed: 0 }
  const watched = () => {
    const controller = new AbortController()
    const { signal } = controller
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...given: Parameters<typeof add>) => {
      listeners.added += 1
      add(...given)
    }
    signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      listeners.removed += 1
      remove(...given)
    }
    return controller
  }
  const [one, other] = [watched(), watched()]
  try {
    globalThis.setTimeout = counted as typeof setTimeout
    globalThis.clearTimeout = ((timer: Timer) => {
      running.delete(timer)
      before.clear(timer)
    }) as typeof clearTimeout
    const pausing = wait(60_000, one.signal, other.signal)
    expect(running.size).toBe(1)
    one.abort()
    await pausing
  } finally {
    globalThis.setTimeout = before.set
    globalThis.clearTimeout = before.clear
  }
  expect(running.size).toBe(0)
  expect(listeners).toEqual({ added: 2, removed: 2 })
})
