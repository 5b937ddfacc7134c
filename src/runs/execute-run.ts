import { v7 } from 'uuid'
import type { Config } from '../config.ts'
import { cleanText } from '../core/clean-text.ts'
import type { Committer } from '../core/committer.ts'
import { asOpsError, OpsError, stopReason } from '../core/errors.ts'
import { type ThinkingEvent, terminalStatus } from '../core/event.ts'
import type { Evidence } from '../core/evidence.ts'
import type { Log } from '../core/log.ts'
import type { Message } from '../core/message.ts'
import type { ActiveRun, Registry } from '../core/registry.ts'
import { retryWrite } from '../core/retry-write.ts'
import type { Run, RunMessage } from '../core/run.ts'
import { countParts } from '../core/run-counts.ts'
import { ShownTexts } from '../core/shown-texts.ts'
import { TimeLimit } from '../core/time-limit.ts'
import { settledWithin } from '../core/wait.ts'
import type { Store } from '../storage/store.ts'
import type { Outcome, Workflow } from '../workflow/triage-workflow.ts'
import { asInterrupted } from './interrupt-run.ts'
import type { OtherProcesses } from './other-processes.ts'
import { asStoreFailed, type UnstoredEnds } from './unstored-ends.ts'

/** What runs need. */
export type RunsOptions = {
  store: Store
  registry: Registry
  committer: Committer
  workflow: Workflow
  limits: Pick<Config, 'runSeconds' | 'maxEvents' | 'maxShownBytes' | 'questionsPerHour'>
  /** How many streams each user has open in this process, for the limit over all processes. */
  openStreams: () => ReadonlyMap<string, number>
  /** Milliseconds since 1970. */
  now: () => number
  /** Milliseconds on a clock that is never set, for limits. */
  monotonicMs: () => number
  log: Log
}

/** What the execution of a run needs. `others` is undefined when the runs of this process are all runs. */
export type ExecutionOptions = RunsOptions & {
  others: OtherProcesses | undefined
  unstored: UnstoredEnds
}

/** A run to execute, with what its model reads. */
export type Execution = {
  active: ActiveRun
  question: RunMessage
  messages: readonly Message[]
  model: string
}

/** How long a workflow may take after a stop to return the parts that are ready. */
const stopGraceMs = 2000

/**
 * Runs the workflow and ends the run: it stores the answer together with the last event, then delivers that event, then
 * removes the run from the registry. A reader that receives `done` therefore finds the answer. It never rejects.
 */
export async function executeRun(execution: Execution, options: ExecutionOptions): Promise<void> {
  const { active, messages, model } = execution
  const { workflow, committer, limits } = options
  const { log, signal, approvals } = active
  const limit = new TimeLimit(
    limits.runSeconds * 1000,
    () => performance.now(),
    () => active.stop(new OpsError('deadline')),
  )
  let spans = 0
  const texts = new ShownTexts(limits.maxShownBytes)
  const scope = {
    emit: log.append.bind(log),
    signal,
    nextSpan: () => String(++spans),
    show: texts.show.bind(texts),
    pause: limit.pause.bind(limit),
    decision: approvals.wait.bind(approvals),
  }
  try {
    const outcome = await outcomeOf(workflow.run({ messages, model, scope }), signal)
    // First all other events: if they cannot be stored, the run fails.
    await committer.flush()
    await end(execution, options, signal.aborted ? stopReason(signal) : undefined, outcome)
  } catch (error) {
    await committer.flush()
    await end(execution, options, signal.aborted ? stopReason(signal) : asOpsError(error))
  } finally {
    limit.end()
  }
}

/** Waits for the workflow. After a stop it waits `stopGraceMs`, in case the workflow ignores the signal. */
async function outcomeOf(work: Promise<Outcome>, signal: AbortSignal): Promise<Outcome> {
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.race([work, aborted])
  if (await settledWithin(work, stopGraceMs)) return work
  throw stopReason(signal)
}

async function end(
  { active, question }: Execution,
  { registry, store, others, unstored, limits, now, log: operatorLog }: ExecutionOptions,
  error?: OpsError,
  outcome?: Outcome,
): Promise<void> {
  const { key, log } = active
  const finishedAt = now()
  const durationMs = Math.max(0, finishedAt - question.createdAt)
  const status = statusOf(error)
  if (error !== undefined && status === 'failed') {
    operatorLog.error(`run ${key.run} failed`, { cause: error })
  }
  const run: Run = {
    id: key.run,
    status,
    startedAt: question.createdAt,
    finishedAt,
    counts: countParts(log.events),
    ...(error && { code: error.code, error: error.message }),
  }
  const answer: RunMessage | undefined = outcome && {
    id: v7(),
    run: key.run,
    role: 'assistant',
    content: cleanText(outcome.text),
    createdAt: finishedAt,
    ...evidenceOf(outcome, log.events),
  }
  const partial = outcome && (outcome.partial || error !== undefined) && { partial: true }
  const code = error && { code: error.code }
  const last = log.seal({ type: `run.${status}`, durationMs, ...code, ...partial })
  try {
    const events = [...log.events, last].slice(-limits.maxEvents)
    const own = store.forOwner(key.owner)
    const storeEnd = () => own.endRun(key.conversation, run, events, answer)
    const elsewhere = others
      ? await others.storeEnd(active, storeEnd)
      : await retryWrite(storeEnd, store.isTemporary, store.retryMs)
    if (elsewhere) return endAsStored(active, question, elsewhere, registry)
    log.close(last)
    registry.end(active, { run, question, ...(answer && { answer }) })
  } catch (cause) {
    operatorLog.error(`the end of run ${key.run} could not be stored`, { cause })
    const { seq, at } = last
    log.close({ type: 'run.failed', durationMs, code: 'store_failed', seq, at })
    // Other processes read only the store.
    if (others === undefined) {
      unstored.add({ key, run: asStoreFailed(run), events: log.events, answer })
    }
    registry.end(active, new OpsError('store_failed', { cause }))
  }
}

/** Finds the step of each source in the events of the run. */
function evidenceOf(
  { sections, sources = [] }: Outcome,
  events: readonly ThinkingEvent[],
): { evidence?: Evidence } {
  if (sections === undefined) return {}
  const steps = new Map<string, number>()
  for (const event of events) if (event.type === 'tool.called') steps.set(event.span, event.seq)
  const references = sources.map(({ number, agent, tool, span }) => {
    const step = steps.get(span)
    return { number, agent, tool, ...(step !== undefined && { step }) }
  })
  return { evidence: { sections, references } }
}

/** Another process has ended the run: this one delivers what that one has stored. */
function endAsStored(
  active: ActiveRun,
  question: RunMessage,
  events: readonly ThinkingEvent[],
  registry: Registry,
): void {
  const { key, log } = active
  const startedAt = question.createdAt
  const at = events.at(-1)?.at ?? startedAt
  for (const event of events) {
    if (terminalStatus(event) === undefined) log.deliver(event)
    else log.close(event)
  }
  if (log.status === 'running') {
    // The conversation was deleted meanwhile, or the stored end cannot be read.
    const durationMs = Math.max(0, at - startedAt)
    const seq = log.lastSeq + 1
    log.close({ type: 'run.interrupted', code: 'interrupted', durationMs, seq, at })
  }
  registry.end(active, {
    run: asInterrupted({ id: key.run, startedAt, finishedAt: at }),
    question,
  })
}

function statusOf(error: OpsError | undefined): Exclude<Run['status'], 'running'> {
  if (error === undefined) return 'finished'
  const { code } = error
  return code === 'stopped' || code === 'interrupted' ? code : 'failed'
}
