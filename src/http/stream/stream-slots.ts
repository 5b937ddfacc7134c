import { OpsError } from '../../core/errors.ts'
import { settledWithin } from '../../core/wait.ts'

/**
 * Counts the open streams per user and in total, so that the forgotten tabs of one user do not block the others.
 *
 * With several processes the limit per user is approximate: a process knows the streams of the others as of their last
 * renewal of the lease (3 s with the default). A user who opens streams on all of them within that time gets at most the
 * limit on each. After a process is killed, its streams count until its lease ends.
 */
export class StreamSlots {
  readonly #perUser = new Map<string, number>()
  readonly #limits: { maxStreamsPerUser: number; maxStreams: number }
  readonly #closing = new AbortController()
  readonly #empty = Promise.withResolvers<void>()
  #open = 0

  constructor(limits: { maxStreamsPerUser: number; maxStreams: number }) {
    this.#limits = limits
  }

  /** The number of open streams. */
  get open(): number {
    return this.#open
  }

  /** The number of open streams of each user who has any. */
  get openByUser(): ReadonlyMap<string, number> {
    return this.#perUser
  }

  /** Aborted when the streams have to end. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /** Ends all streams. Resolves when none is open, or after `graceMs`, because a reader may have stalled. */
  async close(graceMs: number): Promise<void> {
    this.#closing.abort()
    if (this.#open > 0) await settledWithin(this.#empty.promise, graceMs)
  }

  /**
   * Takes a slot. The returned function releases it; further calls do nothing. `elsewhere` is the number of streams that the
   * user has open in other processes.
   * @throws OpsError `too_many_requests` when the user or the process is at its limit
   */
  take(user: string, elsewhere = 0): () => void {
    const own = this.#perUser.get(user) ?? 0
    if (own + elsewhere >= this.#limits.maxStreamsPerUser) {
      throw new OpsError('too_many_requests', {
        message: 'You have too many pages open that follow a run. Close one and try again.',
        retryAfterSeconds: 10,
      })
    }
    if (this.#open >= this.#limits.maxStreams) {
      throw new OpsError('too_many_requests', {
        message: 'The server has reached its limit of open streams. Please try again in a moment.',
        retryAfterSeconds: 10,
      })
    }
    this.#open += 1
    this.#perUser.set(user, own + 1)
    let taken = true
    return () => {
      if (taken) this.#release(user)
      taken = false
    }
  }

  #release(user: string): void {
    this.#open -= 1
    if (this.#open === 0 && this.closing.aborted) this.#empty.resolve()
    const left = (this.#perUser.get(user) ?? 1) - 1
    if (left === 0) this.#perUser.delete(user)
    else this.#perUser.set(user, left)
  }
}
