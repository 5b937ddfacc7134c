import { afterAll, expect, test } from 'bun:test'
import { installedCases, type Origin, startOrigin } from '../support/proxy-origin.ts'
import { type Endpoint, startProxy } from '../support/proxy-process.ts'
import { post, type WatchedRun, watchRun } from '../support/proxy-run.ts'
import { until } from '../support/socket-server.ts'

/** Time limits in seconds. `silent` exceeds twice `read`, so only keep-alives can save the stream. */
type Limits = { keepAlive: number; read: number; answerWait: number; silent: number }

/** Two runs over one endpoint: the POST of one is left open until it is cut, that of the other returns early. */
type Silence = { endpoint: Endpoint; cuts: boolean; held: WatchedRun; preferred: WatchedRun }

const results: string[] = []
afterAll(
  () => void process.stderr.write(`A POST without an answer: ${results.toSorted().join('; ')}.\n`),
)

test('a run that is silent for 11 s survives proxies that cut after 5 s, and its answer arrives', async () => {
  await checkSilence({ keepAlive: 2, read: 5, answerWait: 8, silent: 11 })
}, 60_000)

const slow = process.env.TEST_SLOW === '1'

test.skipIf(!slow)(
  'with TEST_SLOW=1: a run that is silent for 70 s survives proxies that cut after 20 s, with the default settings',
  async () => {
    await checkSilence({ keepAlive: 15, read: 20, answerWait: 50, silent: 70 })
  },
  150_000,
)

/** Runs all proxies at the same time, because the test mostly waits. */
async function checkSilence(limits: Limits): Promise<void> {
  const origin = await startOrigin({
    KEEP_ALIVE_SECONDS: String(limits.keepAlive),
    ANSWER_WAIT_SECONDS: String(limits.answerWait),
  })
  const cases = installedCases()
  const proxies = await Promise.all(cases.map((one) => startProxy(one, origin.port, limits.read)))
  try {
    const endpoints: [Endpoint, boolean][] = [
      [origin.direct, false],
      ...proxies.map((proxy, index): [Endpoint, boolean] => [proxy, !cases[index]?.noReadTimeout]),
    ]
    await Promise.all(
      endpoints.map(([endpoint, cuts]) => checkEndpoint(origin, endpoint, cuts, limits)),
    )
  } finally {
    await Promise.all(proxies.map(({ stop }) => stop()))
    await origin.stop()
  }
}

async function checkEndpoint(
  origin: Origin,
  endpoint: Endpoint,
  cuts: boolean,
  limits: Limits,
): Promise<void> {
  const held = await watchRun(origin, endpoint)
  const preferred = await watchRun(origin, endpoint)
  const silence = { endpoint, cuts, held, preferred }
  try {
    await Promise.all([checkHeldPost(silence, limits), checkPreferredWait(silence, limits)])
  } catch (cause) {
    throw new Error(`${endpoint.name}: ${cause}`, { cause })
  } finally {
    for (const { stream } of [held, preferred]) stream.leave()
  }
}

/** The POST waits until the proxy cuts it or the server answers 202. The answer of the run arrives in both cases. */
async function checkHeldPost({ endpoint, cuts, held }: Silence, limits: Limits): Promise<void> {
  const askedAt = Date.now()
  const posted = post(endpoint, `${held.path}/messages`, held.question).then(
    ({ status }) => status,
    () => 'cut' as const,
  )
  await until(() => held.replies.asked() > 0, 'triage asks its model')
  const silentFrom = Date.now()
  const status = await posted
  results.push(`${endpoint.name} ${status} after ${Math.round((Date.now() - askedAt) / 1000)} s`)
  // The server answers 202 after `answerWait`. Any other status shows that the proxy has cut the POST before.
  if (cuts) expect([502, 503, 504, 'cut']).toContain(status)
  else expect(status).toBe(202)
  await checkAnswer(endpoint, held, silentFrom, limits)
}

async function checkPreferredWait({ endpoint, preferred }: Silence, limits: Limits): Promise<void> {
  const silentFrom = Date.now()
  const answer = await post(endpoint, `${preferred.path}/messages`, preferred.question, {
    prefer: 'wait=3',
  })
  expect(answer.status).toBe(202)
  expect(answer.headers.get('location')).toEndWith(`${preferred.path}/runs/${preferred.run}`)
  await checkAnswer(endpoint, preferred, silentFrom, limits)
}

/** After the silence the same connection is still open, and both the stream and the run report the end. */
async function checkAnswer(
  endpoint: Endpoint,
  { stream, replies, path, run }: WatchedRun,
  silentFrom: number,
  { silent }: Limits,
): Promise<void> {
  await Bun.sleep(silentFrom + silent * 1000 - Date.now())
  const comments = stream.arrivals.filter(({ comment }) => comment === '')
  expect(comments.length).toBeGreaterThanOrEqual(4)
  expect(stream.done()).toBe(undefined)
  const asked = replies.asked()
  replies.openAll()
  await until(() => stream.done() !== undefined, 'the reader receives the end')
  expect(stream.done()).toBe('{"status":"finished"}')
  expect(asked).toBe(1)
  const events = stream.events().filter(({ type }) => type === 'run.started')
  expect(events).toHaveLength(1)
  const stored = await (await endpoint.request(`${path}/runs/${run}`)).json()
  expect(stored).toMatchObject({
    status: 'finished',
    answer: expect.stringContaining('All is well.'),
  })
}
