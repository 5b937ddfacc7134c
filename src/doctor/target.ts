/** What is examined, from where, and how long. */
export type Target = {
  /** Scheme, host and port. */
  origin: string
  /** Asks the server. It must not follow redirects. */
  fetch: (url: string, init?: RequestInit) => Promise<Response>
  /** Milliseconds since 1970, better with fractions. It must not jump. */
  now: () => number
  /** How long the stream is watched: at most 75. */
  seconds: number
  /** How long a POST is kept waiting, at the same time: at most 70. Without it, none is sent. */
  postSeconds?: number | undefined
  /** Finds out with which HTTP version the server is reached, once everything else is done. */
  httpVersion?: (() => Promise<HttpVersion | undefined>) | undefined
  /** Hears what is being done. */
  tell?: ((step: string) => void) | undefined
}

/** A version such as `HTTP/2`, and how it is known: it was used, or only offered. */
export type HttpVersion = { version: string; known: 'used' | 'offered' }

/** The longest that the server agrees to. */
export const longest = { seconds: 75, postSeconds: 70 } as const

/** How long an examination takes at most when nothing is wrong, in seconds. */
export function expectedSeconds({ seconds, postSeconds = 0 }: Partial<Target>): number {
  return Math.ceil(Math.max(seconds ?? 0, postSeconds)) + 2
}

/** Why there could be no examination: the server was not reached, or it is not OpsAgent. */
export class NotExamined extends Error {
  override readonly name = 'NotExamined'
}
