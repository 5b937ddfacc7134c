import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startProxy, type Way } from '../support/proxy-process.ts'
import { post, type WatchedRun, watchRun } from '../support/proxy-run.ts'
import { installedCases, startWorld, type World } from '../support/proxy-world.ts'
import { until } from '../support/socket-server.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 20_000)
afterAll(() => world.stop(), 20_000)

const posts: string[] = []
afterAll(
  () => void process.stderr.write(`A POST without an answer: ${posts.toSorted().join('; ')}.\n`),
)

const readSeconds = 20
const silentMs = 70_000

/** One question over each of the ways in which a run outlives its POST. */
type Silence = { way: Way; patient: boolean; cut: WatchedRun; preferred: WatchedRun }

test(`a run that is silent for 70 s survives proxies that cut after ${readSeconds} s, and its answer arrives`, async () => {
  const cases = installedCases()
  const proxies = await Promise.all(cases.map((one) => startProxy(one, world.port, readSeconds)))
  try {
    const silences = await Promise.all(
      [world.direct, ...proxies].map(async (way, index): Promise<Silence> => {
        const patient = index === 0 || cases[index - 1]?.patient === true
        return {
          way,
          patient,
          cut: await watchRun(world, way),
          preferred: await watchRun(world, way),
        }
      }),
    )
    await Promise.all(silences.map(checkSilence))
  } finally {
    await Promise.all(proxies.map(({ stop }) => stop()))
  }
}, 150_000)

async function checkSilence(silence: Silence): Promise<void> {
  const { way, cut, preferred } = silence
  try {
    await Promise.all([checkCut(silence), checkPreferred(silence)])
  } catch (cause) {
    throw new Error(`${way.name}: ${cause}`, { cause })
  } finally {
    for (const { stream } of [cut, preferred]) stream.leave()
  }
}

/** The POST is held until the proxy, or the server, has waited long enough; the answer comes all the same. */
async function checkCut({ way, patient, cut }: Silence): Promise<void> {
  const askedAt = Date.now()
  const posted = post(way, `${cut.path}/messages`, cut.question).then(
    ({ status }) => status,
    () => 'cut' as const,
  )
  await until(() => cut.replies.asked() > 0, 'triage asks its model')
  const status = await posted
  const waitedMs = Date.now() - askedAt
  posts.push(`${way.name} ${status} after ${Math.round(waitedMs / 1000)} s`)
  if (patient) expect(status).toBe(202)
  else {
    expect([502, 503, 504, 'cut']).toContain(status)
    expect(waitedMs).toBeWithin((readSeconds - 2) * 1000, (readSeconds + 10) * 1000)
  }
  await Bun.sleep(silentMs - waitedMs)
  await checkAnswer(way, cut)
}

async function checkPreferred({ way, preferred }: Silence): Promise<void> {
  const answer = await post(way, `${preferred.path}/messages`, preferred.question, {
    prefer: 'wait=3',
  })
  expect(answer.status).toBe(202)
  expect(answer.headers.get('location')).toEndWith(`${preferred.path}/runs/${preferred.run}`)
  await Bun.sleep(silentMs - 3000)
  await checkAnswer(way, preferred)
}

/** The stream has lived through it, on one connection, and both it and the run tell the end. */
async function checkAnswer(way: Way, { stream, replies, path, run }: WatchedRun): Promise<void> {
  const silent = stream.arrivals.filter(({ comment }) => comment === '')
  expect(silent.length).toBeGreaterThanOrEqual(4)
  expect(stream.done()).toBe(undefined)
  const asked = replies.asked()
  replies.openAll()
  await until(() => stream.done() !== undefined, 'the reader is told')
  expect(stream.done()).toBe('{"status":"finished"}')
  expect(asked).toBe(1)
  const events = stream.events().filter(({ type }) => type === 'run.started')
  expect(events).toHaveLength(1)
  const told = await (await way.request(`${path}/runs/${run}`)).json()
  expect(told).toMatchObject({
    status: 'finished',
    answer: expect.stringContaining('All is well.'),
  })
}
