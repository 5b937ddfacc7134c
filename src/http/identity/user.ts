import type { Arrival } from '../network/proxy-trust.ts'

/** Whoever asks. Conversations, runs and streams belong to the `id`; people see the `name`. */
export type User = {
  id: string
  name: string
  /** Until when the sign-on holds, in milliseconds since 1970; without it, as long as requests are let in. */
  expiresAt?: number
}

/**
 * Tells who sent a request, or nothing when it is nobody we know. The way to plug in a sign-on. Believe a header that
 * says who somebody is only if `arrival.proxied`: anybody can send headers.
 */
export type Identify = (
  request: Request,
  arrival: Arrival,
) => User | undefined | Promise<User | undefined>

/** `AUTH=none`: everybody is the one local user. */
export function localUser(): Identify {
  const user = { id: 'local', name: 'You' }
  return () => user
}
