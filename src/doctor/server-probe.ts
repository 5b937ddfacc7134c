import * as z from 'zod/mini'

/** The server to examine, and the means of the platform to do so. */
export type Server = {
  /** Scheme, host and port. */
  origin: string
  /** Must not follow redirects. */
  fetch: (url: string, init?: RequestInit) => Promise<Response>
  /** Milliseconds since 1970, with fractions if possible. Must be monotonic. */
  now: () => number
}

/** The server cannot be reached or is not OpsAgent. The message tells the user what to do. */
export class NotExamined extends Error {
  override readonly name = 'NotExamined'
}

/** What several requests to `/doctor/echo` showed. */
export type Greeting = {
  echo: Echo
  /** Headers of the fastest response. */
  headers: Headers
  /** The process of each response. */
  processes: string[]
  /** Duration of the fastest request. */
  roundTripMs: number
  /** How far the clock of the server is ahead; accurate to half a round trip. */
  skewMs: number
}

/** The body of `/doctor/echo`. `headers` has the names of request headers as the server received them. */
export type Echo = z.infer<typeof echoBody>

const echoBody = z.object({
  process: z.string(),
  /** Whether the process shares its history with others, so that there may be several. */
  sharesHistory: z._default(z.boolean(), false),
  now: z.number(),
  headers: z._default(z.array(z.string()), []),
  answerWaitSeconds: z._default(z.number(), 50),
  keepAliveSeconds: z._default(z.number(), 15),
})

type Answer = Omit<Greeting, 'processes'>

const greetings = 5
const parallelGreetings = 12
const timeoutMs = 15_000

/**
 * Sends several requests to `/doctor/echo`: one by one to measure times, and in parallel, so that a load balancer
 * distributes them. A parallel request that fails is left out.
 * @throws NotExamined
 */
export async function greet(server: Server): Promise<Greeting> {
  const answers: Answer[] = []
  for (let n = 0; n < greetings; n += 1) answers.push(await greetOnce(server))
  const fastest = answers.reduce((a, b) => (b.roundTripMs < a.roundTripMs ? b : a))
  const parallel = Array.from({ length: parallelGreetings }, () => greetOnce(server))
  for (const result of await Promise.allSettled(parallel)) {
    if (result.status === 'fulfilled') answers.push(result.value)
  }
  return { ...fastest, processes: answers.map(({ echo }) => echo.process) }
}

async function greetOnce(server: Server): Promise<Answer> {
  const before = server.now()
  const response = await requestEcho(server)
  const after = server.now()
  const echo = await readEcho(response)
  const skewMs = echo.now - (before + after) / 2
  return { echo, headers: response.headers, roundTripMs: after - before, skewMs }
}

async function requestEcho({ origin, fetch }: Server): Promise<Response> {
  try {
    return await fetch(`${origin}/doctor/echo`, { signal: AbortSignal.timeout(timeoutMs) })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const reason = typeof code === 'string' ? code : String(error)
    throw new NotExamined(`Cannot reach ${origin} (${reason}).`)
  }
}

async function readEcho(response: Response): Promise<Echo> {
  const { status, headers, type } = response
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    // The query of a redirect to a sign-in page can hold secrets.
    const target = headers.get('location')?.split('?', 1)[0] ?? 'another address'
    throw new NotExamined(
      `The server redirects to ${target}. Examine that address, or pass a session cookie with --header.`,
    )
  }
  if (status === 401 || status === 403) {
    throw new NotExamined(
      `Status ${status}: something requires a sign-in. Pass a session with --header, such as 'cookie: …'.`,
    )
  }
  if (status >= 500) throw new NotExamined(`Status ${status}: check that OpsAgent is running.`)
  const body = echoBody.safeParse(await response.json().catch(() => undefined))
  if (!response.ok || !body.success) {
    throw new NotExamined(`Status ${status}, but the response is not from OpsAgent.`)
  }
  return body.data
}

/** How a delayed POST ended: its status, or 0 when the connection was cut. */
export type PostReading = { status: number; waitedMs: number; askedMs: number }

/** Sends a POST that the server answers after the given time, as it does while a run works. */
export async function delayPost(
  { origin, fetch, now }: Server,
  seconds: number,
): Promise<PostReading> {
  const startedAt = now()
  let status = 0
  try {
    const response = await fetch(`${origin}/doctor/wait?seconds=${seconds}`, {
      method: 'POST',
      signal: AbortSignal.timeout(seconds * 1000 + timeoutMs),
    })
    await response.arrayBuffer()
    status = response.status
  } catch {
    // Cut connections are a result: the status stays 0.
  }
  return { status, waitedMs: now() - startedAt, askedMs: seconds * 1000 }
}

/** A version such as `HTTP/2`, and whether a request used it or TLS only offered it. */
export type HttpVersion = { version: string; known: 'used' | 'offered' }
