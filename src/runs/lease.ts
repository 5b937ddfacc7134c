import { publicReasons } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { RunKey } from '../core/run.ts'
import type { SharedRuns } from '../storage/store.ts'
import { endInterrupted } from './interrupt-run.ts'

/** What a lease needs. */
export type LeaseOptions = {
  shared: SharedRuns
  /** How many streams each user has open in this process. */
  openStreams: () => ReadonlyMap<string, number>
  /** A user wants to stop these runs of this process. */
  onStop: (runs: readonly RunKey[]) => void
  /** The lease was lost: this process can no longer write its runs. */
  onLost: () => void
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
}

/** How many leases a process waits after an outage, so that the others can connect again and renew theirs. */
const leasesAfterOutage = 3

/** The pause after a failed renewal. It is short, because a lease does not last long. */
const retryMs = 250

/**
 * The lease of this process: while it lasts, other processes leave the runs of this one alone. It is renewed three times
 * in its duration. Each renewal also ends the runs of processes that have lost their lease.
 */
export class Lease {
  readonly #options: LeaseOptions
  #timer: ReturnType<typeof setTimeout> | undefined
  #renewing: Promise<void> | undefined
  #again = false
  #closed = false
  #held = false
  /** From when on this process may take the leases of others, on a monotonic clock. */
  #mayExpireAtMs = Number.POSITIVE_INFINITY
  #renewedAtMs = Number.NEGATIVE_INFINITY

  constructor(options: LeaseOptions) {
    this.#options = options
  }

  /** Whether the last renewal succeeded. */
  get isHeld(): boolean {
    return this.#held
  }

  /** Joins the processes that share the store. */
  async take(): Promise<void> {
    await this.#options.shared.join()
    await this.renew()
  }

  /** Renews now; a call during a renewal makes another one follow. */
  renew(): Promise<void> {
    if (this.#renewing !== undefined) this.#again = true
    this.#renewing ??= this.#renewAll().finally(() => {
      this.#renewing = undefined
    })
    return this.#renewing
  }

  /** Gives the lease back. Unfinished runs of this process are interrupted by others. */
  async giveBack(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#renewing
    await this.#options.shared.leave()
  }

  async #renewAll(): Promise<void> {
    const { leaseMs } = this.#options.shared
    clearTimeout(this.#timer)
    do {
      this.#again = false
      await this.#renewOnce()
    } while (this.#again && this.#held)
    if (this.#closed) return
    this.#timer = setTimeout(() => void this.renew(), this.#held ? leaseMs * 0.3 : retryMs)
  }

  async #renewOnce(): Promise<void> {
    const { shared, openStreams, onStop, log } = this.#options
    try {
      const startedAtMs = performance.now()
      const stopped = await shared.renew(openStreams())
      if (stopped === undefined) await this.#joinAgain()
      else onStop(stopped)
      if (!this.#held || startedAtMs - this.#renewedAtMs > shared.leaseMs) {
        const isStart = this.#renewedAtMs === Number.NEGATIVE_INFINITY
        const leases = isStart ? 1 : leasesAfterOutage
        this.#mayExpireAtMs = startedAtMs + leases * shared.leaseMs
      }
      this.#renewedAtMs = startedAtMs
      this.#held = true
      if (startedAtMs >= this.#mayExpireAtMs) await shared.expireLeases()
      await this.#interruptLost()
    } catch (cause) {
      if (this.#held) log.error('the lease of this process could not be renewed', { cause })
      this.#held = false
    }
  }

  async #joinAgain(): Promise<void> {
    const { shared, onLost, log } = this.#options
    log.warn('this process was paused or cut off, and lost its lease: its runs are interrupted')
    onLost()
    await shared.join()
  }

  async #interruptLost(): Promise<void> {
    const { shared, now, log } = this.#options
    for (const lost of await shared.listLost()) {
      try {
        await endInterrupted(lost, now(), (run, events) => shared.interrupt(lost.key, run, events))
        log.warn(`run ${lost.key.run} of a process that ended is interrupted`, {
          reason: publicReasons.interrupted,
        })
      } catch (cause) {
        // One damaged run must not keep the others.
        log.error(`run ${lost.key.run} could not be ended`, { cause })
      }
    }
  }
}
