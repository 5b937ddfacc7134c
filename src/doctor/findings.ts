import { type Check, type Finding, time, type Verdict } from './report.ts'
import type { Greeting, HttpVersion, PostReading } from './server-probe.ts'
import {
  bufferedMs,
  bufferSize,
  largestBurst,
  largestDelayMs,
  type StreamReading,
} from './stream-probe.ts'

/** All measurements of an examination. */
export type Measurements = {
  greeting: Greeting
  stream: StreamReading
  /** A second stream with longer events, read if the first one was buffered. */
  padded: StreamReading | undefined
  post: PostReading | undefined
  http: HttpVersion | undefined
  hasTls: boolean
}

/** Turns the measurements into findings, in the order of the report. */
export function findingsOf(measurements: Measurements): Finding[] {
  const { greeting, stream, post, http, hasTls } = measurements
  const { answerWaitSeconds, keepAliveSeconds } = greeting.echo
  const opening = findOpening(stream)
  const streamFindings = () => [
    findBuffering(measurements),
    findCompression(stream),
    findCut(stream),
    findHeartbeats(stream, keepAliveSeconds * 1000),
    findHeaders(stream),
  ]
  return [
    findReach(greeting),
    opening,
    ...(opening.verdict === 'broken' ? [] : streamFindings()),
    findProcesses(greeting, stream),
    findClock(greeting),
    findHttpVersion(http, hasTls),
    findPostWait(post, answerWaitSeconds * 1000),
  ]
}

function findReach({ roundTripMs, echo }: Greeting): Finding {
  const values = { roundTripMs: Math.round(roundTripMs), process: echo.process }
  return findingFor('reached', values)('fine', `Reached OpsAgent in ${time(roundTripMs)}.`)
}

/** Completes the findings of one check, which share their values. */
function findingFor(check: Check, values: Finding['values']) {
  return (verdict: Verdict, says: string): Finding => ({ check, verdict, says, values })
}

const slowHeadMs = 2000

function findOpening(stream: StreamReading): Finding {
  const { status, headMs, endedMs, events, startedAt, hasCarriageReturns } = stream
  const firstEventMs = (events[0]?.arrivedAt ?? startedAt) - startedAt
  const values = { status, headMs: Math.round(headMs), firstEventMs: Math.round(firstEventMs) }
  const finding = findingFor('stream', values)
  if (status === 0) {
    return finding('broken', `Stream: no response. The connection ended after ${time(endedMs)}.`)
  }
  if (status !== 200) {
    const says = `Stream: status ${status} instead of 200, after ${time(headMs)}. No event can arrive.`
    return finding('broken', says)
  }
  const first = firstEventMs === 0 ? '' : `, the first event after ${time(firstEventMs)}`
  const says = `Stream: headers after ${time(headMs)}${first}.`
  if (hasCarriageReturns) {
    return finding('note', `${says} Something rewrites its line ends to CRLF.`)
  }
  return finding(headMs < slowHeadMs ? 'fine' : 'note', says)
}

/** A busy machine or a slow network can delay single events by this much. */
const lateMs = 500

function findBuffering({ stream, greeting, padded }: Measurements): Finding {
  const { events, endedMs } = stream
  if (events.length === 0) {
    const says = `Buffering: no event arrived in ${time(endedMs)}. Something holds the stream back.`
    return findingFor('buffered', { events: 0 })('broken', says)
  }
  const latestMs = Math.round(largestDelayMs(stream, greeting))
  const values = { events: events.length, latestMs, atOnce: largestBurst(stream) }
  const keptBytes = bufferSize(padded)
  const finding = findingFor('buffered', keptBytes ? { ...values, keptBytes } : values)
  if (latestMs < bufferedMs) {
    const says = `${events.length} events sent, the slowest arrived ${time(latestMs)} late.`
    return latestMs < lateMs
      ? finding('fine', `Buffering: none. ${says}`)
      : finding('note', `Buffering: unlikely. ${says} A busy machine or network can cause this.`)
  }
  const says = `Buffering: events arrived up to ${time(latestMs)} late, ${values.atOnce} of ${events.length} at once. Users see progress in bursts.`
  if (keptBytes === undefined) return finding('broken', says)
  return keptBytes === 'all'
    ? finding('broken', `${says} Events of 4 KB were held until the end, too.`)
    : finding('broken', `${says} The buffer holds about ${Math.ceil(keptBytes / 1024)} KB.`)
}

