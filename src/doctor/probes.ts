import { NotExamined, type Target } from './target.ts'

/** What `/doctor/echo` says about a request that reached it. */
export type Echo = {
  process: string
  now: number
  headers: string[]
  answerWaitSeconds: number
  keepAliveSeconds: number
}

/** The answers of `/doctor/echo`, and what they say about the two clocks. */
export type Greeting = {
  echo: Echo
  /** The headers of the last answer. */
  headers: Headers
  processes: string[]
  /** How long the fastest answer took, in ms. */
  roundTripMs: number
  /** How far the server's clock is ahead of ours, in ms; right to half a round trip. */
  skewMs: number
}

/** What became of a POST that was kept waiting: its status, 0 when it was cut, and after how long. */
export type PostReading = { status: number; waitedMs: number; askedMs: number }

const greetings = 5
const probeMs = 15_000

/** Asks who is there, a few times. @throws NotExamined with the reason */
export async function greet(target: Target): Promise<Greeting> {
  const answers: { echo: Echo; headers: Headers; tripMs: number; skewMs: number }[] = []
  for (let n = 0; n < greetings; n += 1) {
    const before = target.now()
    const response = await reach(target)
    const after = target.now()
    const echo = await readEcho(response)
    const skewMs = echo.now - (before + after) / 2
    answers.push({ echo, headers: response.headers, tripMs: after - before, skewMs })
  }
  const [fastest] = answers.toSorted((a, b) => a.tripMs - b.tripMs)
  if (fastest === undefined) throw new NotExamined('The server did not answer.')
  return {
    echo: fastest.echo,
    headers: fastest.headers,
    processes: answers.map(({ echo }) => echo.process),
    roundTripMs: fastest.tripMs,
    skewMs: fastest.skewMs,
  }
}

async function reach({ origin, fetch }: Target): Promise<Response> {
  try {
    return await fetch(`${origin}/doctor/echo`, { signal: AbortSignal.timeout(probeMs) })
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: string }
    const why = typeof code === 'string' ? code : message
    throw new NotExamined(`${origin} cannot be reached (${why}).`)
  }
}

async function readEcho(response: Response): Promise<Echo> {
  const { status, headers, type } = response
  const location = headers.get('location')
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    // What follows the path may be a secret of the sign-on.
    const where = location === null ? 'elsewhere' : `to ${location.split('?', 1)[0]}`
    throw new NotExamined(
      `It sends us on ${where}. Examine that address, or get past a sign-on with --header.`,
    )
  }
  if (status === 401 || status === 403) {
    throw new NotExamined(
      `It answers ${status}: something asks who we are. Say so with --header, such as 'cookie: …'.`,
    )
  }
  if (status >= 500) throw new NotExamined(`It answers ${status}: is OpsAgent running behind it?`)
  const echo = (await response.json().catch(() => undefined)) as Partial<Echo> | undefined
  if (!response.ok || typeof echo?.process !== 'string' || typeof echo.now !== 'number') {
    throw new NotExamined(`It answers ${status}, but not as OpsAgent does.`)
  }
  const { answerWaitSeconds = 50, keepAliveSeconds = 15, headers: names = [] } = echo
  return {
    ...{ process: echo.process, now: echo.now },
    ...{ headers: names, answerWaitSeconds, keepAliveSeconds },
  }
}

const rounds = 3
const perRound = 4

/** Asks for the name of the process over many connections. What does not answer is left out. */
export async function askProcesses({ origin, fetch }: Target): Promise<string[]> {
  const ask = async () => {
    const signal = AbortSignal.timeout(probeMs)
    const response = await fetch(`${origin}/healthz`, { signal })
    const { process } = (await response.json()) as { process?: unknown }
    return typeof process === 'string' ? process : undefined
  }
  const names: string[] = []
  for (let round = 0; round < rounds; round += 1) {
    const answers = await Promise.allSettled(Array.from({ length: perRound }, ask))
    for (const answer of answers) {
      if (answer.status === 'fulfilled' && answer.value !== undefined) names.push(answer.value)
    }
  }
  return names
}

/** Sends a POST that the server answers after so long: the question of a person is one, too. */
export async function askToWait(
  { origin, fetch, now }: Target,
  seconds: number,
): Promise<PostReading> {
  const beganAt = now()
  const told = (status: number) => ({ status, waitedMs: now() - beganAt, askedMs: seconds * 1000 })
  try {
    const response = await fetch(`${origin}/doctor/wait?seconds=${seconds}`, {
      method: 'POST',
      signal: AbortSignal.timeout(seconds * 1000 + probeMs),
    })
    await response.arrayBuffer()
    return told(response.status)
  } catch {
    return told(0)
  }
}
