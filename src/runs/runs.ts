import { v7 } from 'uuid'
import { OpsError, publicReason, publicReasons } from '../core/errors.ts'
import type { RunStatus } from '../core/event.ts'
import type { Log } from '../core/log.ts'
import type { Message } from '../core/message.ts'
import type { ActiveRun, Registry, RunKey } from '../core/registry.ts'
import type { Store, StoredConversation, StoredRun } from '../storage/store.ts'
import type { Outcome, Workflow } from '../workflow/triage-workflow.ts'
import { QuestionQuota } from './question-quota.ts'

/** The limits of one run and of one user. */
export type RunLimits = { runSeconds: number; maxEvents: number; questionsPerHour: number }

/** What runs are made with. */
export type RunsOptions = {
  store: Store
  registry: Registry
  workflow: Workflow
  limits: RunLimits
  now: () => number
  log: Log
}

/** After a stop, how long the workflow has to hand over what it found. */
const handOverMs = 2000

/** How much of the conversation triage is shown: it only resolves references. */
const historyMessages = 8
const historyCharacters = 8000

/** The runs of this process, from the question to the stored answer. They belong to the server, not to a POST. */
export class Runs {
  readonly #options: RunsOptions
  readonly #quota: QuestionQuota
  #draining = false

  constructor(options: RunsOptions) {
    this.#options = options
    this.#quota = new QuestionQuota(options.limits.questionsPerHour, options.now)
  }

  /** Whether new work is refused because the process is about to end. */
  get draining(): boolean {
    return this.#draining
  }

  /**
   * Begins to answer a question; settles `over` when the answer is stored. The same run id again is the same run:
   * nothing is asked twice.
   * @throws OpsError `conversation_busy`, `run_taken`, `too_many_requests`, `draining` or `store_failed`.
   */
  begin(conversation: StoredConversation, run: string, question: string): { over: Promise<void> } {
    const { registry, store } = this.#options
    const key = { owner: conversation.owner, conversation: conversation.id, run }
    const [asked] = store.listMessages(conversation.id, { run })
    if (asked !== undefined && asked.content !== question) throw new OpsError('run_taken')
    if (asked !== undefined) return registry.find(key, run) ?? { over: Promise.resolve() }
    if (this.#draining) throw new OpsError('draining', { retryAfterSeconds: 5 })
    if (registry.find(key) !== undefined) throw new OpsError('conversation_busy')
    this.#quota.take(key.owner)
    return this.#start(key, conversation, question)
  }

  /** A run as it stands. One that says `running` and is not under way was lost with its store: interrupted. */
  find({ owner, conversation, run }: RunKey): StoredRun | undefined {
    const stored = this.#options.store.findRun(conversation, run)
    return stored && this.#asItStands(owner, conversation, stored)
  }

  /** All runs of a conversation as they stand, in the order in which they began. */
  list(owner: string, conversation: string): StoredRun[] {
    const stored = this.#options.store.listRuns(conversation)
    return stored.map((run) => this.#asItStands(owner, conversation, run))
  }

  /** Stops a run. It does nothing for one that is over. */
  stop(key: RunKey): void {
    this.#options.registry.find(key, key.run)?.stop(new OpsError('stopped'))
  }

  /** Refuses new work, gives the runs `graceMs`, then interrupts the rest. Settles when none is left. */
  async drain(graceMs: number): Promise<void> {
    this.#draining = true
    const { registry } = this.#options
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, graceMs)
    await Promise.race([Promise.all(registry.runs.map(({ over }) => over)), late])
    clearTimeout(timer)
    const left = registry.runs
    for (const active of left) active.stop(new OpsError('interrupted'))
    await Promise.all(left.map(({ over }) => over))
  }

  #asItStands(owner: string, conversation: string, run: StoredRun): StoredRun {
    const { registry } = this.#options
    if (run.status !== 'running' || registry.find({ owner, conversation }, run.id)) return run
    const { interrupted } = publicReasons
    return { ...run, status: 'interrupted', code: 'interrupted', error: interrupted }
  }