function findCompression({ headers }: StreamReading): Finding {
  const encoding = headers.get('content-encoding')?.replace('identity', '') ?? ''
  const finding = findingFor('compressed', { encoding })
  if (encoding === '') return finding('fine', 'Compression: none.')
  const says = `Compression: ${encoding}, although OpsAgent sends no-transform. Compressors can hold events back.`
  return finding('note', says)
}

function findCut({ ending, endedMs, lastByteMs }: StreamReading): Finding {
  const quietMs = Math.round(endedMs - lastByteMs)
  const finding = findingFor('cut', { endedMs: Math.round(endedMs), quietMs, ending })
  const after = `after ${time(endedMs)}`
  if (ending === 'done')
    return finding('fine', `Cut: no. OpsAgent itself ended the stream ${after}.`)
  if (ending === 'closing') return finding('unknown', `Cut: unknown. OpsAgent restarted ${after}.`)
  if (ending === 'given_up') {
    return finding('broken', `Cut: the stream was still open ${after}. Its end did not arrive.`)
  }
  const says = `Cut: something closed the stream ${after}, ${time(quietMs)} after the last byte.`
  return finding('broken', says)
}

/** OpsAgent sends the events of the examination at this interval. */
const eventIntervalMs = 250

/** Heartbeats are comments that OpsAgent sends when a stream was silent for `everyMs`. */
function findHeartbeats(stream: StreamReading, everyMs: number): Finding {
  const { heartbeatsMs, endedMs, events } = stream
  const seen = heartbeatsMs.length
  const times = heartbeatsMs.map((ms) => String(Math.round(ms)))
  const finding = findingFor('heartbeats', { seen, everyMs, times })
  const lastSentMs = (events.at(-1)?.sentAt ?? 0) - (events[0]?.sentAt ?? 0)
  const dueMs = lastSentMs + eventIntervalMs + everyMs
  const [firstMs = dueMs] = heartbeatsMs
  const rule = `OpsAgent sends one after ${time(everyMs)} of silence`
  if (firstMs - dueMs >= bufferedMs) {
    const says = `Heartbeats: ${seen} arrived, but late: the first after ${time(firstMs)} instead of ${time(dueMs)}.`
    return finding('note', says)
  }
  if (seen > 0) {
    const when = heartbeatsMs.slice(0, 3).map(time).join(', ')
    const more = seen > 3 ? ' …' : ''
    return finding('fine', `Heartbeats: ${seen} arrived, after ${when}${more}. ${rule}.`)
  }
  if (events.length === 0) return finding('unknown', 'Heartbeats: unknown, as nothing arrived.')
  if (endedMs - lastSentMs < everyMs + bufferedMs) {
    return finding('unknown', `Heartbeats: unknown. None was due: ${rule}.`)
  }
  const says = `Heartbeats: none arrived, although ${rule}. Without them, proxies close silent streams.`
  return finding('broken', says)
}

/** The headers of a stream, and what each must contain. */
const requiredHeaders = {
  'content-type': /text\/event-stream/i,
  'cache-control': /(?=.*no-store).*no-transform/i,
  'x-accel-buffering': /no/i,
  'x-content-type-options': /nosniff/i,
}

