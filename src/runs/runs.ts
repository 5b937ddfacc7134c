import type { Decided } from '../core/approvals.ts'
import { Cursor } from '../core/cursor.ts'
import { OpsError } from '../core/errors.ts'
import { allEnded, type ConversationKey } from '../core/registry.ts'
import { conversationName, type Run, type RunKey, type RunResult } from '../core/run.ts'
import { endedLog, eventsSince } from '../core/run-log.ts'
import { settledWithin } from '../core/wait.ts'
import type { OwnerStore, RunFilter, StoredConversation } from '../storage/store.ts'
import { ConversationFollower } from './conversation-follower.ts'
import { decideCall } from './decide-call.ts'
import type { RunsOptions } from './execute-run.ts'
import { asInterrupted } from './interrupt-run.ts'
import { KeyQueue } from './key-queue.ts'
import { readLastRuns } from './last-runs.ts'
import { OtherProcesses } from './other-processes.ts'
import { keyOf, type OwnedConversation } from './owned-conversation.ts'
import { QuestionQuota } from './question-quota.ts'
import { toResult } from './run-history.ts'
import { type StartedRun, startRun } from './start-run.ts'
import { UnstoredEnds } from './unstored-ends.ts'

/** How long a shutdown waits for the database to store the last ends. Other processes interrupt what is left. */
const lastEndsMs = 5000

/**
 * The runs, from the question to the stored answer. A run belongs to the server, not to a request: with a shared store, any
 * process serves a request for a run of any process. Every call takes a conversation that was loaded for its owner, so
 * that no call can reach the runs of another user.
 */
export class Runs {
  readonly #options: RunsOptions
  readonly #quota: QuestionQuota
  readonly #others: OtherProcesses | undefined
  /** Follows conversations run by run. */
  readonly conversations: ConversationFollower
  readonly #starts = new KeyQueue()
  readonly #unstored: UnstoredEnds
  #draining = false

