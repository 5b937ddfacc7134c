import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { type FaultyProxy, type ProxyMode, startFaultyProxy } from '../support/faulty-proxy.ts'
import { type Origin, startOrigin } from '../support/proxy-origin.ts'
import type { Endpoint } from '../support/proxy-process.ts'
import { askAsync, post, stepThrough, watchRun } from '../support/proxy-run.ts'
import { until } from '../support/socket-server.ts'

let origin: Origin
beforeAll(async () => {
  origin = await startOrigin()
}, 60_000)
afterAll(() => origin.stop(), 60_000)

let proxy: FaultyProxy | undefined
afterEach(() => proxy?.stop())

async function start(mode?: ProxyMode): Promise<Endpoint & { proxy: FaultyProxy }> {
  const started = await startFaultyProxy(origin.direct.url, mode)
  proxy = started
  return { ...endpointOf(started), proxy: started }
}

function endpointOf({ url }: FaultyProxy): Endpoint {
  return {
    name: 'faulty proxy',
    url,
    request: (path, init) => fetch(url + path, { redirect: 'manual', ...init }),
  }
}

test('a proxy in mode pass forwards every response as it arrives', async () => {
  const endpoint = await start()
  const run = await watchRun(origin, endpoint)
  await askAsync(endpoint, run)
  await stepThrough(run)
  const page = await endpoint.request('/', { headers: { 'accept-encoding': 'gzip' } })
  expect(page.headers.get('content-encoding')).toBe('gzip')
  expect((await page.text()).includes('</html>')).toBe(true)
  await until(() => endpoint.proxy.counts.passed === 4, 'all responses have ended')
  expect(endpoint.proxy.counts).toEqual({ requests: 4, passed: 4, buffered: 0, cut: 0 })
})

test('a buffering proxy delivers a stream only when it is complete', async () => {
  const endpoint = await start('buffer')
  const run = await watchRun(origin, origin.direct)
  const buffered = endpoint.request(`${run.path}/thinking?run=${run.run}`)
  let arrived = false
  void buffered.then(() => {
    arrived = true
  })
  await askAsync(origin.direct, run)
  run.replies.open(0)
  const types = () => run.stream.events().map(({ type }) => type)
  await until(
    () => types().includes('triage.decided'),
    'the direct reader has received the decision',
  )
  expect((await endpoint.request('/healthz')).status).toBe(200)
  expect(arrived).toBe(false)
  run.replies.openAll()
  expect(await (await buffered).text()).toContain('event: done\ndata: {"status":"finished"}')
  expect(endpoint.proxy.counts).toEqual({ requests: 2, passed: 0, buffered: 2, cut: 0 })
})

test('a cut breaks a stream off, and answers a POST with its status', async () => {
  const { proxy, ...endpoint } = await start()
  const run = await watchRun(origin, origin.direct)
  const answer = post(endpoint, `${run.path}/messages`, run.question)
  await until(() => run.replies.asked() > 0, 'triage asks its model')
  proxy.cut(504)
  expect((await answer).status).toBe(504)
  const stream = await endpoint.request(`${run.path}/thinking?run=${run.run}`)
  proxy.cut()
  await expect(stream.text()).rejects.toThrow()
  expect(proxy.counts.cut).toBe(2)
  await stepThrough(run)
})

test('a reader that disconnects from the proxy also disconnects from the server', async () => {
  const limited = await startOrigin({ MAX_STREAMS_PER_USER: '1' })
  proxy = await startFaultyProxy(limited.direct.url)
  const endpoint = endpointOf(proxy)
  try {
    const run = await watchRun(limited, endpoint)
    const path = `${run.path}/thinking?run=${run.run}`
    expect((await endpoint.request(path)).status).toBe(429)
    run.stream.leave()
    await until(async () => {
      const response = await endpoint.request(path)
      await response.body?.cancel()
      return response.status === 200
    }, 'the slot is free')
  } finally {
    await limited.stop()
  }
}, 60_000)