  #start(key: RunKey, conversation: StoredConversation, question: string): ActiveRun {
    const { registry, store, limits, now } = this.#options
    const at = now()
    const messages = history(store, key.conversation)
    const keeper = {
      append: store.appendEvent.bind(store, key),
      forget: store.forgetEvents.bind(store, key),
    }
    const active = registry.begin(key, { now, maxEvents: limits.maxEvents, keeper })
    try {
      const message = { id: v7(), run: key.run, content: question, createdAt: at }
      store.beginRun(key, { question: { ...message, role: 'user' }, at })
    } catch (cause) {
      active.log.append({ type: 'run.failed', durationMs: 0, code: 'store_failed' })
      registry.end(active)
      throw new OpsError('store_failed', { cause })
    }
    active.log.append({ type: 'run.started', question })
    messages.push({ role: 'user', content: question })
    // Not awaited: the run belongs to the server and outlives the request. `#carry` never rejects.
    void this.#carry(active, messages, conversation.model, at)
    return active
  }

  async #carry(active: ActiveRun, messages: Message[], model: string, at: number): Promise<void> {
    const { workflow, limits } = this.#options
    const timer = setTimeout(() => active.stop(new OpsError('deadline')), limits.runSeconds * 1000)
    const handOver = limitHandOver(active.signal)
    let span = 0
    const scope = {
      emit: active.log.append.bind(active.log),
      signal: active.signal,
      nextSpan: () => String(++span),
    }
    try {
      const work = workflow.run({ messages, model, scope })
      const outcome = await Promise.race([work, handOver.late])
      await this.#end(active, at, stopOf(active.signal), outcome)
    } catch (error) {
      await this.#end(active, at, stopOf(active.signal) ?? asOpsError(error))
    } finally {
      clearTimeout(timer)
      handOver.cancel()
    }
  }

  /** Stores the end, then tells it, then lets go: who hears `done` finds the answer. */
  async #end(
    active: ActiveRun,
    beganAt: number,
    error?: OpsError,
    outcome?: Outcome,
  ): Promise<void> {
    const { registry, store, now } = this.#options
    const { key, log } = active
    const finishedAt = now()
    const status = error === undefined ? 'finished' : statusOf(error)
    const durationMs = Math.max(0, finishedAt - beganAt)
    const failure = error && { code: error.code, error: publicReason(error) }
    if (error !== undefined && status === 'failed')
      this.#options.log.error(`run ${key.run}`, { cause: error })
    try {
      const message = outcome && {
        ...{ id: v7(), run: key.run, role: 'assistant' as const },
        ...{ content: outcome.text, createdAt: finishedAt },
      }
      await persist(() => store.endRun(key, { status, finishedAt, ...failure }, message))
      const partial = outcome && (outcome.partial || error !== undefined) && { partial: true }
      const code = error && { code: error.code }
      log.append({ type: `run.${status}`, durationMs, ...code, ...partial })
    } catch (cause) {
      this.#options.log.error(`run ${key.run}`, { cause: cause })
      log.append({ type: 'run.failed', durationMs, code: 'store_failed' })
    } finally {
      registry.end(active)
    }
  }
}

/** Tries again for a moment: a store that somebody else holds comes back, and an answer was dear. */
async function persist(write: () => void): Promise<void> {
  for (const waitMs of [50, 200, 1000]) {
    try {
      return write()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
  }
  write()
}

function history(store: Store, conversation: string): Message[] {
  return store.listMessages(conversation, { last: historyMessages }).map(({ role, content }) => ({
    role,
    content: content.slice(0, historyCharacters).toWellFormed(),
  }))
}

function statusOf({ code }: OpsError): Exclude<RunStatus, 'running' | 'finished'> {
  if (code === 'stopped' || code === 'interrupted') return code
  return 'failed'
}

function stopOf(signal: AbortSignal): OpsError | undefined {
  return signal.aborted ? asOpsError(signal.reason) : undefined
}

function asOpsError(error: unknown): OpsError {
  return error instanceof OpsError ? error : new OpsError('internal', { cause: error })
}

/** `late` rejects some time after an abort, for a workflow that does not listen to its signal. */
function limitHandOver(signal: AbortSignal): { late: Promise<never>; cancel: () => void } {
  const { promise: late, reject } = Promise.withResolvers<never>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const begin = () => {
    timer = setTimeout(() => reject(signal.reason), handOverMs)
  }
  signal.addEventListener('abort', begin, { once: true })
  const cancel = () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', begin)
  }
  return { late, cancel }
}
