import { beforeAll, expect, test } from 'bun:test'
import type { Examination } from '../../src/doctor/examination.ts'
import { report } from '../../src/doctor/report.ts'
import { expectNothingLeft } from '../support/test-server.ts'
import { examineThrough, examineWay, startQuickServer } from './way.ts'

expectNothingLeft()

const steps: string[] = []
const wrongClock = () => performance.timeOrigin + performance.now() + 5000
const nginx = { strip: ['x-accel-buffering'], answer: { server: 'nginx/1.22.1' } }
const telling = { 'x-arr-log-id': 'secret-id', 'x-forwarded-for': '10.1.2.3', cookie: 'a=secret' }

/** Each examination takes seconds of waiting and next to no work: all of them at once take as long as one. */
const begin = {
  direct: () => examineDirect(),
  holding: () => examineThrough({ holdAll: true }),
  gathering: () => examineThrough({ holdBytes: 8000 }),
  nginx: () => examineThrough({ ...nginx, holdAll: true }),
  obedientNginx: () => examineThrough(nginx),
  cutting: () => examineThrough({ cutAfterMs: 1000 }),
  packing: () => examineThrough({ gzip: true }),
  stripping: () =>
    examineThrough({ strip: ['x-accel-buffering'], answer: { 'cache-control': 'no-cache' } }),
  retyping: () => examineThrough({ answer: { 'content-type': 'text/plain' } }),
  swallowing: () => examineThrough({ dropHeartbeats: true }, { seconds: 3.2 }),
  balancing: () => examineThrough({}, { servers: 2 }),
  refusing: () => examineThrough({ streamStatus: 504 }),
  wrongClock: () => examineThrough({}, { now: wrongClock }),
  impatient: () => examineThrough({ postLimitMs: 500 }, { postSeconds: 1.5 }),
  telling: () => examineThrough({ request: telling }),
} as const satisfies Record<string, () => Promise<Examination>>

const found = new Map<string, Examination>()

beforeAll(async () => {
  await Promise.all(
    Object.entries(begin).map(async ([name, examine]) => void found.set(name, await examine())),
  )
}, 30_000)

async function examineDirect(): Promise<Examination> {
  const { url, stop } = await startQuickServer()
  try {
    const tell = (step: string) => void steps.push(step)
    return await examineWay(url, { postSeconds: 0.3, tell })
  } finally {
    await stop()
  }
}

function examined(name: keyof typeof begin): Examination {
  const examination = found.get(name)
  if (examination === undefined) throw new Error(`${name} was not examined`)
  return examination
}

const findingOf = ({ findings }: Examination, check: string) =>
  findings.find((finding) => finding.check === check)

const brokenIn = ({ findings }: Examination) =>
  findings.filter(({ verdict }) => verdict === 'broken').map(({ check }) => check)

const fixesOf = ({ fixes }: Examination) => fixes.map(({ says }) => says).join('\n')

test('straight to the server, all is well', () => {
  const examination = examined('direct')
  expect(examination.verdict).toBe('fine')
  expect(examination.findings.map(({ check, verdict }) => [check, verdict])).toEqual([
    ['reached', 'fine'],
    ['stream', 'fine'],
    ['buffered', 'fine'],
    ['compressed', 'fine'],
    ['cut', 'fine'],
    ['heartbeats', 'fine'],
    ['headers', 'fine'],
    ['processes', 'fine'],
    ['clock', 'fine'],
    ['http_version', 'unknown'],
    // It was not asked to wait for as long as a question does.
    ['post_wait', 'unknown'],
  ])
  expect(findingOf(examination, 'buffered')?.values).toMatchObject({ events: 3, atOnce: 1 })
  expect(findingOf(examination, 'heartbeats')?.values).toMatchObject({ seen: 2, everyMs: 300 })
  expect(examination.fixes).toEqual([])
  expect(report(examination)).toEndWith('\n\nThe stream comes through as it should.\n')
})

test('the steps are told while it works', () => {
  expect(steps).toEqual(['Asking who answers', 'Watching a stream, which takes about 4 s'])
})

