import { OpsError } from '../../core/errors.ts'

/** Counts the open streams, so that one person's forgotten tabs cannot use up everybody's. */
export class StreamSlots {
  readonly #perUser = new Map<string, number>()
  readonly #limits: { maxStreamsPerUser: number; maxStreams: number }
  readonly #closing = new AbortController()
  #empty: (() => void) | undefined
  #open = 0

  constructor(limits: { maxStreamsPerUser: number; maxStreams: number }) {
    this.#limits = limits
  }

  /** How many streams are open. */
  get open(): number {
    return this.#open
  }

  /** Aborted when the streams are to end. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /** Ends all streams, and settles when none is left or after `graceMs`: a stalled reader holds nothing up. */
  async close(graceMs: number): Promise<void> {
    this.#closing.abort()
    if (this.#open === 0) return
    const { promise: empty, resolve } = Promise.withResolvers<void>()
    this.#empty = resolve
    const timer = setTimeout(resolve, graceMs)
    await empty
    clearTimeout(timer)
  }

  /**
   * Takes a place; the returned function gives it back, once.
   * @throws OpsError `too_many_requests` when the user, or the process, has no place left.
   */
  take(user: string): () => void {
    const own = this.#perUser.get(user) ?? 0
    if (own >= this.#limits.maxStreamsPerUser) {
      throw new OpsError('too_many_requests', {
        message: 'You have too many pages open that follow a run. Close one and try again.',
        retryAfterSeconds: 10,
      })
    }
    if (this.#open >= this.#limits.maxStreams) {
      throw new OpsError('too_many_requests', {
        message: 'The server follows as many runs as it can. Please try again in a moment.',
        retryAfterSeconds: 10,
      })
    }
    this.#open += 1
    this.#perUser.set(user, own + 1)
    let taken = true
    return () => {
      if (taken) this.#giveBack(user)
      taken = false
    }
  }

  #giveBack(user: string): void {
    this.#open -= 1
    if (this.#open === 0) this.#empty?.()
    const left = (this.#perUser.get(user) ?? 1) - 1
    if (left === 0) this.#perUser.delete(user)
    else this.#perUser.set(user, left)
  }
}
