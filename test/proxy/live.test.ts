import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { installedCases, type Origin, startOrigin } from '../support/proxy-origin.ts'
import { type Endpoint, type RunningProxy, startProxy } from '../support/proxy-process.ts'
import { askAsync, openStream, post, stepThrough, watchRun } from '../support/proxy-run.ts'
import { until } from '../support/socket-server.ts'

let origin: Origin
beforeAll(async () => {
  origin = await startOrigin()
}, 60_000)
afterAll(() => origin.stop(), 60_000)

const delays: string[] = []
afterAll(() => void process.stderr.write(`Delay of events in ms: ${delays.join('; ')}.\n`))

const maxDelayMs = 100
const maxRuns = 5

/** Steps through one run and returns the delay of each event, in ms. */
async function measure(endpoint: Endpoint): Promise<number[]> {
  const run = await watchRun(origin, endpoint)
  await askAsync(endpoint, run)
  await stepThrough(run)
  expect(run.stream.done()).toBe('{"status":"finished"}')
  const seqs = run.stream.events().map(({ seq }) => seq)
  expect(seqs).toEqual(seqs.map((_, index) => index + 1))
  return run.stream.events().map(({ delayMs }) => delayMs)
}

/** The least delay of each event over several runs: a proxy delays an event in every run, a busy machine does not. */
async function leastDelays(endpoint: Endpoint): Promise<number[]> {
  let least = await measure(endpoint)
  for (let runs = 1; runs < maxRuns && Math.max(...least) > maxDelayMs; runs += 1) {
    const again = await measure(endpoint)
    expect(again.length).toBe(least.length)
    least = least.map((ms, index) => Math.min(ms, again[index] ?? ms))
  }
  return least
}

const cases = [undefined, ...installedCases()]
describe.each(cases.map((one) => [one?.name ?? 'no proxy', one] as const))('%s', (name, one) => {
  let proxy: RunningProxy | undefined
  let endpoint: Endpoint
  beforeAll(async () => {
    if (one !== undefined) proxy = await startProxy(one, origin.port)
    endpoint = proxy ?? origin.direct
  }, 60_000)
  afterAll(() => proxy?.stop(), 60_000)

  test(`passes each event on within ${maxDelayMs} ms, one by one`, async () => {
    const sorted = (await leastDelays(endpoint)).sort((a, b) => a - b)
    delays.push(`${name} ${sorted[sorted.length >> 1]} (${sorted.at(-1)} at most)`)
    expect(sorted.at(-1)).toBeLessThanOrEqual(maxDelayMs)
  }, 60_000)

  test('keeps the headers of a stream', async () => {
    const { stream } = await watchRun(origin, endpoint)
    await until(() => stream.arrivals.length > 0, 'the first comment has arrived')
    const { headers, status } = stream.response
    stream.leave()
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(headers.get('cache-control')).toBe('no-cache, no-store, no-transform')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.has('content-length')).toBe(false)
    expect(headers.get('content-encoding')).toBe(one?.compresses ? 'gzip' : null)
  }, 60_000)

  test('lets a reader resume after its last event', async () => {
    const run = await watchRun(origin, endpoint)
    await askAsync(endpoint, run)
    run.replies.open(0)
    run.replies.open(1)
    const { stream } = run
    await until(
      () => stream.events().some(({ type }) => type === 'tool.finished'),
      'a tool has finished',
    )
    const last = stream.arrivals.findLast(({ id }) => id !== undefined)
    stream.leave()
    await stream.ended
    const seen = stream.events().length
    const path = `${run.path}/thinking?format=json&run=${run.run}`
    const resumed = await openStream(endpoint, path, last?.id)
    run.replies.openAll()
    await until(() => resumed.done() !== undefined, 'the run has ended')
    const seqs = [...stream.events(), ...resumed.events()].map(({ seq }) => seq)
    expect(resumed.events()[0]?.seq).toBe(seen + 1)
    expect(seqs).toEqual(seqs.map((_, index) => index + 1))
  }, 60_000)

  test('passes Stop to the run and its end to the reader', async () => {
    const run = await watchRun(origin, endpoint)
    await askAsync(endpoint, run)
    run.replies.open(0)
    await until(() => run.replies.asked() > 1, 'the specialist asks its model')
    const stopped = await post(endpoint, `${run.path}/runs/${run.run}/stop`, {})
    expect(stopped.status).toBe(202)
    await until(() => run.stream.done() !== undefined, 'the reader receives the end')
    expect(run.stream.done()).toBe('{"status":"stopped"}')
    run.replies.openAll()
  }, 60_000)
})
