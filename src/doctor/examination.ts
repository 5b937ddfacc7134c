import type { Finding } from './finding.ts'
import { time } from './finding.ts'
import { type Fix, fixesFor } from './fixes.ts'
import {
  findClock,
  findHeaders,
  findHttpVersion,
  findPostWait,
  findProcesses,
} from './other-findings.ts'
import { askProcesses, askToWait, type Greeting, greet, type PostReading } from './probes.ts'
import { recogniseProxies } from './proxies.ts'
import {
  findBuffering,
  findCompression,
  findCut,
  findHeartbeats,
  findOpening,
  isHeldBack,
} from './stream-findings.ts'
import { readDoctorStream, type StreamReading } from './stream-reading.ts'
import { expectedSeconds, type HttpVersion, NotExamined, type Target } from './target.ts'

/** What the doctor found: everything in it may be shown to anybody. */
export type Examination = {
  url: string
  /** How long the stream was to be watched. */
  seconds: number
  /** `broken` when something breaks the stream. */
  verdict: 'fine' | 'broken'
  findings: Finding[]
  proxies: { name: string; seenBy: string }[]
  fixes: Fix[]
}

/** What was measured, before it is judged. */
export type Measured = {
  greeting: Greeting
  processes: string[]
  stream: StreamReading
  padded: StreamReading | undefined
  post: PostReading | undefined
  http: HttpVersion | undefined
}

/**
 * Examines the way from here to a server: looks at a stream with the time on its events, and at what else its answers
 * tell.
 * @throws NotExamined when it is not reached, or is not OpsAgent
 */
export async function examine(target: Target): Promise<Examination> {
  return judge(target, await measure(target))
}

async function measure(target: Target): Promise<Measured> {
  const { seconds, postSeconds, tell = () => {} } = target
  tell('Asking who answers')
  const greeting = await greet(target)
  const processes = await askProcesses(target)
  tell(`Watching a stream, which takes about ${expectedSeconds(target)} s`)
  const [stream, post] = await Promise.all([
    readDoctorStream(target, { seconds }),
    postSeconds === undefined ? undefined : askToWait(target, postSeconds),
  ])
  if (stream.status === 429) {
    throw new NotExamined(
      'Too many others are being examined just now. Try again in half a minute.',
    )
  }
  const padded = isHeldBack(stream, greeting) ? await lookAgain(target) : undefined
  const http = await target.httpVersion?.().catch(() => undefined)
  return { greeting, processes, stream, padded, post, http }
}

const longEvents = { pad: 4096, seconds: 8 } as const

/** A proxy that holds back may let go once it has enough: long events tell how much that is. */
async function lookAgain(target: Target): Promise<StreamReading> {
  const seconds = Math.min(longEvents.seconds, target.seconds)
  target.tell?.(`It is held back. Looking again with longer events, for about ${seconds} s`)
  return await readDoctorStream(target, { ...longEvents, seconds })
}

function judge({ origin, seconds }: Target, measured: Measured): Examination {
  const { greeting, stream } = measured
  const proxies = recogniseProxies({
    answers: [stream.headers, greeting.headers],
    arrived: greeting.echo.headers,
  })
  const nginx = proxies.some(({ name }) => name === 'nginx')
  const findings: Finding[] = [
    findReach(greeting),
    ...streamFindings(measured, nginx),
    findProcesses([...greeting.processes, ...measured.processes, ...processesOf(stream)]),
    findClock(greeting),
    findHttpVersion(measured.http, origin),
    findPostWait(measured.post, greeting),
  ]
  return {
    ...{ url: origin, seconds, findings },
    verdict: findings.some(({ verdict }) => verdict === 'broken') ? 'broken' : 'fine',
    proxies: proxies.map(({ name, seenBy }) => ({ name, seenBy })),
    fixes: fixesFor(findings, proxies),
  }
}

function findReach({ roundTripMs, echo }: Greeting): Finding {
  const says = `OpsAgent answers, in ${time(roundTripMs)}.`
  const values = { roundTripMs: Math.round(roundTripMs), process: echo.process }
  return { check: 'reached', verdict: 'fine', says, values }
}

function streamFindings({ greeting, stream, padded }: Measured, nginx: boolean): Finding[] {
  const opening = findOpening(stream)
  if (opening.verdict === 'broken') return [opening]
  return [
    opening,
    findBuffering(stream, greeting, padded),
    findCompression(stream),
    findCut(stream),
    findHeartbeats(stream, greeting),
    findHeaders(stream, nginx),
  ]
}

function processesOf({ events }: StreamReading): string[] {
  const [first] = events
  return first === undefined ? [] : [first.process]
}
