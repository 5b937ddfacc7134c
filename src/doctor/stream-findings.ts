import { count, type Finding, time } from './finding.ts'
import type { Greeting } from './probes.ts'
import type { StreamReading } from './stream-reading.ts'

/** The events are sent so far apart. */
const everyEventMs = 250

/** A busy machine or a far one makes some of them late as well. */
const lateMs = 500
const heldMs = 1000
const togetherMs = 50

/** How late the events of a stream came, in ms, the difference of the clocks taken off. */
export function delaysOf({ events }: StreamReading, { skewMs, roundTripMs }: Greeting): number[] {
  const delays = events.map((event) => event.arrivedAt + skewMs - event.sentAt - roundTripMs / 2)
  // Nothing comes before it is sent: by so much was the estimate of the clocks off.
  const impossible = Math.min(0, ...delays)
  return delays.map((delay) => delay - impossible)
}

/** Whether a stream is held back so that people notice. */
export function isHeldBack(stream: StreamReading, greeting: Greeting): boolean {
  return stream.events.length > 0 && Math.max(...delaysOf(stream, greeting)) >= heldMs
}

/** Whether the stream opens at all, and when. */
export function findOpening({ status, headMs, endedMs, firstEventMs }: StreamReading): Finding {
  const check = 'stream'
  const values = { status, headMs: Math.round(headMs), firstEventMs: Math.round(firstEventMs) }
  if (status === 0) {
    const says = `No stream: nothing was answered, and the connection ended after ${time(endedMs)}.`
    return { check, verdict: 'broken', says, values }
  }
  if (status !== 200) {
    const says = `No stream: the answer was ${status}, after ${time(headMs)}.`
    return { check, verdict: 'broken', says, values }
  }
  const first = firstEventMs === 0 ? '' : `, the first event after ${time(firstEventMs)}`
  const says = `The stream opens: its head came after ${time(headMs)}${first}.`
  return { check, verdict: headMs < 2000 ? 'fine' : 'note', says, values }
}

/** Whether, and by how much, the events were held back; `padded` is a second look with longer events. */
export function findBuffering(
  stream: StreamReading,
  greeting: Greeting,
  padded: StreamReading | undefined,
): Finding {
  const check = 'buffered'
  const { events, endedMs } = stream
  if (events.length === 0) {
    const says = `Held back: not one event came in ${time(endedMs)}.`
    return { check, verdict: 'broken', says, values: { events: 0 } }
  }
  const latestMs = Math.round(Math.max(...delaysOf(stream, greeting)))
  const values = { events: events.length, latestMs, atOnce: largestGroup(stream) }
  const all = count(events.length, 'event')
  if (latestMs < lateMs) {
    const says = `Not buffered: ${all} came one by one, at most ${time(latestMs)} late.`
    return { check, verdict: 'fine', says, values }
  }
  if (latestMs < heldMs) {
    const says = `A little late: ${all} came, at most ${time(latestMs)} late.`
    return { check, verdict: 'note', says, values }
  }
  const keptBytes = keptBytesOf(padded)
  const until =
    keptBytes === undefined
      ? ''
      : keptBytes === 'all'
        ? ' Longer events were held to the end as well.'
        : ` It lets go when about ${Math.ceil(keptBytes / 1024)} KB have come together.`
  const says = `Buffered: events came up to ${time(latestMs)} late, ${values.atOnce} of ${events.length} at once.${until}`
  return {
    ...{ check, verdict: 'broken', says },
    values: { ...values, ...(keptBytes !== undefined && { keptBytes }) },
  }
}

/** The most events that came together. */
function largestGroup({ events }: StreamReading): number {
  let largest = 0
  let size = 0
  let lastAt = Number.NEGATIVE_INFINITY
  for (const { arrivedAt } of events) {
    size = arrivedAt - lastAt < togetherMs ? size + 1 : 1
    lastAt = arrivedAt
    largest = Math.max(largest, size)
  }
  return largest
}

