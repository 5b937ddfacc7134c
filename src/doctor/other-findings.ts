import { count, type Finding, time } from './finding.ts'
import type { Greeting, PostReading } from './probes.ts'
import type { StreamReading } from './stream-reading.ts'
import type { HttpVersion } from './target.ts'

/** The headers of a stream, and what each must say to do its work. */
const needed = {
  'content-type': ['text/event-stream'],
  'cache-control': ['no-store', 'no-transform'],
  'x-accel-buffering': ['no'],
  'x-content-type-options': ['nosniff'],
} as const

/** Whether the headers of the stream came as they were sent. nginx takes `x-accel-buffering` off when it obeys it. */
export function findHeaders({ headers }: StreamReading, behindNginx: boolean): Finding {
  const check = 'headers'
  const wrong = Object.entries(needed).filter(([name, words]) => {
    const value = headers.get(name)?.toLowerCase() ?? ''
    return words.some((word) => !value.includes(word))
  })
  const names = wrong.map(([name]) => name)
  const values = { missing: names }
  if (names.length === 0) {
    const says = 'Headers: all four of the stream came as they were sent.'
    return { check, verdict: 'fine', says, values }
  }
  const list = names.map((name) => `${name} (${saidOf(headers.get(name))})`).join(', ')
  if (names.includes('content-type')) {
    const says = `Headers changed on the way: ${list}. Without its content type no browser takes it for a stream.`
    return { check, verdict: 'broken', says, values }
  }
  if (behindNginx && names.join() === 'x-accel-buffering') {
    const says =
      'Headers: they came as they were sent; nginx keeps x-accel-buffering to itself, as it always does.'
    return { check, verdict: 'fine', says, values }
  }
  return { check, verdict: 'note', says: `Headers changed on the way: ${list}.`, values }
}

function saidOf(value: string | null): string {
  return value === null ? 'stripped' : `now "${value.slice(0, 80)}"`
}

/** Whether all answers came from one process: a run lives in one. */
export function findProcesses(names: string[]): Finding {
  const processes = [...new Set(names)]
  const check = 'processes'
  const values = { processes, answers: names.length }
  if (processes.length === 1) {
    const says = `One process: ${count(names.length, 'answer')}, all from the same.`
    return { check, verdict: 'fine', says, values }
  }
  const says = `${processes.length} processes answer, and OpsAgent must be one (or it restarted during the examination): the question and its stream meet in different ones.`
  return { check, verdict: 'broken', says, values }
}

const skewToTellMs = 2000

/** How far the clocks are apart. It breaks no stream, but tokens and certificates. */
export function findClock({ skewMs, roundTripMs }: Greeting): Finding {
  const check = 'clock'
  const errorMs = Math.max(1, Math.ceil(roundTripMs / 2))
  const values = { skewMs: Math.round(skewMs), errorMs, roundTripMs: Math.round(roundTripMs) }
  if (Math.abs(skewMs) < skewToTellMs) {
    const says = `Clocks: ${time(skewMs)} apart, give or take ${time(errorMs)}.`
    return { check, verdict: 'fine', says, values }
  }
  const side = skewMs > 0 ? 'ahead of' : 'behind'
  const says = `Clocks: that of the server is ${time(skewMs)} ${side} the one here.`
  return { check, verdict: 'note', says, values }
}

/** For how long a POST may be silent, compared with how long OpsAgent lets one wait. */
export function findPostWait(post: PostReading | undefined, { echo }: Greeting): Finding {
  const check = 'post_wait'
  const needsMs = echo.answerWaitSeconds * 1000
  if (post === undefined) {
    const says =
      'POST wait: not examined. Only a thorough examination does it: it takes over a minute.'
    return { check, verdict: 'unknown', says, values: {} }
  }
  const { status, askedMs } = post
  const waitedMs = Math.round(post.waitedMs)
  const values = { status, waitedMs, askedMs, needsMs }
  if (status === 200) {
    const says = `POST wait: a POST may wait ${time(askedMs)} and longer.`
    return { check, verdict: askedMs >= needsMs ? 'fine' : 'unknown', says, values }
  }
  if (status === 429) {
    const says = 'POST wait: not examined, as too many others are being examined.'
    return { check, verdict: 'unknown', says, values }
  }
  const how = status === 0 ? 'cut' : `answered with ${status}`
  const says = `POST wait: a silent POST is ${how} after ${time(waitedMs)}; OpsAgent answers within ${time(needsMs)}.`
  // Half a second, as both clocks begin at different moments.
  return { check, verdict: waitedMs >= needsMs + 500 ? 'fine' : 'note', says, values }
}

/** With which HTTP version people reach the server. */
export function findHttpVersion(http: HttpVersion | undefined, origin: string): Finding {
  const check = 'http_version'
  if (http === undefined) {
    const says = 'HTTP version: it cannot be known from here.'
    return { check, verdict: 'unknown', says, values: {} }
  }
  const { version, known } = http
  const values = { version, known }
  const how = known === 'used' ? version : `${version} is offered`
  if (/^HTTP\/[23]/.test(version)) {
    return { check, verdict: 'fine', says: `HTTP version: ${how}.`, values }
  }
  const says = `HTTP version: ${how}. A browser then has six connections for all its tabs together.`
  // Without TLS there is nothing better to be had.
  const verdict = version === 'HTTP/1.1' && origin.startsWith('http:') ? 'fine' : 'note'
  return { check, verdict, says, values }
}
