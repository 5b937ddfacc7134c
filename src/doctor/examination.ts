import { findingsOf } from './findings.ts'
import { fixesFor, recogniseProxies } from './proxies.ts'
import type { Examination } from './report.ts'
import { delayPost, greet, type HttpVersion, NotExamined, type Server } from './server-probe.ts'
import { bufferedMs, largestDelayMs, readStream } from './stream-probe.ts'

/** The server to examine, and how. */
export type Target = Server & {
  /** How long to read the stream: at most `longest.seconds`. */
  seconds: number
  /** How long to delay a POST, in parallel: at most `longest.postSeconds`. Without it, no POST is sent. */
  postSeconds?: number | undefined
  /** Determines the HTTP version after all other probes. */
  httpVersion?: (() => Promise<HttpVersion | undefined>) | undefined
  /** Called with a short description of each step. */
  onStep?: ((step: string) => void) | undefined
}

/** The limits of the server. */
export const longest = { seconds: 75, postSeconds: 70 } as const

/** How long an examination takes if the stream is not buffered, in seconds. */
export function expectedSeconds({
  seconds,
  postSeconds = 0,
}: Pick<Target, 'seconds' | 'postSeconds'>): number {
  return Math.ceil(Math.max(seconds, postSeconds)) + 2
}

/** Longer events show how much a proxy collects before it passes data on. */
const longEvents = { pad: 4096, seconds: 8 }

/**
 * Examines the path to a server with an event stream and several requests.
 * @throws NotExamined if the server cannot be reached, is not OpsAgent, or has too many examinations
 */
export async function examine(target: Target): Promise<Examination> {
  const { origin, seconds, postSeconds, onStep = () => {} } = target
  onStep('Contacting the server')
  const greeting = await greet(target)
  onStep(`Reading a stream, for about ${expectedSeconds(target)} s`)
  const [stream, post] = await Promise.all([
    readStream(target, { seconds }),
    postSeconds === undefined ? undefined : delayPost(target, postSeconds),
  ])
  if (stream.status === 429) {
    throw new NotExamined('Too many examinations run at the moment. Try again in half a minute.')
  }
  let padded: typeof stream | undefined
  if (largestDelayMs(stream, greeting) >= bufferedMs) {
    const shorter = Math.min(longEvents.seconds, seconds)
    onStep(`The stream is buffered. Reading longer events, for about ${shorter} s`)
    padded = await readStream(target, { ...longEvents, seconds: shorter })
  }
  const http = await target.httpVersion?.().catch(() => undefined)

  const proxies = recogniseProxies([stream.headers, greeting.headers], greeting.echo.headers)
  const hasTls = origin.startsWith('https:')
  const findings = findingsOf({ greeting, stream, padded, post, http, hasTls })
  return {
    url: origin,
    seconds,
    verdict: findings.some(({ verdict }) => verdict === 'broken') ? 'broken' : 'fine',
    findings,
    proxies: proxies.map(({ name, seenBy }) => ({ name, seenBy })),
    fixes: fixesFor(findings, proxies),
  }
}
