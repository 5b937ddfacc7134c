import { OpsError } from '../core/errors.ts'

const hourMs = 3_600_000

/** The error of a user who is at the limit. */
export function tooManyQuestions(perHour: number, retryAfterSeconds: number): OpsError {
  return new OpsError('too_many_requests', {
    message: `You have asked ${perHour} questions within an hour. Please try again later.`,
    retryAfterSeconds,
  })
}

/** The error of a user who is at the limit of new conversations. */
export function tooManyConversations(perHour: number, retryAfterSeconds: number): OpsError {
  return new OpsError('too_many_requests', {
    message: `You have reached the limit of new conversations, which is ${perHour} per hour. Please ask in an existing one, or try again later.`,
    retryAfterSeconds,
  })
}

/** Limits the questions or the new conversations of each user within any hour, in one process. */
export class QuestionQuota {
  readonly #askedAt = new Map<string, number[]>()
  readonly #perHour: number
  readonly #monotonicMs: () => number
  readonly #tooMany: typeof tooManyQuestions

  /** @param monotonicMs a clock that is never set: one that is set back would lock users out */
  constructor(perHour: number, monotonicMs: () => number, tooMany = tooManyQuestions) {
    this.#perHour = perHour
    this.#monotonicMs = monotonicMs
    this.#tooMany = tooMany
  }

  /** Counts one. @throws OpsError `too_many_requests` at the limit */
  take(user: string): void {
    const recent = this.check(user)
    this.#askedAt.set(user, [...recent, this.#monotonicMs()])
  }

  /** The times of the recent questions. @throws OpsError `too_many_requests` at the limit */
  check(user: string): readonly number[] {
    const now = this.#monotonicMs()
    this.#dropExpired(now)
    const recent = this.#askedAt.get(user) ?? []
    const [oldest] = recent
    if (recent.length >= this.#perHour && oldest !== undefined) {
      throw this.#tooMany(this.#perHour, Math.ceil((oldest + hourMs - now) / 1000))
    }
    return recent
  }

  /** Bounds the memory: users without a question within the hour have no entry. */
  #dropExpired(now: number): void {
    for (const [user, times] of this.#askedAt) {
      if ((times[0] ?? 0) > now - hourMs) continue
      const recent = times.filter((at) => at > now - hourMs)
      if (recent.length === 0) this.#askedAt.delete(user)
      else this.#askedAt.set(user, recent)
    }
  }
}