  constructor(options: RunsOptions) {
    const { store, limits, monotonicMs } = options
    const { shared, isTemporary } = store
    this.#options = options
    this.#quota = new QuestionQuota(limits.questionsPerHour, monotonicMs)
    this.#unstored = new UnstoredEnds(store, options.log)
    this.#others = shared && new OtherProcesses({ ...options, shared, isTemporary })
    this.conversations = new ConversationFollower({ ...options, others: this.#others, runs: this })
  }

  /** Joins the processes that share the store. Call it once, before requests are served. */
  async open(): Promise<void> {
    await this.#others?.join()
  }

  /** Stores ends that are left, and leaves the processes that share the store. Call it after `drain`. */
  async close(): Promise<void> {
    await this.#unstored.close()
    await this.#others?.leave()
  }

  /** Whether this process may write runs. A single process has no lease, and always may. */
  get hasLease(): boolean {
    return this.#others?.isJoined ?? true
  }

  /** The number of runs of other processes that have readers here. */
  get followed(): number {
    return this.#others?.followed ?? 0
  }

  /** Whether other processes may serve requests for these runs. */
  get areShared(): boolean {
    return this.#others !== undefined
  }

  /** Whether new runs are refused because the process is shutting down. */
  get draining(): boolean {
    return this.#draining
  }

  /**
   * Starts to answer a question; resolves when the question is stored. The same run id again is the same run.
   * @throws OpsError `conversation_busy`, `run_taken`, `too_many_requests`, `draining` or `store_failed`
   */
  start(conversation: StoredConversation, run: string, question: string): Promise<StartedRun> {
    const key = { ...keyOf(conversation), run }
    // One call after the other in each conversation: a run may start and end while another call reads the store.
    const inTurn = <Result>(place: ConversationKey, work: () => Promise<Result>) =>
      this.#starts.run(conversationName(place), work)
    const options = {
      ...this.#options,
      others: this.#others,
      unstored: this.#unstored,
      quota: this.#quota,
      isDraining: () => this.#draining,
      find: (wanted: RunKey) =>
        this.result({ owner: wanted.owner, id: wanted.conversation }, wanted.run),
      inTurn,
    }
    return inTurn(key, () => startRun({ key, text: question, model: conversation.model }, options))
  }

  /** Checks whether a user may ask now. @throws OpsError `draining` or `too_many_requests` */
  async checkQuestion(user: string): Promise<void> {
    if (this.#draining) throw new OpsError('draining', { retryAfterSeconds: 5 })
    if (this.#others) await this.#others.checkQuestion(user)
    else this.#quota.check(user)
  }

  /** A run with its question and answer. */
  async result(conversation: OwnedConversation, run: string): Promise<RunResult | undefined> {
    const store = this.#storeOf(conversation)
    const current = await this.#find(conversation, run)
    // Read after the state: a run that has ended then has its answer.
    return current && toResult(current, await store.listMessages(conversation.id, { runs: [run] }))
  }

  /** Runs of a conversation, in the order in which they started. */
  async results(conversation: OwnedConversation, filter: RunFilter): Promise<RunResult[]> {
    const store = this.#storeOf(conversation)
    const runs = await store.listRuns(conversation.id, filter)
    const current = await Promise.all(runs.map((run) => this.#current(conversation, run)))
    // Read after the states: a run that has ended then has its answer.
    const stored = await store.listMessages(conversation.id, { runs: runs.map(({ id }) => id) })
    const messages = Map.groupBy(stored, ({ run }) => run)
    return current.flatMap((run) => toResult(run, messages.get(run.id) ?? []) ?? [])
  }

  /** The events of a run after `seq`, with a `gap` where some are missing. */
  async events(conversation: OwnedConversation, run: string, seq = 0) {
    const active = this.#options.registry.find(keyOf(conversation), run)
    if (active !== undefined) return active.log.since(seq)
    return eventsSince(await this.#unstored.listEvents({ ...keyOf(conversation), run }), seq)
  }

  /** A cursor on a run: active, ended, or yet to start. */
  async follow(conversation: OwnedConversation, run: string, after: number): Promise<Cursor> {
    const place = keyOf(conversation)
    if (this.#others) return this.#others.follow(place, run, after)
    // Follows before it reads the store: the run may start and end while the store is read.
    const cursor = this.#options.registry.follow(place, run, after)
    if (cursor.run !== undefined) return cursor
    try {
      const ended = await this.#endedCursor(conversation, run, after)
      if (ended === undefined || cursor.run !== undefined) return cursor
      cursor.close()
      return ended
    } catch (error) {
      cursor.close()
      throw error
    }
  }

  /** Ends the readers that wait for a run of a conversation that was deleted. */
  dismissReaders(conversation: OwnedConversation): void {
    this.#options.registry.dismiss(conversation.id)
  }

  /** The newest run of each of these conversations of one user, by the id of the conversation. */
  lastRuns(conversations: readonly OwnedConversation[]) {
    return readLastRuns(conversations, this.#options.store, (place, run) => this.result(place, run))
  }

  /** Stops a run. Resolves with whether it is active in this process. Does nothing if it has ended. */
  async stop(conversation: OwnedConversation, run: string): Promise<boolean> {
    const active = this.#options.registry.find(keyOf(conversation), run)
    if (active !== undefined) active.stop(new OpsError('stopped'))
    else await this.#others?.shared.requestStop({ ...keyOf(conversation), run })
    return active !== undefined
  }

  /** See `decideCall`. */
  async decide(conversation: OwnedConversation, run: string, span: string, given: Decided) {
    const key = { ...keyOf(conversation), run }
    const events = await this.events(conversation, run)
    const active = this.#options.registry.find(key, run)
    return decideCall({ key, events, active, shared: this.#others?.shared }, span, given)
  }

  /** Stops the active run of a conversation and waits for its end, until none is left. */
  async stopAll(conversation: OwnedConversation): Promise<void> {
    const { registry } = this.#options
    // A loop, because another run may start while one ends.
    for (let run = registry.find(keyOf(conversation)); run; run = registry.find(run.key)) {
      run.stop(new OpsError('stopped'))
      await run.ended.catch(() => {})
    }
    await this.#others?.stopAll(keyOf(conversation))
  }

  /** How many streams the user has open in other processes. It may be a third of a lease old. */
  async streamsElsewhere(user: string): Promise<number> {
    return this.#others ? this.#others.shared.countStreams(user) : 0
  }

  /**
   * Refuses new runs, gives the active ones of this process `graceMs`, then interrupts the rest. Resolves when none is
   * left.
   */
  async drain(graceMs: number): Promise<void> {
    this.#draining = true
    const { registry } = this.#options
    await settledWithin(allEnded(registry.runs), graceMs)
    const rest = registry.runs
    for (const run of rest) run.stop(new OpsError('interrupted'))
    if (this.#others) await settledWithin(allEnded(rest), lastEndsMs)
    else await allEnded(rest)
  }

  /** A cursor on a run that has ended. */
  async #endedCursor(
    conversation: OwnedConversation,
    run: string,
    after: number,
  ): Promise<Cursor | undefined> {
    const stored = await this.#find(conversation, run)
    if (stored === undefined || stored.status === 'running') return undefined
    const events = await this.#unstored.listEvents({ ...keyOf(conversation), run })
    const cursor = new Cursor(after)
    cursor.attach(stored.id, endedLog(events, stored.status))
    return cursor
  }

  async #find(conversation: OwnedConversation, run: string): Promise<Run | undefined> {
    const stored = await this.#storeOf(conversation).findRun(conversation.id, run)
    return stored && this.#current(conversation, stored)
  }

  /**
   * The state of a run that was just read. One that is stored as running but not active has an end that the store did not
   * take; without one it was lost: interrupted.
   */
  async #current(conversation: OwnedConversation, run: Run): Promise<Run> {
    const { registry } = this.#options
    // Shared runs are interrupted in the store.
    if (run.status !== 'running' || this.#others) return run
    if (registry.find(keyOf(conversation), run.id)) return run
    // It may have ended after it was read. An end is stored before the run leaves the registry, so this read is final.
    const again = await this.#storeOf(conversation).findRun(conversation.id, run.id)
    if (again !== undefined && again.status !== 'running') return again
    return this.#unstored.find({ ...keyOf(conversation), run: run.id }) ?? asInterrupted(run)
  }

  #storeOf({ owner }: OwnedConversation): OwnerStore {
    return this.#options.store.forOwner(owner)
  }
}
