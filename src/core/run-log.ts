import type { Committer, JournalLog } from './committer.ts'
import { type EventBody, type RunStatus, type ThinkingEvent, terminalStatus } from './event.ts'
import type { RunKey } from './run.ts'

/** What a run log needs. */
export type RunLogOptions = {
  /** Milliseconds since 1970. */
  now: () => number
  /** How many events are kept. Past it the oldest are dropped, and a late reader gets a `gap` instead. */
  maxEvents: number
  committer: Committer
  /** Called once, when events cannot be stored. It must not throw. */
  onStoreFailed: (error: unknown) => void
}

/** What is called when a log has new events. An object, because a function per reader would need more memory. */
export type Watcher = {
  /** It must be quick and not throw. */
  onEvents: () => void
}

/** The events of a run as a reader sees them: the log of an active run, or the stored events of an ended one. */
export type EventLog = {
  /** `running` until the last event is there. */
  readonly status: RunStatus
  /** The number of the newest event that can be read, 0 for none. */
  readonly lastSeq: number
  /** Everything after `seq`, with a `gap` in place of events that are no longer kept. */
  since(seq: number): readonly ThinkingEvent[]
  /** Calls the watcher at each new event, and at the end, until `unwatch`. */
  watch(watcher: Watcher): void
  /** Does nothing for a watcher that does not watch. */
  unwatch(watcher: Watcher): void
}

/** The newest events of a run, in order, and the readers who wait for more. */
export class KeptEvents {
  readonly #maxEvents: number
  readonly #watchers = new Set<Watcher>()
  readonly #events: ThinkingEvent[] = []
  #lastSeq = 0

  constructor(maxEvents: number) {
    this.#maxEvents = maxEvents
  }

  get all(): readonly ThinkingEvent[] {
    return this.#events
  }

  get lastSeq(): number {
    return this.#lastSeq
  }

  /** How many readers wait for the next event. */
  get watchers(): number {
    return this.#watchers.size
  }

  /** Adds an event, which readers see after `wakeReaders`. Past the limit it drops the oldest. */
  add(event: ThinkingEvent): void {
    this.#events.push(event)
    this.#lastSeq = event.seq
    if (this.#events.length > this.#maxEvents) this.#events.shift()
  }

  wakeReaders(): void {
    for (const watcher of this.#watchers) watcher.onEvents()
  }

  since(seq: number): readonly ThinkingEvent[] {
    return eventsSince(this.#events, seq)
  }

  watch(watcher: Watcher): void {
    this.#watchers.add(watcher)
  }

  unwatch(watcher: Watcher): void {
    this.#watchers.delete(watcher)
  }
}

/**
 * The events of one active run, in order, numbered from 1. An event is stored before it is delivered. The log closes
 * exactly once, with the event that ends the run; later events are dropped.
 */
export class RunLog implements EventLog, JournalLog {
  readonly key: RunKey
  readonly #options: RunLogOptions
  readonly #kept: KeptEvents
  #appended = 0
  #sealed = false
  #status: RunStatus = 'running'
  #storeFailed = false

  constructor(key: RunKey, options: RunLogOptions) {
    this.key = key
    this.#options = options
    this.#kept = new KeptEvents(options.maxEvents)
  }

  get status(): RunStatus {
    return this.#status
  }

  get lastSeq(): number {
    return this.#kept.lastSeq
  }

  /** The events that were delivered and are still kept. */
  get events(): readonly ThinkingEvent[] {
    return this.#kept.all
  }

  /** How many readers wait for the next event. */
  get watchers(): number {
    return this.#kept.watchers
  }

  /** Numbers an event and queues it for the committer. It never waits and never throws. */
  append(body: EventBody): void {
    if (!this.#sealed) this.#options.committer.add({ log: this, event: this.#number(body) })
  }

  /** Numbers the event that ends the run, which is stored together with the answer. Later events are dropped. */
  seal(body: EventBody): ThinkingEvent {
    this.#sealed = true
    return this.#number(body)
  }

  /** Delivers the event that `seal` returned, or one with the same number, and closes the log. */
  close(last: ThinkingEvent): void {
    if (this.#status !== 'running') return
    this.#status = terminalStatus(last) ?? 'failed'
    this.deliver(last)
  }

  deliver(event: ThinkingEvent): void {
    this.#kept.add(event)
    this.#kept.wakeReaders()
  }

  /** The numbers of the lost events stay used, so that readers see a gap. */
  fail(error: unknown): void {
    if (this.#storeFailed) return
    this.#storeFailed = true
    this.#options.onStoreFailed(error)
  }

  since(seq: number): readonly ThinkingEvent[] {
    return this.#kept.since(seq)
  }

  watch(watcher: Watcher): void {
    this.#kept.watch(watcher)
  }

  unwatch(watcher: Watcher): void {
    this.#kept.unwatch(watcher)
  }

  #number(body: EventBody): ThinkingEvent {
    this.#appended += 1
    return { ...body, seq: this.#appended, at: this.#options.now() }
  }
}

/** The stored events of a run that has ended, to be read like the log of an active one. */
export function endedLog(
  events: readonly ThinkingEvent[],
  status: Exclude<RunStatus, 'running'>,
): EventLog {
  return {
    status,
    lastSeq: events.at(-1)?.seq ?? 0,
    since: (seq) => eventsSince(events, seq),
    watch() {},
    unwatch() {},
  }
}

/** The events of a run after `seq`, with a `gap` wherever some are missing. `events` must be in order. */
export function eventsSince(events: readonly ThinkingEvent[], seq: number): ThinkingEvent[] {
  const lastSeq = events.at(-1)?.seq ?? 0
  if (seq >= lastSeq) return []
  // The usual case: none is missing after `seq`.
  const start = events.length - (lastSeq - seq)
  if (events[start]?.seq === seq + 1) return events.slice(start)
  let next = seq + 1
  return events.flatMap((event) => {
    if (event.seq < next) return []
    const from = next
    next = event.seq + 1
    if (event.seq === from) return [event]
    const to = event.seq - 1
    return [{ type: 'gap' as const, from, to, seq: to, at: event.at }, event]
  })
}
