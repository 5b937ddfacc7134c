import type { RunStatus, ThinkingEvent } from '../core/event.ts'
import { type EventLog, KeptEvents, type Watcher } from '../core/run-log.ts'

/** The events of a run of another process, as far as this process has read them from the store. */
export class FollowedRun implements EventLog {
  readonly number: number
  readonly #kept: KeptEvents
  readonly #onIdle: () => void
  #status: RunStatus = 'running'
  #readAtMs = Number.NEGATIVE_INFINITY

  /** @param onIdle called when the last watcher has left */
  constructor(number: number, maxEvents: number, onIdle: () => void) {
    this.number = number
    this.#kept = new KeptEvents(maxEvents)
    this.#onIdle = onIdle
  }

  get status(): RunStatus {
    return this.#status
  }

  get lastSeq(): number {
    return this.#kept.lastSeq
  }

  /** When the run was read last, on a monotonic clock. */
  get readAtMs(): number {
    return this.#readAtMs
  }

  /** Adds what was read. Reads may overlap and arrive late, so events that are already here are skipped. */
  add(events: readonly ThinkingEvent[], status: RunStatus): void {
    const { lastSeq } = this
    this.#readAtMs = performance.now()
    const news = events.filter(({ seq }) => seq > lastSeq)
    const hasEnded = this.#status === 'running' && status !== 'running'
    if (news.length === 0 && !hasEnded) return
    if (hasEnded) this.#status = status
    for (const event of news) this.#kept.add(event)
    this.#kept.wakeReaders()
  }

  since(seq: number): readonly ThinkingEvent[] {
    return this.#kept.since(seq)
  }

  watch(watcher: Watcher): void {
    this.#kept.watch(watcher)
  }

  unwatch(watcher: Watcher): void {
    this.#kept.unwatch(watcher)
    if (this.#kept.watchers === 0) this.#onIdle()
  }
}

/** Resolves when a log has reached a position or has ended, or after `limitMs`. */
export async function reached(log: EventLog, seq: number, limitMs: number): Promise<void> {
  if (log.lastSeq >= seq || log.status !== 'running') return
  const { promise, resolve } = Promise.withResolvers<void>()
  const watcher = {
    onEvents() {
      if (log.lastSeq >= seq || log.status !== 'running') resolve()
    },
  }
  log.watch(watcher)
  const timer = setTimeout(resolve, limitMs)
  try {
    await promise
  } finally {
    clearTimeout(timer)
    log.unwatch(watcher)
  }
}

/** Resolves when a log has ended. */
export async function ended(log: EventLog): Promise<void> {
  if (log.status !== 'running') return
  const { promise, resolve } = Promise.withResolvers<void>()
  const watcher = {
    onEvents() {
      if (log.status !== 'running') resolve()
    },
  }
  log.watch(watcher)
  await promise
  log.unwatch(watcher)
}
