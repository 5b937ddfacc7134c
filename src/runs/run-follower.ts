import type { Cursor } from '../core/cursor.ts'
import { type Log, oncePerMinute } from '../core/log.ts'
import type { Registry, Waiter } from '../core/registry.ts'
import type { EventLog } from '../core/run-log.ts'
import type { Hint, SharedRun, SharedRuns } from '../storage/store.ts'
import { FollowedRun } from './followed-run.ts'

/** What a follower needs. */
export type RunFollowerOptions = {
  shared: SharedRuns
  registry: Registry
  limits: { maxEvents: number }
  monotonicMs: () => number
  log: Log
}

/** Without any hint, new events and runs are found after this time. Reads are spread over it. */
const pollMs = 1000
const pollSteps = 5

/** How many runs one statement reads or finds. */
const runsAtOnce = 100

/**
 * Follows runs of other processes for the readers of this process. All readers of a run share one log, which is read from
 * the store after its last event. A hint says which runs to read; a slow poll finds what hints missed.
 */
export class RunFollower {
  readonly #options: RunFollowerOptions
  readonly #followed = new Map<number, FollowedRun>()
  readonly #hinted = new Set<number>()
  /** For readers without a run id: they wait for the first run with a higher number. */
  readonly #after = new WeakMap<Cursor, number>()
  readonly #warn: Log['warn']
  #reading: Promise<void> | undefined
  #finding: Promise<void> | undefined
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(options: RunFollowerOptions) {
    this.#options = options
    this.#warn = oncePerMinute(options.log.warn, options.monotonicMs)
  }

  /** How many runs of other processes have readers here. */
  get size(): number {
    return this.#followed.size
  }

  start(): void {
    let step = 0
    this.#timer = setInterval(() => {
      step += 1
      this.#readStale()
      if (step % pollSteps === 0) this.#findSoon()
    }, pollMs / pollSteps)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /**
   * Passes the log of a run, with every event that is stored now, to `use`, which watches it. An ended run, and one that
   * nobody watches, is forgotten.
   */
  async follow({ number }: SharedRun, use: (log: EventLog) => void): Promise<void> {
    const run = this.#followed.get(number) ?? this.#add(number)
    // Watches meanwhile, because the last other reader may leave during the read.
    const watcher = { onEvents() {} }
    run.watch(watcher)
    try {
      await this.#read([run])
      use(run)
    } finally {
      run.unwatch(watcher)
    }
  }

  /** Lets a reader without a run id wait for the first run with a number above `after`. */
  expectAfter(cursor: Cursor, after: number): void {
    this.#after.set(cursor, after)
  }

  /** Looks for what a hint is about. */
  onHint(hint: Hint): void {
    if (hint.type === 'written') this.#readSoon(hint.runs)
    else if (hint.type === 'begun') void this.#attachQuietly(hint.conversation)
    else if (hint.type === 'anything') {
      this.#readSoon(this.#followed.keys())
      this.#findSoon()
    }
  }

  /** Attaches waiting readers, of one conversation or of all, whose run is there. */
  async attachWaiting(conversation?: string): Promise<void> {
    const { registry } = this.#options
    const waiters = registry.waiters.filter(
      ({ place }) => conversation === undefined || place.conversation === conversation,
    )
    for (let start = 0; start < waiters.length; start += runsAtOnce) {
      await this.#attach(waiters.slice(start, start + runsAtOnce))
    }
  }

  async #attach(waiters: readonly Waiter[]): Promise<void> {
    const { shared, registry } = this.#options
    const wanted = waiters.map((waiter) => {
      const after = this.#after.get(waiter.cursor)
      return { place: waiter.place, run: waiter.run, ...(after !== undefined && { after }) }
    })
    const found = await shared.find(wanted)
    const attached = waiters.map(async (waiter, index) => {
      const run = found[index]
      // A run that has just begun here has attached the readers that wait for its id.
      if (run === undefined || waiter.cursor.run !== undefined) return
      const own = registry.find(waiter.place, run.key.run)
      if (own !== undefined) registry.attach(waiter, own.key.run, own.log)
      else await this.follow(run, (log) => registry.attach(waiter, run.key.run, log))
    })
    await Promise.all(attached)
  }

  async #attachQuietly(conversation?: string): Promise<void> {
    try {
      await this.attachWaiting(conversation)
    } catch (cause) {
      this.#warn('runs of other processes could not be found', { cause })
    }
  }

  #findSoon(): void {
    // One at a time: a slow database must not collect polls.
    this.#finding ??= this.#attachQuietly().finally(() => {
      this.#finding = undefined
    })
  }

  /** Reads the runs that no hint was about for the time of a poll. */
  #readStale(): void {
    const beforeMs = performance.now() - pollMs * (1 - 1 / pollSteps)
    const stale = [...this.#followed.values()].filter(({ readAtMs }) => readAtMs < beforeMs)
    this.#readSoon(stale.map(({ number }) => number))
  }

  #readSoon(numbers: Iterable<number>): void {
    for (const number of numbers) if (this.#followed.has(number)) this.#hinted.add(number)
    if (this.#hinted.size === 0) return
    this.#reading ??= this.#readHinted().finally(() => {
      this.#reading = undefined
    })
  }

  /** Reads until there is no hint left. Hints that arrive during a read are one further read. */
  async #readHinted(): Promise<void> {
    try {
      while (this.#hinted.size > 0) {
        const numbers = [...this.#hinted].slice(0, runsAtOnce)
        for (const number of numbers) this.#hinted.delete(number)
        await this.#read(numbers.flatMap((number) => this.#followed.get(number) ?? []))
      }
    } catch (cause) {
      // The next poll reads again.
      this.#hinted.clear()
      this.#warn('runs of other processes could not be read', { cause })
    }
  }

  async #read(runs: readonly FollowedRun[]): Promise<void> {
    if (runs.length === 0) return
    const positions = runs.map(({ number, lastSeq }) => ({ number, seq: lastSeq }))
    const read = await this.#options.shared.read(positions)
    const news = new Map(read.map((one) => [one.number, one]))
    for (const run of runs) {
      // Without news the run was deleted, which stops it.
      const { events = [], status = 'stopped' } = news.get(run.number) ?? {}
      run.add(events, status)
      if (status !== 'running') this.#forget(run)
    }
  }

  #add(number: number): FollowedRun {
    const { maxEvents } = this.#options.limits
    const run = new FollowedRun(number, maxEvents, () => this.#forget(run))
    this.#followed.set(number, run)
    return run
  }

  #forget(run: FollowedRun): void {
    if (this.#followed.get(run.number) === run) this.#followed.delete(run.number)
  }
}
