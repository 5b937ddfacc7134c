import { stopReason, throwIfAborted } from '../core/errors.ts'

/** A token and the end of its validity, in ms since 1970. */
export type Token = { value: string; expiresAtMs: number }

/** Keeps a token until shortly before its end. All calls that need a new one wait for the same request. */
export class TokenSource {
  readonly #fetch: () => Promise<Token>
  readonly #now: () => number
  #token: { value: string; renewAtMs: number } | undefined
  #pending: Promise<string> | undefined

  /** `fetch` must have its own timeout: it has no signal, because it works for all waiting calls. `now` is in ms since 1970. */
  constructor(fetch: () => Promise<Token>, now: () => number) {
    this.#fetch = fetch
    this.#now = now
  }

  /** @throws what `fetch` throws, or the reason of the signal */
  async get(signal: AbortSignal): Promise<string> {
    throwIfAborted(signal)
    if (this.#token !== undefined && this.#now() < this.#token.renewAtMs) return this.#token.value
    this.#pending ??= this.#renew()
    const stopped = Promise.withResolvers<never>()
    const leave = () => stopped.reject(stopReason(signal))
    signal.addEventListener('abort', leave)
    try {
      return await Promise.race([this.#pending, stopped.promise])
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  /** Drops a token that was refused. A token that has replaced it meanwhile stays. */
  forget(value: string): void {
    if (this.#token?.value === value) this.#token = undefined
  }

  async #renew(): Promise<string> {
    try {
      const { value, expiresAtMs } = await this.#fetch()
      const lifetimeMs = expiresAtMs - this.#now()
      this.#token = { value, renewAtMs: expiresAtMs - Math.min(300_000, lifetimeMs / 2) }
      return value
    } finally {
      this.#pending = undefined
    }
  }
}
