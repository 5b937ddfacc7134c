import { type EventBody, type RunStatus, type ThinkingEvent, terminalStatus } from './event.ts'

/** Where a run log writes an event before a reader sees it. Both calls are done when they return, or throw. */
export type EventStore = {
  append(event: ThinkingEvent): void
  /** Deletes the events up to a number. */
  forget(upToSeq: number): void
}

/** What a run log needs. */
export type RunLogOptions = {
  /** Milliseconds since 1970. */
  now: () => number
  /** How many events are kept. Past it the oldest are dropped, and a late reader gets a `gap` instead. */
  maxEvents: number
  store: EventStore
  /** Called once, when the store first fails. It must not throw. */
  onStoreFailed: (error: unknown) => void
}

/** The events of a run as a reader sees them: the log of an active run, or the stored events of an ended one. */
export type EventLog = {
  /** `running` until the last event is there. */
  readonly status: RunStatus
  /** The number of the newest event that can be read, 0 for none. */
  readonly lastSeq: number
  /** Everything after `seq`, with a `gap` in place of events that are no longer kept. */
  since(seq: number): readonly ThinkingEvent[]
  /** Calls `wake` at each new event until the returned function is called. `wake` must be quick and not throw. */
  watch(wake: () => void): () => void
}

/**
 * The events of one active run, in order, numbered from 1. An event is committed before it is delivered. The log
 * closes exactly once, with the event that ends the run; later events are dropped.
 */
export class RunLog implements EventLog {
  readonly #options: RunLogOptions
  readonly #watchers = new Set<() => void>()
  #events: ThinkingEvent[] = []
  #appended = 0
  #status: RunStatus = 'running'
  #storeFailed = false

  constructor(options: RunLogOptions) {
    this.#options = options
  }

  get status(): RunStatus {
    return this.#status
  }

  get lastSeq(): number {
    return this.#events.at(-1)?.seq ?? 0
  }

  /** How many readers wait for the next event. */
  get watchers(): number {
    return this.#watchers.size
  }

  /** Adds an event and wakes the readers. It never waits and never throws. */
  append(body: EventBody): void {
    if (this.#status !== 'running') return
    this.#appended += 1
    const event = { ...body, seq: this.#appended, at: this.#options.now() }
    const ended = terminalStatus(body)
    // Only the end of a run is delivered although it is not stored, because readers must not wait for ever when a disk
    // is full. The number of another event that could not be stored stays used, so readers see a gap.
    if (!this.#commit(event) && ended === undefined) return
    this.#events.push(event)
    this.#status = ended ?? 'running'
    this.#dropOldest()
    for (const wake of [...this.#watchers]) wake()
  }

  since(seq: number): readonly ThinkingEvent[] {
    return eventsSince(this.#events, seq)
  }

  watch(wake: () => void): () => void {
    const own = () => wake()
    this.#watchers.add(own)
    return () => void this.#watchers.delete(own)
  }

  #commit(event: ThinkingEvent): boolean {
    try {
      this.#options.store.append(event)
      return true
    } catch (error) {
      this.#reportOnce(error)
      return false
    }
  }

  #dropOldest(): void {
    if (this.#events.length <= this.#options.maxEvents) return
    const dropped = this.#events.shift()
    if (dropped === undefined) return
    try {
      this.#options.store.forget(dropped.seq)
    } catch (error) {
      this.#reportOnce(error)
    }
  }

  #reportOnce(error: unknown): void {
    if (this.#storeFailed) return
    this.#storeFailed = true
    this.#options.onStoreFailed(error)
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
    watch: () => () => {},
  }
}

/** The events of a run after `seq`, with a `gap` wherever some are missing. `events` must be in order. */
export function eventsSince(events: readonly ThinkingEvent[], seq: number): ThinkingEvent[] {
  const first = events[0]
  const last = events.at(-1)
  if (first === undefined || last === undefined) return []
  const whole = last.seq - first.seq + 1 === events.length
  if (whole && seq >= first.seq - 1) return events.slice(seq - first.seq + 1)
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
