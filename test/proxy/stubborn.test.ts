import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Way } from '../support/proxy-process.ts'
import { askAsync, post, stepThrough, watchRun } from '../support/proxy-run.ts'
import { startWorld, type World } from '../support/proxy-world.ts'
import { until } from '../support/socket-server.ts'
import {
  type ProxyMode,
  type StubbornProxy,
  startStubbornProxy,
} from '../support/stubborn-proxy.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 20_000)
afterAll(() => world.stop(), 20_000)

let proxy: StubbornProxy | undefined
afterEach(() => proxy?.stop())

async function start(mode?: ProxyMode): Promise<Way & { proxy: StubbornProxy }> {
  const started = await startStubbornProxy(world.direct.url, mode)
  proxy = started
  const { url } = started
  const request: Way['request'] = (path, init) => fetch(url + path, { redirect: 'manual', ...init })
  return { name: 'stubborn', url, request, proxy: started }
}

test('an honest one passes everything on as it comes', async () => {
  const way = await start()
  const run = await watchRun(world, way)
  await askAsync(way, run)
  await stepThrough(run)
  const page = await way.request('/', { headers: { 'accept-encoding': 'gzip' } })
  expect(page.headers.get('content-encoding')).toBe('gzip')
  expect((await page.text()).includes('</html>')).toBe(true)
  await until(() => way.proxy.counts.passed === 4, 'all responses are over')
  expect(way.proxy.counts).toEqual({ requests: 4, passed: 4, heldBack: 0, cut: 0 })
})

test('one that buffers gives a stream only when it is whole', async () => {
  const way = await start({ buffer: true })
  const run = await watchRun(world, world.direct)
  const held = way.request(`${run.path}/thinking?run=${run.run}`)
  let arrived = false
  void held.then(() => {
    arrived = true
  })
  await askAsync(world.direct, run)
  run.replies.open(0)
  const types = () => run.stream.events().map(({ type }) => type)
  await until(() => types().includes('triage.decided'), 'the direct reader is ahead')
  expect((await way.request('/healthz')).status).toBe(200)
  expect(arrived).toBe(false)
  run.replies.openAll()
  expect(await (await held).text()).toContain('event: done\ndata: {"status":"finished"}')
  expect(way.proxy.counts).toEqual({ requests: 2, passed: 0, heldBack: 2, cut: 0 })
})

test('one that cuts ends a stream in the middle, and a POST with the status it was given', async () => {
  const way = await start()
  const run = await watchRun(world, way)
  way.proxy.mode = { cutAfterMs: 50, status: 504 }
  const answer = await post(way, `${run.path}/messages`, run.question)
  expect(answer.status).toBe(504)
  way.proxy.mode = { cutAfterMs: 50 }
  const cut = await way.request(`${run.path}/thinking?run=${run.run}`)
  await expect(cut.text()).rejects.toThrow()
  await expect(
    way.request(`${run.path}/thinking?run=${run.run}`, { method: 'HEAD' }),
  ).resolves.toBeDefined()
  way.proxy.mode = 'honest'
  await stepThrough(run)
  expect(way.proxy.counts.cut).toBe(2)
})

test('a reader who leaves leaves the server, too', async () => {
  const limited = await startWorld({ MAX_STREAMS_PER_USER: '1' })
  try {
    const { url, stop } = await startStubbornProxy(limited.direct.url)
    const way: Way = { name: 'stubborn', url, request: (path, init) => fetch(url + path, init) }
    const run = await watchRun(limited, way)
    const path = `${run.path}/thinking?run=${run.run}`
    expect((await way.request(path)).status).toBe(429)
    run.stream.leave()
    await until(async () => {
      const response = await way.request(path)
      await response.body?.cancel()
      return response.status === 200
    }, 'the place is free')
    await stop()
  } finally {
    await limited.stop()
  }
}, 20_000)
