import type { RunStatus, ThinkingEvent } from './event.ts'
import type { EventLog, Watcher } from './run-log.ts'

/**
 * The position of one reader in a run. It holds no queue: while the reader is busy, events stay in the run log, and
 * `read` returns all of them. A cursor may exist before its run; it waits for it then.
 */
export class Cursor implements Watcher {
  #seq: number
  #run: string | undefined
  #log: EventLog | undefined
  #release: (() => void) | undefined
  #resolve: (() => void) | undefined
  #woken = false
  #dismissed = false

  /** @param after the `seq` of the last event that the reader has seen, 0 for none */
  constructor(after: number) {
    this.#seq = after
  }

  /** The id of the run, once it has started. */
  get run(): string | undefined {
    return this.#run
  }

  /** The `seq` of the last event that `read` returned. */
  get seq(): number {
    return this.#seq
  }

  /** How the run ended, once `read` has returned its last event; `undefined` until then. */
  get ended(): Exclude<RunStatus, 'running'> | undefined {
    const log = this.#log
    if (log === undefined || log.status === 'running' || this.#seq < log.lastSeq) return undefined
    return log.status
  }

  /** Whether the reader waits for a run that can no longer start. */
  get dismissed(): boolean {
    return this.#dismissed
  }

  /** Ends the wait for a run that can no longer start. */
  dismiss(): void {
    this.#dismissed = true
    this.wake()
  }

  /** Starts to read a run. */
  attach(run: string, log: EventLog): void {
    this.#run = run
    this.#log = log
    // A position past the end is not from this run, for example after the history was deleted: start again.
    if (this.#seq > log.lastSeq) this.#seq = 0
    this.#release = undefined
    log.watch(this)
    if (this.#hasMore) this.#resolvePending()
  }

  /** Registers what `close` has to call while the cursor waits for its run. */
  whenClosed(release: () => void): void {
    this.#release = release
  }

  /** Resolves as soon as there are events to read, after `wake`, and when the run has ended. One call at a time. */
  ready(): Promise<void> {
    if (this.#hasMore) return Promise.resolve()
    if (this.#woken) {
      this.#woken = false
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  /** The events that were added since the last call. It may return none. */
  read(): readonly ThinkingEvent[] {
    if (this.#log === undefined || this.#log.lastSeq === this.#seq) return []
    const events = this.#log.since(this.#seq)
    this.#seq = this.#log.lastSeq
    return events
  }

  /** Lets the pending call of `ready`, or else the next one, resolve at once. */
  readonly wake = (): void => {
    if (this.#resolve === undefined) this.#woken = true
    this.#resolvePending()
  }

  /** Ends the reading. A pending call of `ready` resolves. */
  close(): void {
    this.#release?.()
    this.#release = undefined
    this.#log?.unwatch(this)
    this.wake()
  }

  onEvents(): void {
    this.#resolvePending()
  }

  #resolvePending(): void {
    this.#resolve?.()
    this.#resolve = undefined
  }

  get #hasMore(): boolean {
    return (
      this.#log !== undefined && (this.#log.lastSeq !== this.#seq || this.#log.status !== 'running')
    )
  }
}
