import type { Log } from '../core/log.ts'
import { wait } from '../core/wait.ts'
import type { Store } from '../storage/store.ts'

const dayMs = 24 * 3_600_000
/** The pause between two passes. */
const passMs = 3_600_000
/** How many conversations one call deletes, and the pause after it. */
const batch = 20
const batchPauseMs = 50

type RetentionOptions = {
  store: Store
  /** How long a conversation is kept after its last question. 0 keeps it for ever. */
  retentionDays: number
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
}

/** Deletes inactive conversations, so that the history keeps them no longer than `RETENTION_DAYS`. */
export class Retention {
  readonly #options: RetentionOptions
  readonly #closing = new AbortController()

  constructor(options: RetentionOptions) {
    this.#options = options
  }

  /** Deletes now and every hour, until `close` is called. */
  async keep(): Promise<void> {
    if (this.#options.retentionDays === 0) return
    while (!this.#closing.signal.aborted) {
      await this.deleteExpired()
      await wait(passMs, this.#closing.signal)
    }
  }

  /** Ends `keep`. */
  close(): void {
    this.#closing.abort()
  }

  /** Deletes what has expired. It never rejects: what is left is for the next time. */
  async deleteExpired(): Promise<void> {
    const { store, retentionDays, now, log } = this.#options
    const { signal } = this.#closing
    if (retentionDays === 0) return
    let deleted = 0
    try {
      for (let last = batch; last > 0 && !signal.aborted; ) {
        last = await store.deleteInactive(now() - retentionDays * dayMs, batch)
        deleted += last
        if (last > 0) await wait(batchPauseMs, signal)
      }
    } catch (cause) {
      if (!signal.aborted) log.warn('expired conversations could not be deleted', { cause })
    }
    if (deleted > 0) log.info(`${deleted} conversations older than RETENTION_DAYS are deleted`)
  }

  /** When the next conversation expires, in ms since 1970. Undefined if none does. */
  async nextExpiry(): Promise<number | undefined> {
    const { store, retentionDays } = this.#options
    if (retentionDays === 0) return undefined
    const oldest = await store.findOldest()
    return oldest === undefined ? undefined : oldest + retentionDays * dayMs
  }
}
