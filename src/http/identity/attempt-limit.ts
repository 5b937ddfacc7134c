import { OpsError } from '../../core/errors.ts'
import { neighbourhoodOf } from '../network/address.ts'

const windowMs = 60_000
const mostWrong = 10
const mostPlaces = 10_000
const mostAtOnce = 16

/**
 * Counts wrong passwords by the address that they come from, and refuses more than ten in a minute. Not by the name: or
 * else anybody could lock out anybody.
 */
export class Guesses {
  readonly #now: () => number
  readonly #places = new Map<string, { count: number; since: number }>()
  #underWay = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /**
   * Checks a password if there is still a guess left. It counts before it is known to be wrong: many at once must not
   * slip through together.
   * @throws OpsError `too_many_requests`
   */
  async guess(address: string | undefined, isRight: () => Promise<boolean>): Promise<boolean> {
    const place = this.#place(neighbourhoodOf(address))
    if (place.count >= mostWrong) throw tooMany(place.since + windowMs - this.#now())
    if (this.#underWay >= mostAtOnce) throw tooMany(1000)
    place.count += 1
    this.#underWay += 1
    try {
      const right = await isRight()
      if (right) place.count -= 1
      return right
    } finally {
      this.#underWay -= 1
    }
  }

  #place(name: string) {
    const known = this.#places.get(name)
    if (known !== undefined && this.#now() - known.since < windowMs) return known
    const place = { count: 0, since: this.#now() }
    this.#places.delete(name)
    this.#places.set(name, place)
    // The oldest is forgotten: who has ten thousand addresses is not held up by counting.
    const [oldest] = this.#places.keys()
    if (this.#places.size > mostPlaces && oldest !== undefined) this.#places.delete(oldest)
    return place
  }
}

function tooMany(waitMs: number): OpsError {
  return new OpsError('too_many_requests', {
    message: 'Too many sign-ons at once, or too many wrong ones. Please wait a moment.',
    retryAfterSeconds: Math.ceil(waitMs / 1000),
  })
}
