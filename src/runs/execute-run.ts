import { v7 } from 'uuid'
import type { Config } from '../config.ts'
import { asOpsError, OpsError, stopReason } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Message } from '../core/message.ts'
import type { ActiveRun, Registry } from '../core/registry.ts'
import type { Run, RunMessage } from '../core/run.ts'
import { settledWithin, wait } from '../core/wait.ts'
import type { Store } from '../storage/store.ts'
import type { Outcome, Workflow } from '../workflow/triage-workflow.ts'

/** What runs need. */
export type RunsOptions = {
  store: Store
  registry: Registry
  workflow: Workflow
  limits: Pick<Config, 'runSeconds' | 'maxEvents' | 'questionsPerHour'>
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
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

/** Pauses between the attempts to store an answer, because another process may hold the write lock. */
const storeRetryMs = [50, 200, 1000]

/**
 * Runs the workflow and ends the run: it stores the answer, then appends the last event, then removes the run from the
 * registry. A reader that receives `done` therefore finds the answer. It never rejects.
 */
export async function executeRun(execution: Execution, options: RunsOptions): Promise<void> {
  const { active, messages, model } = execution
  const { workflow, limits } = options
  const { log, signal } = active
  const timer = setTimeout(() => active.stop(new OpsError('deadline')), limits.runSeconds * 1000)
  let spans = 0
  const scope = {
    emit: log.append.bind(log),
    signal,
    nextSpan: () => String(++spans),
  }
  try {
    const outcome = await outcomeOf(workflow.run({ messages, model, scope }), signal)
    await end(execution, options, signal.aborted ? stopReason(signal) : undefined, outcome)
  } catch (error) {
    await end(execution, options, signal.aborted ? stopReason(signal) : asOpsError(error))
  } finally {
    clearTimeout(timer)
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
  { registry, store, now, log: operatorLog }: RunsOptions,
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
    ...(error && { code: error.code, error: error.message }),
  }
  const answer: RunMessage | undefined = outcome && {
    id: v7(),
    run: key.run,
    role: 'assistant',
    content: outcome.text,
    createdAt: finishedAt,
  }
  try {
    await withRetries(() => store.forOwner(key.owner).endRun(key.conversation, run, answer))
  } catch (cause) {
    operatorLog.error(`the end of run ${key.run} could not be stored`, { cause })
    log.append({ type: 'run.failed', durationMs, code: 'store_failed' })
    registry.end(active, new OpsError('store_failed', { cause }))
    return
  }
  const partial = outcome && (outcome.partial || error !== undefined) && { partial: true }
  log.append({ type: `run.${status}`, durationMs, ...(error && { code: error.code }), ...partial })
  registry.end(active, { run, question, ...(answer && { answer }) })
}

async function withRetries(write: () => Promise<void>): Promise<void> {
  for (const pauseMs of storeRetryMs) {
    try {
      return await write()
    } catch {
      await wait(pauseMs)
    }
  }
  await write()
}

function statusOf(error: OpsError | undefined): Exclude<Run['status'], 'running'> {
  if (error === undefined) return 'finished'
  const { code } = error
  return code === 'stopped' || code === 'interrupted' ? code : 'failed'
}
