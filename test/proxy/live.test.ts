import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type RunningProxy, startProxy, type Way } from '../support/proxy-process.ts'
import { askAsync, openStream, post, stepThrough, watchRun } from '../support/proxy-run.ts'
import { installedCases, startWorld, type World } from '../support/proxy-world.ts'
import { until } from '../support/socket-server.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 20_000)
afterAll(() => world.stop(), 20_000)

const latencies: string[] = []
afterAll(() => void process.stderr.write(`Events on their way, in ms: ${latencies.join('; ')}.\n`))

const most = 100

/** Steps through one run; answers how late each event was. */
async function measure(way: Way): Promise<number[]> {
  const run = await watchRun(world, way)
  await askAsync(way, run)
  await stepThrough(run)
  expect(run.stream.done()).toBe('{"status":"finished"}')
  const seqs = run.stream.events().map(({ seq }) => seq)
  expect(seqs).toEqual(seqs.map((_, index) => index + 1))
  return run.stream.events().map(({ lateMs }) => lateMs)
}

const cases = [undefined, ...installedCases()]
describe.each(cases.map((one) => [one?.name ?? 'no proxy', one] as const))('%s', (name, one) => {
  let proxy: RunningProxy | undefined
  let way: Way
  beforeAll(async () => {
    if (one !== undefined) proxy = await startProxy(one, world.port)
    way = proxy ?? world.direct
  }, 60_000)
  afterAll(() => proxy?.stop(), 20_000)

  test(`passes each event on within ${most} ms, one by one`, async () => {
    let late = await measure(way)
    // A busy machine is late now and then; a proxy that holds back is late each time.
    for (let again = 0; again < 2 && Math.max(...late) > most; again += 1) late = await measure(way)
    late.sort((a, b) => a - b)
    latencies.push(`${name} ${late[late.length >> 1]} (${late.at(-1)} at most)`)
    expect(late.at(-1)).toBeLessThanOrEqual(most)
  }, 30_000)

  test('keeps the headers of a stream', async () => {
    const { stream } = await watchRun(world, way)
    await until(() => stream.arrivals.length > 0, 'the first comment is there')
    const { headers, status } = stream.response
    stream.leave()
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(headers.get('cache-control')).toBe('no-cache, no-store, no-transform')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.has('content-length')).toBe(false)
    expect(headers.get('content-encoding')).toBe(one?.compresses ? 'gzip' : null)
  }, 30_000)

  test('lets a reader come back where it left', async () => {
    const run = await watchRun(world, way)
    await askAsync(way, run)
    run.replies.open(0)
    run.replies.open(1)
    const { stream } = run
    await until(() => stream.events().some(({ type }) => type === 'tool.finished'), 'a tool ran')
    const last = stream.arrivals.findLast(({ id }) => id !== undefined)
    stream.leave()
    await stream.ended
    const seen = stream.events().length
    const path = `${run.path}/thinking?format=json&run=${run.run}`
    const back = await openStream(way, path, last?.id)
    run.replies.openAll()
    await until(() => back.done() !== undefined, 'the run is over')
    const seqs = [...stream.events(), ...back.events()].map(({ seq }) => seq)
    expect(back.events()[0]?.seq).toBe(seen + 1)
    expect(seqs).toEqual(seqs.map((_, index) => index + 1))
  }, 30_000)

  test('carries Stop to the run and its end to the reader', async () => {
    const run = await watchRun(world, way)
    await askAsync(way, run)
    run.replies.open(0)
    await until(() => run.replies.asked() > 1, 'the specialist asks its model')
    const stopped = await post(way, `${run.path}/runs/${run.run}/stop`, {})
    expect(stopped.status).toBe(202)
    await until(() => run.stream.done() !== undefined, 'the reader is told')
    expect(run.stream.done()).toBe('{"status":"stopped"}')
    run.replies.openAll()
  }, 30_000)
})
