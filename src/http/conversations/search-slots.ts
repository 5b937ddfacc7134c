import { OpsError } from '../../core/errors.ts'

/** A search that waits for another one of the same user. */
type Waiting = { start: () => void; refuse: (error: OpsError) => void }

/**
 * Lets each user run one search at a time in this process. A second one waits. A further one takes the place of the waiting
 * one, because only the result for the latest input is of use.
 */
export class SearchSlots {
  /** The users with a search, and the search that waits. */
  readonly #active = new Map<string, Waiting | undefined>()

  /**
   * Runs a search of a user when no other one of this user runs.
   * @throws OpsError `too_many_requests` if a newer search has replaced it; what `search` throws
   */
  async run<Result>(user: string, search: () => Promise<Result>): Promise<Result> {
    if (this.#active.has(user)) await this.#wait(user)
    else this.#active.set(user, undefined)
    try {
      return await search()
    } finally {
      const next = this.#active.get(user)
      if (next === undefined) this.#active.delete(user)
      else {
        this.#active.set(user, undefined)
        next.start()
      }
    }
  }

  #wait(user: string): Promise<void> {
    this.#active.get(user)?.refuse(
      new OpsError('too_many_requests', {
        message: 'A newer search has replaced this one.',
        retryAfterSeconds: 1,
      }),
    )
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#active.set(user, { start: resolve, refuse: reject })
    return promise
  }
}
