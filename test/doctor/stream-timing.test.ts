import { expect, test } from 'bun:test'
import { examine } from '../../src/doctor/examination.ts'
import type { Check } from '../../src/doctor/report.ts'

/** A chunk of a stream, and when it arrives, in ms. */
type Chunk = [atMs: number, text: string]

const startedAt = 1_700_000_000_000
const opening: Chunk = [0, 'retry: 2000\n: connected\n\n']
const done = 'id: 16\nevent: done\ndata: {"status":"finished"}\n\n'

const event = (index: number) =>
  `id: ${index}\ndata: {"n":${index},"sentAt":${startedAt + index * 250},"process":"p"}\n\n`

/** 16 events in 4 s, without delay. */
const events = Array.from({ length: 16 }, (_, index): Chunk => [index * 250, event(index)])

/** Examines a stream on a simulated clock, and returns one finding. */
async function examineStream(chunks: Chunk[], endsAtMs: number, check: Check) {
  let clock = startedAt
  const body = () => {
    const rest = [...chunks]
    const pull = (controller: ReadableStreamDefaultController) => {
      const chunk = rest.shift()
      clock = startedAt + (chunk?.[0] ?? endsAtMs)
      if (chunk === undefined) controller.close()
      else controller.enqueue(new TextEncoder().encode(chunk[1]))
    }
    return new ReadableStream({ pull }, { highWaterMark: 0 })
  }
  const { findings } = await examine({
    origin: 'http://ops.example.com',
    seconds: 20,
    now: () => clock,
    fetch: async (url) =>
      url.includes('/thinking')
        ? new Response(body(), { headers: { 'content-type': 'text/event-stream' } })
        : Response.json({ process: 'p', now: clock, keepAliveSeconds: 15 }),
  })
  return findings.find((finding) => finding.check === check)
}

test.each([
  [[19_000], 20_000, 'fine', 'Heartbeats: 1 arrived, after 19.0 s. OpsAgent sends one'],
  [[75_000, 75_000], 75_000, 'note', 'Heartbeats: 2 arrived, but late: the first after 75.0 s'],
  [[], 20_000, 'broken', 'Heartbeats: none arrived, although OpsAgent sends one after 15.0 s'],
  [[], 10_000, 'unknown', 'Heartbeats: unknown. None was due: OpsAgent sends one'],
])('heartbeats at %p in a stream of %d ms are %s', async (atMs, endsAtMs, verdict, says) => {
  const heartbeats = atMs.map((ms): Chunk => [ms, ':\n\n'])
  const chunks: Chunk[] = [opening, ...events, ...heartbeats, [endsAtMs, done]]
  const finding = await examineStream(chunks, endsAtMs, 'heartbeats')
  expect(finding).toMatchObject({ verdict, says: expect.stringContaining(says) })
})

test('missing heartbeats are found in a stream that a proxy closes', async () => {
  const finding = await examineStream([opening, ...events], 30_000, 'heartbeats')
  expect(finding?.verdict).toBe('broken')
})

test('heartbeats are unknown if nothing arrives', async () => {
  const finding = await examineStream([], 30_000, 'heartbeats')
  expect(finding).toMatchObject({ verdict: 'unknown', values: { seen: 0 } })
})

test('a heartbeat with text and without a blank line counts', async () => {
  const chunks: Chunk[] = [opening, ...events, [19_000, ': keep-alive\n'], [20_000, done]]
  const finding = await examineStream(chunks, 20_000, 'heartbeats')
  expect(finding?.values.times).toEqual(['19000'])
})

test('an event that arrives in two chunks arrives with the second one', async () => {
  const whole = event(0)
  const chunks: Chunk[] = [opening, [0, whole.slice(0, 20)], [700, whole.slice(20)], [800, done]]
  const finding = await examineStream(chunks, 800, 'stream')
  expect(finding?.values.firstEventMs).toBe(700)
})

test('a restart of the server is not a cut', async () => {
  const chunks: Chunk[] = [opening, [0, event(0)], [900, ': the server restarts\n\n']]
  const finding = await examineStream(chunks, 900, 'cut')
  expect(finding).toMatchObject({ verdict: 'unknown', values: { ending: 'closing' } })
})

test('the doctor stops at data that is not an event stream', async () => {
  const chunks: Chunk[] = [
    [0, `data: ${'x'.repeat(70_000)}`],
    [10, 'x'],
    [20, done],
  ]
  const finding = await examineStream(chunks, 30, 'cut')
  expect(finding).toMatchObject({ verdict: 'broken', values: { ending: 'cut', endedMs: 10 } })
})
