import type { Log } from '../core/log.ts'
import type { SharedRuns, UnfinishedRun } from '../storage/store.ts'
import { endInterrupted } from './interrupt-run.ts'

/** What a lease needs. */
export type LeaseOptions = {
  shared: SharedRuns
  /** How many streams each user has open in this process. */
  openStreams: () => ReadonlyMap<string, number>
  /** Called after each renewal. It must not reject. */
  onRenewed: () => Promise<void>
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
 * in its duration. After each renewal it ends runs of processes that have lost their lease, which delays no renewal.
 */
export class Lease {
  readonly #options: LeaseOptions
  #timer: ReturnType<typeof setTimeout> | undefined
  #renewing: Promise<void> | undefined
  #takingOver: Promise<void> | undefined
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
    await this.#renew()
  }

  /** Gives the lease back. Unfinished runs of this process are interrupted by others. */
  async giveBack(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#renewing
    await this.#takingOver
    await this.#options.shared.leave()
  }

  /** Renews now, and again in time. It never rejects. */
  #renew(): Promise<void> {
    this.#renewing = this.#renewOnce()
    return this.#renewing
  }

  async #renewOnce(): Promise<void> {
    const { shared, openStreams, onRenewed, log } = this.#options
    const startedAtMs = performance.now()
    try {
      if (!(await shared.renew(openStreams()))) await this.#joinAgain()
      if (!this.#held || startedAtMs - this.#renewedAtMs > shared.leaseMs) {
        const isStart = this.#renewedAtMs === Number.NEGATIVE_INFINITY
        const leases = isStart ? 1 : leasesAfterOutage
        this.#mayExpireAtMs = startedAtMs + leases * shared.leaseMs
      }
      this.#renewedAtMs = startedAtMs
      this.#held = true
    } catch (cause) {
      if (this.#held) log.error('the lease of this process could not be renewed', { cause })
      this.#held = false
    }
    if (this.#closed) return
    const nextMs = this.#held ? shared.leaseMs * 0.3 : retryMs
    this.#timer = setTimeout(() => void this.#renew(), nextMs)
    if (!this.#held) return
    void onRenewed()
    // One at a time: it may wait for many runs, one after the other.
    this.#takingOver ??= this.#takeOver(startedAtMs >= this.#mayExpireAtMs).finally(() => {
      this.#takingOver = undefined
    })
  }

  async #joinAgain(): Promise<void> {
    const { shared, onLost, log } = this.#options
    log.warn('this process was paused or cut off, and lost its lease: its runs are interrupted')
    onLost()
    await shared.join()
  }

  /** Ends runs of processes that have lost their lease. It never rejects: what is left is for the next time. */
  async #takeOver(mayExpire: boolean): Promise<void> {
    const { shared, log } = this.#options
    try {
      if (mayExpire) await shared.expireLeases()
      for (const lost of await shared.listLost()) {
        if (this.#closed) return
        await this.#interrupt(lost)
      }
    } catch (cause) {
      log.warn('runs of processes that ended could not be found', { cause })
    }
  }

  async #interrupt(lost: UnfinishedRun): Promise<void> {
    const { shared, now, log } = this.#options
    const { key } = lost
    try {
      const isDone = await endInterrupted(lost, now(), (run, events) =>
        shared.interrupt(key, run, events),
      )
      if (isDone) log.warn(`run ${key.run} of a process that ended is interrupted`)
    } catch (cause) {
      // Caught for each run: a damaged one does not prevent the end of the next ones.
      log.error(`run ${key.run} could not be ended`, { cause })
    }
  }
}
