import type { Log } from '../../core/log.ts'
import type { Arrival } from '../network/proxy-trust.ts'

/** The sender of a request. Conversations, runs and streams belong to the `id`; pages show the `name`. */
export type User = {
  /** Two identity modes must not use the same id for different users. `createIdentity` adds a prefix. */
  id: string
  name: string
  /** The id without the prefix, for the API. By default the `id`. */
  account?: string
  /** When the sign-in expires, in ms since 1970. Streams end then. Without it, they do not. */
  expiresAt?: number
}

/**
 * Identifies the user of a request; undefined if there is none. Clients can forge any header: trust one that names a
 * user only if `arrival.proxied`.
 */
export type Identify = (
  request: Request,
  arrival: Arrival,
) => User | undefined | Promise<User | undefined>

/** What the modes of `AUTH` need from the server. */
export type IdentityServices = {
  /** The current time, in ms since 1970. */
  now: () => number
  /** Milliseconds on a clock that is never set. By default `performance.now`. */
  monotonicMs?: () => number
  log: Log
}
