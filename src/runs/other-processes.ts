import { Cursor } from '../core/cursor.ts'
import { OpsError } from '../core/errors.ts'
import type { ThinkingEvent } from '../core/event.ts'
import type { ActiveRun, ConversationKey } from '../core/registry.ts'
import { retryWrite } from '../core/retry-write.ts'
import type { RunKey } from '../core/run.ts'
import type { EventLog } from '../core/run-log.ts'
import type { Hint, SharedRun, SharedRuns } from '../storage/store.ts'
import { ended, reached } from './followed-run.ts'
import { Lease, type LeaseOptions } from './lease.ts'
import { tooManyQuestions } from './question-quota.ts'
import { RunFollower, type RunFollowerOptions } from './run-follower.ts'

/** What the runs of this process need to know of other processes. */
export type OtherProcessesOptions = RunFollowerOptions &
  Pick<LeaseOptions, 'openStreams' | 'now'> & {
    isTemporary: (error: unknown) => boolean
    limits: { questionsPerHour: number }
  }

/** How long a reader waits until this process has delivered what the reader has already seen elsewhere. */
const catchUpMs = 15_000

/** The processes that share the store: finds, follows and stops their runs, and keeps the lease of this process. */
export class OtherProcesses {
  readonly #options: OtherProcessesOptions
  readonly #follower: RunFollower
  readonly #lease: Lease
  #isStopAsked = false
  #isStopping = false

  constructor(options: OtherProcessesOptions) {
    const { shared, registry } = options
    this.#options = options
    this.#follower = new RunFollower(options)
    this.#lease = new Lease({
      ...options,
      // The hint of a request to stop or of a decision may have been lost.
      onRenewed: async () => {
        await Promise.all([this.#stopRuns(), this.#applyDecisions()])
      },
      onLost: () => {
        for (const active of registry.runs) active.stop(new OpsError('interrupted'))
      },
    })
    this.shared = shared
  }

  readonly shared: SharedRuns

  /** Whether this process can write: its last renewal of the lease succeeded. */
  get isJoined(): boolean {
    return this.#lease.isHeld
  }

  /** The number of runs of other processes that have readers here. */
  get followed(): number {
    return this.#follower.size
  }

