import { expect, test } from 'bun:test'
import { behind, gate, seedFlow } from '../support/scripts.ts'
import { makeSocketServer, until } from '../support/socket-server.ts'
import {
  containerTest,
  expectNothingLeft,
  isAtEdge,
  makeServer,
  ownProcessTest,
} from '../support/test-server.ts'

expectNothingLeft()

const question = { message: 'What is open?' }

/** With this setting only the close of the connection can free a slot within the time limit of a test. */
const noKeepAlive = { keepAliveSeconds: 60 }

/** Opens a stream, closes its socket, and waits until its slot is free. */
async function leave(close: 'end' | 'terminate') {
  const { open, connect, status, closeSocket } = await makeSocketServer(noKeepAlive)
  const { state, get, socket } = await connect()
  get(`/api/conversations/${await open()}/thinking`)
  await until(() => state.text.includes(': connected'), 'the stream is open')
  expect(await status()).toEqual({ runs: 0, waiters: 1, streams: 1 })
  socket[close]()
  const isFree = async () => Bun.deepEquals(await status(), { runs: 0, waiters: 0, streams: 0 })
  await until(isFree, 'the slot is free')
  await closeSocket()
}

test('a reader that resets its connection frees its slot without waiting for a keep-alive', () =>
  leave('terminate'))

// For workerd a client that has sent a FIN may still read, so it finds out with the next write.
containerTest(
  'a reader that closes its connection frees its slot without waiting for a keep-alive',
  () => leave('end'),
)

containerTest(
  'a client whose process is killed frees its slot without waiting for a keep-alive',
  async () => {
    const { open, url, slots, closeSocket } = await makeSocketServer(noKeepAlive)
    const path = `${url}/api/conversations/${await open()}/thinking`
    const code = `for await (const _ of (await fetch(${JSON.stringify(path)})).body);`
    const client = Bun.spawn([process.execPath, '-e', code], { stdout: 'ignore', stderr: 'ignore' })
    await until(() => slots.open === 1, 'the stream is open')
    client.kill('SIGKILL')
    await until(() => slots.open === 0, 'the slot is free')
    await closeSocket()
  },
)

containerTest(
  'ten thousand connects and disconnects do not grow the heap',
  async () => {
    const { open, get, slots, registry } = await makeServer()
    const path = `/api/conversations/${await open()}/thinking`
    const connect = async (times: number) => {
      for (let count = 0; count < times; count += 1) await (await get(path)).body?.cancel()
      await until(() => slots.open === 0 && registry.size === 0, 'every stream is closed')
      Bun.gc(true)
      return process.memoryUsage().heapUsed
    }
    const before = await connect(2000)
    const after = await connect(10_000)
    expect(after - before).toBeLessThan(8 * 1024 * 1024)
  },
  60_000,
)

containerTest('a client that disconnects during identification opens no stream', async () => {
  const held = gate()
  const identifying = Promise.withResolvers<void>()
  let slow = false
  const identify = async () => {
    if (slow) {
      identifying.resolve()
      await held.opened
    }
    return { id: 'ann', name: 'Ann' }
  }
  const made = await makeSocketServer({}, { identify })
  const { open, connect, request, slots, registry, closeSocket } = made
  const id = await open()
  slow = true
  const { get, socket } = await connect()
  get(`/api/conversations/${id}/thinking`)
  await identifying.promise
  socket.terminate()
  // The server handles the reset before it answers requests that arrive later.
  for (let count = 0; count < 3; count += 1) await request('/healthz')
  held.open()
  await until(() => slots.open === 0 && registry.size === 0, 'no stream is open')
  await closeSocket()
})

containerTest('incomplete requests and oversized request lines open no stream', async () => {
  const { connect, slots, registry, closeSocket } = await makeSocketServer()
  const sockets = await Promise.all(Array.from({ length: 50 }, () => connect()))
  for (const { socket } of sockets)
    socket.write('GET /api/conversations/x/thinking HTTP/1.1\r\nX-A: ')
  const long = await connect()
  long.get(`/api/conversations?q=${'x'.repeat(65_536)}`)
  await until(
    () => long.state.closed || /HTTP\/1.1 4\d\d/.test(long.state.text),
    'the request is refused',
  )
  expect([slots.open, registry.size]).toEqual([0, 0])
  for (const { socket } of sockets) socket.terminate()
  await closeSocket()
})

test('a thousand readers that reconnect at once receive the same events', async () => {
  const held = gate()
  const settings = { maxStreamsPerUser: 2000 }
  const { open, post, get } = await makeServer(settings, { script: behind(held, seedFlow) })
  const id = await open()
  const run = crypto.randomUUID()
  const asked = post(`/api/conversations/${id}/messages`, { ...question, run })
  const header = { 'last-event-id': `${run}:1` }
  // To workerd they are connections, of which Bun opens at most 256 in a test.
  const length = isAtEdge ? 200 : 1000
  const readers = await Promise.all(
    Array.from({ length }, () => get(`/api/conversations/${id}/thinking?run=${run}`, header)),
  )
  expect(readers.every(({ status }) => status === 200)).toBe(true)
  held.open()
  const texts = await Promise.all(readers.map((reader) => reader.text()))
  expect(new Set(texts.map((text) => text.replace(/^retry: \d+/, ''))).size).toBe(1)
  await asked
}, 60_000)

/** Tracks the timers and intervals that are set and not cleared. */
function trackTimers() {
  const {
    setInterval: every,
    setTimeout: once,
    clearInterval: stop,
    clearTimeout: drop,
  } = globalThis
  const open = new Set<unknown>()
  globalThis.setInterval = ((...parameters: Parameters<typeof every>) => {
    const timer = every(...parameters)
    open.add(timer)
    return timer
  }) as typeof every
  globalThis.setTimeout = ((act: () => void, ms?: number) => {
    const timer = once(() => {
      open.delete(timer)
      act()
    }, ms)
    open.add(timer)
    return timer
  }) as typeof once
  globalThis.clearInterval = (timer) => {
    open.delete(timer)
    stop(timer as never)
  }
  globalThis.clearTimeout = (timer) => {
    open.delete(timer)
    drop(timer as never)
  }
  const restore = () => {
    Object.assign(globalThis, {
      setInterval: every,
      setTimeout: once,
      clearInterval: stop,
      clearTimeout: drop,
    })
  }
  return { open, restore }
}

ownProcessTest('no timer is left when nothing runs', async () => {
  const { open: timers, restore } = trackTimers()
  try {
    const held = gate()
    const { open, post, get, slots } = await makeServer({}, { script: behind(held, seedFlow) })
    const path = `/api/conversations/${await open()}`
    const readers = await Promise.all([get(`${path}/thinking`), get(`${path}/thinking`)])
    const asked = post(`${path}/messages`, question)
    await until(() => timers.size > 2, 'timers are set')
    await readers[0]?.body?.cancel()
    held.open()
    await asked
    await readers[1]?.text()
    await until(() => slots.open === 0, 'every stream is closed')
    await Bun.sleep(0)
    expect(timers.size).toBe(0)
  } finally {
    restore()
  }
})
