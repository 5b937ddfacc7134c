import { expect, test } from 'bun:test'
import type { Greeting } from '../../src/doctor/probes.ts'
import { findHeartbeats } from '../../src/doctor/stream-findings.ts'
import type { StreamReading } from '../../src/doctor/stream-reading.ts'

const greeting = { echo: { keepAliveSeconds: 15 } } as Greeting

/** A stream of 16 events in 4 s, whose heartbeats came when it is said. */
function reading(heartbeatsMs: number[], endedMs = 20_000): StreamReading {
  const events = Array.from({ length: 16 }, (_, index) => {
    const sentAt = index * 250
    return { n: index + 1, sentAt, arrivedAt: sentAt, process: 'p' }
  })
  return {
    ...{ status: 200, headers: new Headers(), headMs: 1, firstEventMs: 1, events, lumps: [] },
    ...{ heartbeatsMs, endedMs, lastByteMs: endedMs, ending: 'done' },
  }
}

test.each([
  [[19_000], 20_000, 'fine', '1 heartbeat seen, after 19.0 s; one is sent in each 15.0 s'],
  [[75_000, 75_000], 75_000, 'note', '2 heartbeats seen, but late: the first after 75.0 s'],
  [[], 20_000, 'broken', 'No heartbeat seen, though one is sent'],
  [[], 10_000, 'unknown', 'No heartbeat seen; the stream was not quiet for 15.0 s'],
])('heartbeats after %p of %d ms are %s', (heartbeatsMs, endedMs, verdict, says) => {
  const finding = findHeartbeats(reading(heartbeatsMs, endedMs), greeting)
  expect(finding.verdict).toBe(verdict as typeof finding.verdict)
  expect(finding.says).toStartWith(says)
})