  /** Joins the other processes. Call it before requests are served. @throws OpsError `store_failed` */
  async join(): Promise<void> {
    const { isTemporary } = this.#options
    try {
      await retryWrite(() => this.#lease.take(), isTemporary)
      await retryWrite(() => this.shared.watch((hint) => this.#onHint(hint)), isTemporary)
    } catch (cause) {
      throw new OpsError('store_failed', { cause })
    }
    this.#follower.start()
  }

  /** Leaves the other processes, at the end of this one. */
  async leave(): Promise<void> {
    this.#follower.stop()
    await this.#lease.giveBack()
  }

  /** The run with this id, or else the active run, of a conversation. */
  async find(place: ConversationKey, run?: string): Promise<SharedRun | undefined> {
    const [found] = await this.shared.find([{ place, run }])
    return found
  }

  /** A cursor as of `Runs.follow`. */
  async follow(place: ConversationKey, run: string, after: number): Promise<Cursor> {
    const { registry } = this.#options
    const mine = registry.find(place, run)
    if (mine !== undefined) return this.#attachTo(mine, after)
    const found = await this.find(place, run)
    const begun = registry.find(place, found?.key.run)
    if (begun !== undefined) return this.#attachTo(begun, after)
    if (found === undefined) {
      const cursor = registry.follow(place, run, after)
      // It may have begun since `find`.
      if (cursor.run === undefined) await this.#attachWaiting(cursor, place)
      return cursor
    }
    const cursor = new Cursor(after)
    await this.#follower.follow(found, (log) => cursor.attach(found.key.run, log))
    return cursor
  }

  /** A cursor on the run that starts after this one, in any process. After an unknown run: on the first one. */
  async followAfter(place: ConversationKey, run: string): Promise<Cursor> {
    const before = await this.find(place, run)
    const cursor = this.#options.registry.follow(place, undefined, 0)
    this.#follower.expectAfter(cursor, before?.number ?? 0)
    await this.#attachWaiting(cursor, place)
    return cursor
  }

  /** Resolves when a run of another process has ended. Waits while the database cannot be reached. */
  async ended(run: SharedRun): Promise<EventLog> {
    const { promise, resolve } = Promise.withResolvers<EventLog>()
    const use = (log: EventLog) => void ended(log).then(() => resolve(log))
    await this.untilStored(() => this.#follower.follow(run, use))
    return promise
  }

  /**
   * Stores the end of a run of this process. Waits while the database cannot be reached, because no other process can end
   * the run while this one holds its lease. Resolves with the events that another process has stored instead, if the lease
   * was lost.
   */
  async storeEnd(
    { key, log }: ActiveRun,
    store: () => Promise<void>,
  ): Promise<readonly ThinkingEvent[] | undefined> {
    try {
      await this.untilStored(store)
      return undefined
    } catch (error) {
      if (!(error instanceof OpsError && error.code === 'interrupted')) throw error
      const run = await this.untilStored(() => this.find(key, key.run))
      if (run === undefined) throw error
      return (await this.ended(run)).since(log.lastSeq)
    }
  }

  /** Counts a question of a user, once per run. @throws OpsError `too_many_requests` at the limit */
  async takeQuestion({ owner, run }: RunKey): Promise<void> {
    const { questionsPerHour } = this.#options.limits
    const seconds = await this.shared.takeQuestion(owner, run, questionsPerHour)
    if (seconds > 0) throw tooManyQuestions(questionsPerHour, seconds)
  }

  /** @throws OpsError `too_many_requests` at the limit */
  async checkQuestion(user: string): Promise<void> {
    const { questionsPerHour } = this.#options.limits
    const seconds = await this.shared.secondsToQuestion(user, questionsPerHour)
    if (seconds > 0) throw tooManyQuestions(questionsPerHour, seconds)
  }

  /** Stops the active run of a conversation and waits for its end, until none is left. */
  async stopAll(place: ConversationKey): Promise<void> {
    for (let run = await this.find(place); run; run = await this.find(place)) {
      await this.shared.requestStop(run.key)
      await this.ended(run)
    }
  }

  /** Another process may have shown the reader an event that is stored, but not yet delivered here. */
  async #attachTo({ key, log }: ActiveRun, after: number): Promise<Cursor> {
    if (after > log.lastSeq && (await this.#hasEvent(key, after))) {
      await reached(log, after, catchUpMs)
    }
    const cursor = new Cursor(after)
    cursor.attach(key.run, log)
    return cursor
  }

  async #hasEvent(key: RunKey, seq: number): Promise<boolean> {
    const run = await this.find(key, key.run)
    if (run === undefined) return false
    const news = await this.shared.read([{ number: run.number, seq: seq - 1 }])
    return news.some(({ events }) => events.length > 0)
  }

  #onHint(hint: Hint): void {
    this.#follower.onHint(hint)
    if (hint.type === 'stop') void this.#stopRuns()
    if (hint.type === 'decided') void this.#applyDecisions()
    if (hint.type === 'deleted') this.#options.registry.dismiss(hint.conversation)
  }

  /**
   * Stops runs of this process that users want to stop. Hints may arrive faster than the database answers: those that arrive
   * meanwhile are one further query. It never rejects.
   */
  async #stopRuns(): Promise<void> {
    const { shared, registry, log } = this.#options
    this.#isStopAsked = true
    if (this.#isStopping) return
    this.#isStopping = true
    try {
      while (this.#isStopAsked) {
        this.#isStopAsked = false
        for (const key of await shared.listStopRequests()) {
          registry.find(key, key.run)?.stop(new OpsError('stopped'))
        }
      }
    } catch (cause) {
      log.warn('requests to stop runs could not be read', { cause })
    } finally {
      this.#isStopping = false
    }
  }

  /** Applies decisions that other processes have received. It never rejects: the next renewal of the lease tries again. */
  async #applyDecisions(): Promise<void> {
    const { shared, registry, log } = this.#options
    if (!registry.runs.some(({ approvals }) => approvals.isWaiting)) return
    try {
      for (const { key, span, ...decided } of await shared.listDecisions()) {
        registry.find(key, key.run)?.approvals.settle(span, decided)
      }
    } catch (cause) {
      log.warn('decisions about tool calls could not be read', { cause })
    }
  }

  async #attachWaiting(cursor: Cursor, { conversation }: ConversationKey): Promise<void> {
    try {
      await this.#follower.attachWaiting(conversation)
    } catch (error) {
      cursor.close()
      throw error
    }
  }

  /**
   * Repeats while the error is temporary, until the store is closed. No run can begin while the database cannot be reached,
   * which bounds the number of calls.
   */
  untilStored<Result>(work: () => Promise<Result>): Promise<Result> {
    return retryWrite(work, this.#options.isTemporary, Number.POSITIVE_INFINITY)
  }
}
