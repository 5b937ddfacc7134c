import { OpsError } from '../core/errors.ts'

const hourMs = 3_600_000

/** Holds each user to a number of questions within any hour. */
export class QuestionQuota {
  readonly #askedAt = new Map<string, number[]>()
  readonly #perHour: number
  readonly #now: () => number

  constructor(perHour: number, now: () => number) {
    this.#perHour = perHour
    this.#now = now
  }

  /** Counts one question. @throws OpsError `too_many_requests` when that would be one too many. */
  take(user: string): void {
    const now = this.#now()
    this.#forget(now)
    const recent = this.#askedAt.get(user) ?? []
    const [oldest] = recent
    if (recent.length >= this.#perHour && oldest !== undefined) {
      throw new OpsError('too_many_requests', {
        message: `You have asked ${this.#perHour} questions within an hour. Please try again later.`,
        retryAfterSeconds: Math.ceil((oldest + hourMs - now) / 1000),
      })
    }
    this.#askedAt.set(user, [...recent, now])
  }

  /** Users who have been quiet for an hour leave nothing behind. */
  #forget(now: number): void {
    for (const [user, times] of this.#askedAt) {
      const recent = times.filter((at) => at > now - hourMs)
      if (recent.length === 0) this.#askedAt.delete(user)
      else this.#askedAt.set(user, recent)
    }
  }
}
