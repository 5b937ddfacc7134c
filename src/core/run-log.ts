import { type EventBody, type ThinkingEvent, terminalStatus } from './event.ts'

/** Where a log writes an event before anybody sees it, and what it tells when it no longer keeps the oldest ones. */
export type EventKeeper = {
  append(event: ThinkingEvent): void
  forget(upToSeq: number): void
}

/** What a log is made with. */
export type RunLogOptions = {
  /** Milliseconds since 1970. */
  now: () => number
  /** How many events are kept; past it the oldest go, and a reader who wanted them is told of the gap. */
  maxEvents: number
  keeper: EventKeeper
  /** Hears once that the keeper failed; the run should end then. It must not throw. */
  onKeepFailed: (error: unknown) => void
}

/**
 * The events of one run, in order, numbered from 1. Append before deliver: what a reader saw was kept before. It
 * closes exactly once, with the event that ends the run; what comes later is dropped.
 */
export class RunLog {
  readonly #options: RunLogOptions
  readonly #watchers = new Set<() => void>()
  #events: ThinkingEvent[] = []
  #lastSeq = 0
  #closed = false
  #keepFailed = false

  constructor(options: RunLogOptions) {
    this.#options = options
  }

  /** Whether the last event is there. A reader who has read up to `lastSeq` of a closed log is done. */
  get closed(): boolean {
    return this.#closed
  }

  /** The number of the newest event, 0 for none. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  /** How many readers wait for the next event. */
  get watchers(): number {
    return this.#watchers.size
  }

  /** Adds an event and wakes the readers. It never waits and never throws. */
  append(body: EventBody): void {
    if (this.#closed) return
    this.#lastSeq += 1
    const event = { ...body, seq: this.#lastSeq, at: this.#options.now() }
    const last = terminalStatus(body) !== undefined
    // Only the end of a run goes out without being kept: readers must not hang because a disk is full. The number of
    // another event that is not kept stays used, so that its readers see a gap.
    if (!this.#keep(event) && !last) return
    this.#events.push(event)
    this.#closed = last
    this.#trim()
    for (const wake of [...this.#watchers]) wake()
  }

  /** Everything after `seq`, preceded by a `gap` where it is no longer kept. */
  since(seq: number): ThinkingEvent[] {
    return eventsSince(this.#events, seq)
  }

  /** Calls `wake` at each new event until the returned function is called. `wake` must be quick and not throw. */
  watch(wake: () => void): () => void {
    const own = () => wake()
    this.#watchers.add(own)
    return () => void this.#watchers.delete(own)
  }

  #keep(event: ThinkingEvent): boolean {
    try {
      this.#options.keeper.append(event)
      return true
    } catch (error) {
      this.#reportOnce(error)
      return false
    }
  }

  #trim(): void {
    if (this.#events.length <= this.#options.maxEvents) return
    const dropped = this.#events.shift()
    if (dropped === undefined) return
    try {
      this.#options.keeper.forget(dropped.seq)
    } catch (error) {
      this.#reportOnce(error)
    }
  }

  #reportOnce(error: unknown): void {
    if (this.#keepFailed) return
    this.#keepFailed = true
    this.#options.onKeepFailed(error)
  }
}

/** The events of a run after `seq`, with a `gap` wherever some of them are not there. They must be in order. */
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
