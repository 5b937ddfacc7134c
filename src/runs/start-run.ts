import { v7 } from 'uuid'
import type { Decided } from '../core/approvals.ts'
import { asOpsError, codeOf, OpsError } from '../core/errors.ts'
import type { Message } from '../core/message.ts'
import type { ActiveRun, ConversationKey } from '../core/registry.ts'
import { retryWrite } from '../core/retry-write.ts'
import type { RunKey, RunMessage, RunResult } from '../core/run.ts'
import { type ExecutionOptions, executeRun } from './execute-run.ts'
import { endInterrupted } from './interrupt-run.ts'
import type { OtherProcesses } from './other-processes.ts'
import type { QuestionQuota } from './question-quota.ts'
import { messagesBefore } from './run-history.ts'

/** A run that has been started, by this call or by an earlier one with the same run id. */
export type StartedRun = {
  /** Resolves when the run has ended; rejects with OpsError `store_failed` if its end could not be stored. */
  ended: Promise<RunResult>
}

/** A question to answer with a model. */
export type Question = { key: RunKey; text: string; model: string }

/** What the start of a run needs. */
export type StartOptions = ExecutionOptions & {
  quota: QuestionQuota
  isDraining: () => boolean
  /** A stored run. */
  find: (key: RunKey) => Promise<RunResult | undefined>
  /** Does work while no call starts a run of the conversation. */
  inTurn: (place: ConversationKey, work: () => Promise<void>) => Promise<void>
}

/** Starts to answer a question. See `Runs.start`. */
export async function startRun(question: Question, options: StartOptions): Promise<StartedRun> {
  const { registry, store, others, quota, isDraining } = options
  const { key } = question
  const active = registry.find(key, key.run)
  if (active !== undefined) return same(active, active.question, question)
  const stored = await options.find(key)
  const history = await messagesBefore(store.forOwner(key.owner), key.conversation)
  // With one process: from here to `registry.begin` nothing waits, so that two questions at the same moment cannot both
  // start.
  const other = registry.find(key)
  if (other?.key.run === key.run) return same(other, other.question, question)
  if (stored !== undefined) return known(stored, question, options)
  if (isDraining()) throw new OpsError('draining', { retryAfterSeconds: 5 })
  if (others !== undefined) return beginShared(question, history, others, options)
  if (other !== undefined) throw new OpsError('conversation_busy')
  quota.take(key.owner)
  return begin(question, history, options)
}

/** The only process attaches readers at once, and fails the run if it cannot be stored. */
async function begin(
  question: Question,
  history: readonly Message[],
  options: StartOptions,
): Promise<StartedRun> {
  const active = open(question, options)
  const message = messageOf(question, options)
  try {
    await storeBegin(question.key, message, options)
  } catch (thrown) {
    const error = asOpsError(thrown)
    active.log.close(active.log.seal({ type: 'run.failed', durationMs: 0, code: error.code }))
    options.registry.end(active, error)
    throw error
  }
  return execute(active, question, message, history, options)
}

/** The store decides which of several processes begins a run. Readers are attached only after that. */
async function beginShared(
  question: Question,
  history: readonly Message[],
  others: OtherProcesses,
  options: StartOptions,
): Promise<StartedRun> {
  const { registry } = options
  const { key } = question
  const other = await others.find(key)
  if (other !== undefined && other.key.run !== key.run) throw new OpsError('conversation_busy')
  await others.takeQuestion(key)
  const message = messageOf(question, options)
  try {
    await storeBegin(key, message, options)
  } catch (error) {
    // Without a reply it may be stored all the same, and nobody would execute it.
    if (codeOf(error) === 'store_failed') void abandon(key, message, others, options)
    // The same run may have begun elsewhere at the same moment.
    const stored = await options.find(key)
    if (stored === undefined) throw error
    return known(stored, question, options)
  }
  // The end of the run before may be stored, but not yet delivered here.
  await registry.find(key)?.ended.catch(() => {})
  return execute(open(question, options), question, message, history, options)
}

/**
 * Ends a run of this process that may be stored but is not executed. It takes turns with the starts of the conversation,
 * because the same run may begin again before the database answers. It never rejects.
 */
async function abandon(
  key: RunKey,
  { createdAt }: RunMessage,
  others: OtherProcesses,
  { registry, store, inTurn, now, log }: StartOptions,
): Promise<void> {
  const own = store.forOwner(key.owner)
  const unfinished = { key, startedAt: createdAt, events: [] }
  try {
    await others.untilStored(() =>
      inTurn(key, async () => {
        if (registry.find(key, key.run) !== undefined) return
        await endInterrupted(unfinished, now(), (run, events) =>
          own.endRun(key.conversation, run, events),
        )
      }),
    )
  } catch (cause) {
    // Interrupted: the run belongs to another process, or another process has ended it.
    if (codeOf(cause) !== 'interrupted') log.error(`run ${key.run} could not be ended`, { cause })
  }
}

/** A run that the store has: ended, or active in another process. */
function known(stored: RunResult, question: Question, options: StartOptions): StartedRun {
  const { key } = question
  const ended =
    stored.run.status === 'running' ? endedElsewhere(key, options) : Promise.resolve(stored)
  // A rejection is for those who wait.
  ended.catch(() => {})
  return same({ ended }, stored.question.content, question)
}

async function endedElsewhere(key: RunKey, { others, find }: StartOptions): Promise<RunResult> {
  const run = await others?.find(key, key.run)
  if (run !== undefined) await others?.ended(run)
  const result = await find(key)
  if (result === undefined) throw new OpsError('not_found')
  return result
}

/** @throws OpsError `run_taken` if the run id was used for another question */
function same(run: StartedRun, knownText: string, { text }: Question): StartedRun {
  if (knownText !== text) throw new OpsError('run_taken')
  return run
}

function open({ key, text }: Question, options: StartOptions): ActiveRun {
  const { registry, committer, others, limits, now } = options
  const shared = others && {
    arbitrate: (span: string, given: Decided) => others.shared.decide(key, span, given),
  }
  return registry.begin(key, text, { now, maxEvents: limits.maxEvents, committer, ...shared })
}

function messageOf({ key, text }: Question, { now }: StartOptions): RunMessage {
  return { id: v7(), run: key.run, role: 'user', content: text, createdAt: now() }
}

/** @throws OpsError */
async function storeBegin(
  { owner, conversation }: RunKey,
  message: RunMessage,
  { store }: StartOptions,
): Promise<void> {
  try {
    const own = store.forOwner(owner)
    await retryWrite(() => own.beginRun(conversation, message), store.isTemporary)
  } catch (cause) {
    throw cause instanceof OpsError ? cause : new OpsError('store_failed', { cause })
  }
}

function execute(
  active: ActiveRun,
  { text, model }: Question,
  question: RunMessage,
  history: readonly Message[],
  options: StartOptions,
): StartedRun {
  active.log.append({ type: 'run.started', question: text, model })
  const messages: Message[] = [...history, { role: 'user', content: text }]
  // Not awaited: the run belongs to the server and outlives the request. `executeRun` never rejects.
  void executeRun({ active, question, messages, model }, options)
  return active
}
