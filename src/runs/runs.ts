import { v7 } from 'uuid'
import { Cursor } from '../core/cursor.ts'
import { OpsError, publicReasons } from '../core/errors.ts'
import type { ThinkingEvent } from '../core/event.ts'
import type { Message } from '../core/message.ts'
import type { ActiveRun, ConversationKey } from '../core/registry.ts'
import { retryWrite } from '../core/retry-write.ts'
import type { Run, RunKey, RunMessage, RunResult } from '../core/run.ts'
import { endedLog, eventsSince } from '../core/run-log.ts'
import { settledWithin } from '../core/wait.ts'
import type { OwnerStore, StoredConversation } from '../storage/store.ts'
import { executeRun, type RunsOptions } from './execute-run.ts'
import { QuestionQuota } from './question-quota.ts'

/** A conversation that was loaded for its owner. */
type OwnedConversation = Pick<StoredConversation, 'owner' | 'id'>

/** A run that has been started, by this call or by an earlier one with the same run id. */
export type StartedRun = {
  /** Resolves when the run has ended; rejects with OpsError `store_failed` if its end could not be stored. */
  ended: Promise<RunResult>
}

/** How much of the conversation triage reads. It only resolves references with it. */
const historyMessages = 8
const historyCharacters = 8000

/**
 * The runs of this process, from the question to the stored answer. A run belongs to the server, not to a request. Every
 * call takes a conversation that was loaded for its owner, so that no call can reach the runs of another user.
 */
export class Runs {
  readonly #options: RunsOptions
  readonly #quota: QuestionQuota
  #draining = false

  constructor(options: RunsOptions) {
    this.#options = options
    this.#quota = new QuestionQuota(options.limits.questionsPerHour, options.now)
  }

  /** Whether the last attempt to store events failed. */
  get storeFailing(): boolean {
    return this.#options.committer.failing
  }

  /** Whether new runs are refused because the process is shutting down. */
  get draining(): boolean {
    return this.#draining
  }