function findHeaders({ headers }: StreamReading): Finding {
  const missing = Object.entries(requiredHeaders)
    .filter(([name, pattern]) => !pattern.test(headers.get(name) ?? ''))
    .map(([name]) => name)
  const finding = findingFor('headers', { missing })
  if (missing.length === 0) return finding('fine', 'Headers: all four arrived unchanged.')
  // nginx removes the header when it obeys it.
  const isNginx = /nginx|openresty/i.test(headers.get('server') ?? '')
  if (isNginx && missing.join() === 'x-accel-buffering') {
    return finding('fine', 'Headers: unchanged. nginx removes x-accel-buffering after reading it.')
  }
  const changes = missing.map((name) => {
    const value = headers.get(name)
    return `${name} (${value === null ? 'removed' : `now "${value.slice(0, 80)}"`})`
  })
  const says = `Headers: changed on the path: ${changes.join(', ')}.`
  return missing.includes('content-type')
    ? finding('broken', `${says} Browsers read only text/event-stream as a stream.`)
    : finding('note', says)
}

function findProcesses(greeting: Greeting, { events }: StreamReading): Finding {
  const answers = [...greeting.processes, ...events.slice(0, 1).map(({ process }) => process)]
  const processes = [...new Set(answers)]
  const finding = findingFor('processes', { processes, answers: answers.length })
  if (processes.length === 1) {
    return finding('fine', `Processes: one, which sent all ${answers.length} responses.`)
  }
  if (greeting.echo.sharesHistory) {
    return finding('fine', `Processes: ${processes.length}, which share a history.`)
  }
  const says = `Processes: ${processes.length} answered, and they share no history (or OpsAgent restarted just now). A question and its stream can reach different processes.`
  return finding('broken', says)
}

const wrongClockMs = 2000

/** Wrong clocks do not affect streams, but tokens and certificates. */
function findClock({ skewMs, roundTripMs }: Greeting): Finding {
  const errorMs = Math.max(1, Math.ceil(roundTripMs / 2))
  const values = { skewMs: Math.round(skewMs), errorMs, roundTripMs: Math.round(roundTripMs) }
  const finding = findingFor('clock', values)
  if (Math.abs(skewMs) < wrongClockMs) {
    return finding('fine', `Clocks: ${time(skewMs)} apart, ± ${time(errorMs)}.`)
  }
  const side = skewMs > 0 ? 'ahead of' : 'behind'
  const says = `Clocks: the server is ${time(skewMs)} ${side} this machine. Tokens can be rejected.`
  return finding('note', says)
}

/** OpsAgent responds to a question within `needsMs`, with `202` if there is no answer yet. */
function findPostWait(post: PostReading | undefined, needsMs: number): Finding {
  if (post === undefined) {
    const says = 'POST wait: not examined. A thorough examination does, and takes over a minute.'
    return findingFor('post_wait', {})('unknown', says)
  }
  const { status, askedMs } = post
  const waitedMs = Math.round(post.waitedMs)
  const finding = findingFor('post_wait', { status, waitedMs, askedMs, needsMs })
  if (status === 200) {
    const says = `POST wait: a response may take ${time(askedMs)} or longer; OpsAgent needs ${time(needsMs)}.`
    return finding(askedMs >= needsMs ? 'fine' : 'unknown', says)
  }
  if (status === 429) {
    return finding('unknown', 'POST wait: not examined. Too many examinations run at the moment.')
  }
  const how = status === 0 ? 'was cut' : `got status ${status}`
  const says = `POST wait: a request ${how} after ${time(waitedMs)} without a response; OpsAgent needs ${time(needsMs)}.`
  // Both timers start at different moments.
  return finding(waitedMs >= needsMs + 500 ? 'fine' : 'note', says)
}

function findHttpVersion(http: HttpVersion | undefined, hasTls: boolean): Finding {
  if (http === undefined) {
    return findingFor('http_version', {})('unknown', 'HTTP version: unknown.')
  }
  const { version, known } = http
  const finding = findingFor('http_version', { version, known })
  const says = `HTTP version: ${version}${known === 'offered' ? ' (offered)' : ''}.`
  if (/^HTTP\/[23]/.test(version)) return finding('fine', says)
  // Browsers use HTTP/2 with TLS only.
  const verdict = version === 'HTTP/1.1' && !hasTls ? 'fine' : 'note'
  return finding(verdict, `${says} Browsers open six connections at most, shared by all tabs.`)
}
