import type { ThinkingEvent } from './event.ts'
import { retryWrite } from './retry-write.ts'
import type { RunKey } from './run.ts'

/** An event of a run, on its way to the store. */
export type JournalEntry = { log: JournalLog; event: ThinkingEvent }

/** What a committer needs to know of a run log. Neither call may throw. */
export type JournalLog = {
  readonly key: RunKey
  /** The event is stored: readers may have it. */
  deliver(event: ThinkingEvent): void
  /** The event could not be stored, and will not be delivered. */
  fail(error: unknown): void
}

/** What a committer needs. */
export type CommitterOptions = {
  /** Writes entries of any runs in one transaction. */
  write: (entries: readonly JournalEntry[]) => Promise<void>
  /** Whether a failed write may succeed later, as with a lock of another process or a full disk. */
  isTemporary: (error: unknown) => boolean
  /** How long a failed write is repeated, in ms. */
  retryMs: number
  /** A monotonic clock in ms. */
  monotonicMs: () => number
}

/** The pause between two commits under load. Larger groups cost less per event; readers wait longer. */
const pauseMs = 0.5

/**
 * Writes the events of all runs of this process, in groups: everything that was queued in the meantime is one
 * transaction. It commits at once when it is idle. Events of a run stay in order, and an event is delivered only after it
 * is stored.
 */
export class Committer {
  readonly #options: CommitterOptions
  #queue: JournalEntry[] = []
  /** The numbers of entries that were ever queued, and that were stored or failed. */
  #added = 0
  #settled = 0
  #committing: Promise<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #committedAtMs = Number.NEGATIVE_INFINITY

  constructor(options: CommitterOptions) {
    this.#options = options
  }

  /** Queues an event. It never waits and never throws. */
  add(entry: JournalEntry): void {
    this.#queue.push(entry)
    this.#added += 1
    if (this.#committing === undefined && this.#timer === undefined) this.#schedule()
  }

  /** Resolves when everything that is queued now is stored, or has failed. */
  async flush(): Promise<void> {
    // Not until the queue is empty: other runs may append for ever.
    const wanted = this.#added
    while (this.#settled < wanted) {
      if (this.#committing === undefined) this.#commitSoon()
      await this.#committing
    }
  }

  #schedule(): void {
    const restMs = this.#committedAtMs + pauseMs - this.#options.monotonicMs()
    if (restMs <= 0) this.#commitSoon()
    else this.#timer = setTimeout(() => this.#commitSoon(), restMs)
  }

  /** In a microtask, so that events which are appended together are one group. */
  #commitSoon(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#committing = Promise.resolve().then(() => this.#commit())
  }

  async #commit(): Promise<void> {
    const entries = this.#queue
    this.#queue = []
    await this.#write(entries)
    this.#settled += entries.length
    this.#committing = undefined
    this.#committedAtMs = this.#options.monotonicMs()
    if (this.#queue.length > 0) this.#schedule()
  }

  async #write(entries: readonly JournalEntry[]): Promise<void> {
    const { write, isTemporary, retryMs } = this.#options
    try {
      await retryWrite(() => write(entries), isTemporary, retryMs)
      for (const { log, event } of entries) log.deliver(event)
    } catch (error) {
      // After a temporary error the store has failed for all. Otherwise one run may be the reason, for example because
      // its conversation was deleted: the others are written without it.
      const groups = isTemporary(error) ? undefined : Map.groupBy(entries, ({ log }) => log)
      if (groups === undefined || groups.size === 1) for (const { log } of entries) log.fail(error)
      else for (const group of groups.values()) await this.#write(group)
    }
  }
}