  /**
   * Starts to answer a question; resolves when the question is stored. The same run id again is the same run.
   * @throws OpsError `conversation_busy`, `run_taken`, `too_many_requests`, `draining` or `store_failed`
   */
  async start(
    conversation: StoredConversation,
    run: string,
    question: string,
  ): Promise<StartedRun> {
    const { registry } = this.#options
    const key = { ...keyOf(conversation), run }
    const active = registry.find(key, run)
    if (active !== undefined) return sameQuestion(active, active.question, question)
    const stored = await this.result(conversation, run)
    const history = await messagesBefore(this.#storeOf(conversation), conversation.id)
    // From here to `#begin` nothing waits, so that two questions at the same moment cannot both start.
    const other = registry.find(key)
    if (other?.key.run === run) return sameQuestion(other, other.question, question)
    if (stored !== undefined) {
      const ended = Promise.resolve(stored)
      return sameQuestion({ ended }, stored.question.content, question)
    }
    if (this.#draining) throw new OpsError('draining', { retryAfterSeconds: 5 })
    if (other !== undefined) throw new OpsError('conversation_busy')
    this.#quota.take(key.owner)
    return this.#begin(key, question, conversation.model, history)
  }

  /** A run with its question and answer. */
  async result(conversation: OwnedConversation, run: string): Promise<RunResult | undefined> {
    const store = this.#storeOf(conversation)
    const stored = await store.findRun(conversation.id, run)
    if (stored === undefined) return undefined
    const messages = await store.listMessages(conversation.id, { run })
    return toResult(await this.#current(conversation, stored), messages)
  }

  /** All runs of a conversation, in the order in which they started. */
  async results(conversation: OwnedConversation): Promise<RunResult[]> {
    const store = this.#storeOf(conversation)
    const runs = await store.listRuns(conversation.id)
    const messages = Map.groupBy(await store.listMessages(conversation.id), ({ run }) => run)
    const current = await Promise.all(runs.map((run) => this.#current(conversation, run)))
    return current.flatMap((run) => toResult(run, messages.get(run.id) ?? []) ?? [])
  }

  /** The events of a run after `seq`, with a `gap` where some are missing. */
  async events(
    conversation: OwnedConversation,
    run: string,
    seq = 0,
  ): Promise<readonly ThinkingEvent[]> {
    const active = this.#options.registry.find(keyOf(conversation), run)
    if (active !== undefined) return active.log.since(seq)
    return eventsSince(await this.#storeOf(conversation).listEvents(conversation.id, run), seq)
  }

  /** A cursor on a run: active, ended, or yet to start. Without a run id, on the active run or else the next one. */
  async follow(
    conversation: OwnedConversation,
    run: string | undefined,
    after: number,
  ): Promise<Cursor> {
    const { registry } = this.#options
    const place = keyOf(conversation)
    const isActive = registry.find(place, run) !== undefined
    const stored = run === undefined || isActive ? undefined : await this.#find(conversation, run)
    if (stored === undefined || stored.status === 'running') {
      return registry.follow(place, run, after)
    }
    const cursor = new Cursor(after)
    const events = await this.#storeOf(conversation).listEvents(conversation.id, stored.id)
    cursor.attach(stored.id, endedLog(events, stored.status))
    return cursor
  }

  /** Whether the conversation has an active run. */
  isRunning(conversation: OwnedConversation): boolean {
    return this.#options.registry.find(keyOf(conversation)) !== undefined
  }

  /** Stops a run. Does nothing if it has ended. */
  stop(conversation: OwnedConversation, run: string): void {
    this.#options.registry.find(keyOf(conversation), run)?.stop(new OpsError('stopped'))
  }

  /** Stops the active run of a conversation and waits for its end, until none is left. */
  async stopAll(conversation: OwnedConversation): Promise<void> {
    const { registry } = this.#options
    // A loop, because another run may start while one ends.
    for (let run = registry.find(keyOf(conversation)); run; run = registry.find(run.key)) {
      run.stop(new OpsError('stopped'))
      await run.ended.catch(() => {})
    }
  }

  /** Refuses new runs, gives the active ones `graceMs`, then interrupts the rest. Resolves when none is left. */
  async drain(graceMs: number): Promise<void> {
    this.#draining = true
    const { registry } = this.#options
    await settledWithin(allEnded(registry.runs), graceMs)
    const rest = registry.runs
    for (const run of rest) run.stop(new OpsError('interrupted'))
    await allEnded(rest)
  }

  async #begin(
    key: RunKey,
    question: string,
    model: string,
    history: readonly Message[],
  ): Promise<StartedRun> {
    const { registry, committer, limits, now, store } = this.#options
    const { owner, conversation, run } = key
    const { maxEvents } = limits
    const active = registry.begin(key, question, { now, maxEvents, committer })
    const message = { id: v7(), run, role: 'user' as const, content: question, createdAt: now() }
    try {
      const own = store.forOwner(owner)
      await retryWrite(() => own.beginRun(conversation, message), store.isTemporary)
    } catch (cause) {
      const error = cause instanceof OpsError ? cause : new OpsError('store_failed', { cause })
      active.log.close(active.log.seal({ type: 'run.failed', durationMs: 0, code: error.code }))
      registry.end(active, error)
      throw error
    }
    active.log.append({ type: 'run.started', question })
    const messages: Message[] = [...history, { role: 'user', content: question }]
    // Not awaited: the run belongs to the server and outlives the request. `executeRun` never rejects.
    void executeRun({ active, question: message, messages, model }, this.#options)
    return active
  }

  async #find(conversation: OwnedConversation, run: string): Promise<Run | undefined> {
    const stored = await this.#storeOf(conversation).findRun(conversation.id, run)
    return stored && this.#current(conversation, stored)
  }

  /** The state of a run that was just read. One that is stored as running but not active was lost: interrupted. */
  async #current(conversation: OwnedConversation, run: Run): Promise<Run> {
    const { registry } = this.#options
    if (run.status !== 'running' || registry.find(keyOf(conversation), run.id)) return run
    // It may have ended after it was read. An end is stored before the run leaves the registry, so this read is final.
    const again = await this.#storeOf(conversation).findRun(conversation.id, run.id)
    if (again !== undefined && again.status !== 'running') return again
    const { interrupted } = publicReasons
    return { ...run, status: 'interrupted', code: 'interrupted', error: interrupted }
  }

  #storeOf({ owner }: OwnedConversation): OwnerStore {
    return this.#options.store.forOwner(owner)
  }
}

function keyOf({ owner, id }: OwnedConversation): ConversationKey {
  return { owner, conversation: id }
}

/** @throws OpsError `run_taken` if the run id was used for another question */
function sameQuestion(run: StartedRun, known: string, question: string): StartedRun {
  if (known !== question) throw new OpsError('run_taken')
  return run
}

function toResult(run: Run, messages: readonly RunMessage[]): RunResult | undefined {
  const question = messages.find(({ role }) => role === 'user')
  const answer = messages.find(({ role }) => role === 'assistant')
  return question && { run, question, ...(answer && { answer }) }
}

async function messagesBefore(store: OwnerStore, conversation: string): Promise<Message[]> {
  const stored = await store.listMessages(conversation, { last: historyMessages })
  return stored.map(({ role, content }) => ({
    role,
    content: content.slice(0, historyCharacters).toWellFormed(),
  }))
}

async function allEnded(runs: readonly ActiveRun[]): Promise<void> {
  await Promise.allSettled(runs.map(({ ended }) => ended))
}
