import { publicReasons } from '../core/errors.ts'
import type { ThinkingEvent } from '../core/event.ts'
import type { Log } from '../core/log.ts'
import { type Run, type RunKey, type RunMessage, runName } from '../core/run.ts'
import type { Store } from '../storage/store.ts'

/** The end of a run that the store did not take, as its readers received it. */
export type UnstoredEnd = {
  key: RunKey
  run: Run
  events: readonly ThinkingEvent[]
  answer: RunMessage | undefined
}

/** How many ends are kept. A run that is forgotten counts as interrupted. */
const mostEnds = 100
/** The pause between two attempts to store them. */
const retryMs = 2000

/** A run whose end could not be stored, and why. */
export function asStoreFailed(run: Run): Run {
  return { ...run, status: 'failed', code: 'store_failed', error: publicReasons.store_failed }
}

/**
 * The ends that the store of a single process did not take, such as while its disk was full. They are kept until the store
 * takes them, so that a run is not reported as interrupted, and its answer is not lost.
 */
export class UnstoredEnds {
  readonly #store: Store
  readonly #log: Log
  readonly #ends = new Map<string, UnstoredEnd>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(store: Store, log: Log) {
    this.#store = store
    this.#log = log
  }

  /** Keeps an end and stores it later. */
  add(end: UnstoredEnd): void {
    this.#ends.set(runName(end.key), end)
    const [oldest] = this.#ends.keys()
    if (this.#ends.size > mostEnds && oldest !== undefined) this.#ends.delete(oldest)
    this.#timer ??= setTimeout(() => void this.#retry(), retryMs)
  }

  /** The end of a run that is stored as running. */
  find(key: RunKey): Run | undefined {
    return this.#ends.get(runName(key))?.run
  }

  /** The events of an ended run, here or in the store. */
  async listEvents(key: RunKey): Promise<readonly ThinkingEvent[]> {
    const end = this.#ends.get(runName(key))
    return end?.events ?? this.#store.forOwner(key.owner).listEvents(key.conversation, key.run)
  }

  /** Tries a last time. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#storeAll()
  }

  async #retry(): Promise<void> {
    await this.#storeAll()
    this.#timer = this.#ends.size === 0 ? undefined : setTimeout(() => void this.#retry(), retryMs)
  }

  /** It never rejects: what is left is for the next time. */
  async #storeAll(): Promise<void> {
    for (const [name, { key, run, events, answer }] of this.#ends) {
      try {
        await this.#store.forOwner(key.owner).endRun(key.conversation, run, events, answer)
      } catch {
        // The first attempt logged the cause.
        return
      }
      this.#ends.delete(name)
      this.#log.info(`the end of run ${key.run} is stored`)
    }
  }
}