/** How much gathers before a proxy lets it go, by events that are long. */
function keptBytesOf(padded: StreamReading | undefined): number | 'all' | undefined {
  if (padded === undefined || padded.events.length < 2) return undefined
  const sizes = padded.lumps.map(({ bytes }) => bytes).filter((bytes) => bytes > 1024)
  return sizes.length < 2 ? 'all' : Math.max(...sizes)
}

/** Whether the stream was packed on the way. It may be, as long as each event comes at once. */
export function findCompression({ headers }: StreamReading): Finding {
  const encoding = headers.get('content-encoding') ?? ''
  const check = 'compressed'
  if (encoding === '' || encoding === 'identity') {
    return { check, verdict: 'fine', says: 'Not compressed.', values: { encoding: '' } }
  }
  const says = `Compressed (${encoding}): OpsAgent forbids it, as packers hold events back until they have enough.`
  return { check, verdict: 'note', says, values: { encoding } }
}

/** Whether somebody on the way ended the stream. */
export function findCut({ ending, endedMs, lastByteMs }: StreamReading): Finding {
  const check = 'cut'
  const quietMs = Math.round(endedMs - lastByteMs)
  const values = { endedMs: Math.round(endedMs), quietMs, ending }
  if (ending === 'done') {
    const says = `Not cut: open for ${time(endedMs)}, until OpsAgent ended it.`
    return { check, verdict: 'fine', says, values }
  }
  if (ending === 'closing') {
    const says = `Not known whether it is cut: OpsAgent restarted after ${time(endedMs)}.`
    return { check, verdict: 'unknown', says, values }
  }
  if (ending === 'given_up') {
    const says = `It did not end: the doctor stopped waiting after ${time(endedMs)}.`
    return { check, verdict: 'broken', says, values }
  }
  const says = `Cut after ${time(endedMs)}, ${time(quietMs)} after the last byte.`
  return { check, verdict: 'broken', says, values }
}

/** Whether the comments that keep a quiet stream alive come through. */
export function findHeartbeats(stream: StreamReading, { echo }: Greeting): Finding {
  const check = 'heartbeats'
  const { heartbeatsMs, ending, endedMs, events } = stream
  const seen = heartbeatsMs.length
  const everyMs = echo.keepAliveSeconds * 1000
  const quietMs = endedMs - lastSentMs(stream)
  const values = { seen, everyMs, times: heartbeatsMs.map((ms) => String(Math.round(ms))) }
  // The first is sent when it was quiet for so long after the last event.
  const dueMs = lastSentMs(stream) + everyEventMs + everyMs
  const [firstMs = dueMs] = heartbeatsMs
  if (firstMs - dueMs >= heldMs) {
    const says = `${count(seen, 'heartbeat')} seen, but late: the first after ${time(firstMs)} instead of ${time(dueMs)}.`
    return { check, verdict: 'note', says, values }
  }
  if (seen > 0) {
    const when = heartbeatsMs.slice(0, 3).map(time).join(', ')
    const more = seen > 3 ? ' …' : ''
    const says = `${count(seen, 'heartbeat')} seen, after ${when}${more}; one is sent in each ${time(everyMs)} of silence.`
    return { check, verdict: 'fine', says, values }
  }
  if (ending !== 'done' || events.length === 0 || quietMs < everyMs + heldMs) {
    const says = `No heartbeat seen; the stream was not quiet for ${time(everyMs)}, after which one is sent.`
    return { check, verdict: 'unknown', says, values }
  }
  const says = `No heartbeat seen, though one is sent in each ${time(everyMs)} of silence.`
  return { check, verdict: 'broken', says, values }
}

/** When the last event was sent, as if the first had been sent at the beginning. */
function lastSentMs({ events }: StreamReading): number {
  return (events.at(-1)?.sentAt ?? 0) - (events[0]?.sentAt ?? 0)
}