test('a proxy that holds everything back is told, with how late and how many at once', () => {
  const examination = examined('holding')
  expect(brokenIn(examination)).toEqual(['buffered'])
  const { says, values } = findingOf(examination, 'buffered') ?? {}
  expect(values).toMatchObject({ events: 3, atOnce: 3, keptBytes: 'all' })
  expect(values?.latestMs).toBeGreaterThan(1500)
  expect(says).toMatch(/^Buffered: events came up to \d\.\d s late, 3 of 3 at once\. Longer events/)
  expect(fixesOf(examination)).toContain('option http-no-delay')
  expect(fixesOf(examination)).toContain('from hop to hop')
  expect(report(examination)).toEndWith('\nThe stream does not come through as it should.\n')
})

test('a proxy that lets go once it has enough is told, with how much that is', () => {
  const { says, values } = findingOf(examined('gathering'), 'buffered') ?? {}
  expect(values?.keptBytes).toBeWithin(8000, 10_000)
  expect(says).toContain('It lets go when about 9 KB have come together.')
})

test('what nginx needs is said where nginx gives itself away', () => {
  const examination = examined('nginx')
  expect(examination.proxies).toEqual([{ name: 'nginx', seenBy: 'server: nginx/1.22.1' }])
  expect(fixesOf(examination)).toContain('proxy_buffering off;')
  expect(fixesOf(examination)).not.toContain('hop to hop')
})

test('an nginx that obeys is not blamed for the header that it keeps', () => {
  const examination = examined('obedientNginx')
  expect(findingOf(examination, 'headers')?.verdict).toBe('fine')
  expect(examination.fixes).toEqual([])
})

test('a stream that is cut is told, with after how long', () => {
  const examination = examined('cutting')
  expect(brokenIn(examination)).toEqual(['cut'])
  expect(findingOf(examination, 'cut')?.values.endedMs).toBeWithin(900, 1550)
  expect(fixesOf(examination)).toContain('timeout server 60s')
})

test('a stream that is packed is told, and that it is held back by it', () => {
  const examination = examined('packing')
  expect(findingOf(examination, 'compressed')?.says).toStartWith('Compressed (gzip)')
  expect(brokenIn(examination)).toEqual(['buffered'])
})

test('a header that was stripped is named', () => {
  const examination = examined('stripping')
  expect(examination.verdict).toBe('fine')
  expect(findingOf(examination, 'headers')).toMatchObject({
    verdict: 'note',
    says: 'Headers changed on the way: cache-control (now "no-cache"), x-accel-buffering (stripped).',
  })
})

test('a stream whose type was changed is broken', () => {
  expect(brokenIn(examined('retyping'))).toEqual(['headers'])
})

test('heartbeats that are swallowed are missed', () => {
  expect(brokenIn(examined('swallowing'))).toEqual(['heartbeats'])
})

test('two processes behind one address are told apart', () => {
  const examination = examined('balancing')
  expect(brokenIn(examination)).toEqual(['processes'])
  expect(findingOf(examination, 'processes')?.values.processes).toHaveLength(2)
  expect(fixesOf(examination)).toContain('Run one process')
})

test('an answer of a proxy in place of the stream is told with its status', () => {
  const examination = examined('refusing')
  expect(brokenIn(examination)).toEqual(['stream'])
  expect(findingOf(examination, 'stream')?.says).toContain('the answer was 504')
})

test('a clock that is wrong is told, and taken for no delay', () => {
  const examination = examined('wrongClock')
  expect(findingOf(examination, 'buffered')?.verdict).toBe('fine')
  expect(findingOf(examination, 'clock')).toMatchObject({
    verdict: 'note',
    says: 'Clocks: that of the server is 5.0 s behind the one here.',
  })
})

test('a limit for silent POSTs is found, and what to set instead', () => {
  const examination = examined('impatient')
  const { verdict, says, values } = findingOf(examination, 'post_wait') ?? {}
  expect(verdict).toBe('note')
  expect(values).toMatchObject({ status: 504, needsMs: 50_000 })
  expect(says).toMatch(/^POST wait: a silent POST is answered with 504 after \d{3} ms/)
  expect(fixesOf(examination)).toContain('ANSWER_WAIT_SECONDS')
})

test('a proxy is recognised by what it adds to requests, and nothing else of them is told', () => {
  const examination = examined('telling')
  expect(examination.proxies).toEqual([
    { name: 'IIS with ARR, or Azure App Service', seenBy: 'x-arr-log-id in requests' },
  ])
  expect(JSON.stringify(examination)).not.toMatch(/secret|10\.1\.2\.3/)
})
