import { OpsError } from '../../core/errors.ts'
import { subscriberNetwork } from '../network/address.ts'
import { BoundedMap } from './bounded-map.ts'

const windowMs = 60_000
const maxFailures = 10
// A client with more networks than this evades the limit, but not `maxConcurrent`.
const maxNetworks = 10_000
const maxConcurrent = 16

/**
 * Limits wrong passwords to ten a minute from one IPv4 address or IPv6 /64. It does not count by user name: anyone could
 * lock out a user that way.
 */
export class AttemptLimit {
  readonly #monotonicMs: () => number
  readonly #networks = new BoundedMap<{ failures: number; since: number }>(maxNetworks)
  #concurrent = 0

  /** @param monotonicMs a clock that is never set: one that is set back would lock users out */
  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  /**
   * Checks a password unless the limit is reached. An attempt counts as wrong until it proves right, so that concurrent
   * attempts cannot exceed the limit.
   * @throws OpsError `too_many_requests`
   */
  async attempt(
    address: string | undefined,
    checkPassword: () => Promise<boolean>,
  ): Promise<boolean> {
    const network = this.#network(subscriberNetwork(address))
    if (network.failures >= maxFailures)
      throw limitError(network.since + windowMs - this.#monotonicMs())
    if (this.#concurrent >= maxConcurrent) throw limitError(1000)
    network.failures += 1
    this.#concurrent += 1
    try {
      const isRight = await checkPassword()
      if (isRight) network.failures -= 1
      return isRight
    } finally {
      this.#concurrent -= 1
    }
  }

  #network(name: string) {
    const known = this.#networks.get(name)
    if (known !== undefined && this.#monotonicMs() - known.since < windowMs) return known
    const network = { failures: 0, since: this.#monotonicMs() }
    this.#networks.set(name, network)
    return network
  }
}

function limitError(waitMs: number): OpsError {
  return new OpsError('too_many_requests', {
    message: 'Too many sign-in attempts. Please wait a moment.',
    retryAfterSeconds: Math.ceil(waitMs / 1000),
  })
}
