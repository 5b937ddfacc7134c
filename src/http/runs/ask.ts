import { titleOf } from '../../../views/title.ts'
import type { RunResult } from '../../core/run.ts'
import { settledWithin } from '../../core/wait.ts'
import type { StartedRun } from '../../runs/start-run.ts'
import type { OwnerStore, StoredConversation } from '../../storage/store.ts'
import type { Services } from '../context.ts'
import { untitled } from '../conversations/conversation.ts'

/** A question, and how long its request waits for the answer. `signal` is aborted when the client leaves. */
export type Question = { message: string; run: string; waitMs: number; signal: AbortSignal }

/**
 * Starts the run, or finds the one with this id, and waits for its end. Resolves with `undefined` when the wait is over
 * first, or when the client has left: the run goes on.
 * @throws OpsError as `Runs.start`; `store_failed` when the answer could not be stored
 */
export async function ask(
  services: Services,
  history: OwnerStore,
  conversation: StoredConversation,
  { waitMs, signal, ...question }: Question,
): Promise<RunResult | undefined> {
  const { ended } = await startRunWithTitle(services, history, conversation, question)
  return (await settledWithin(ended, waitMs, signal)) ? await ended : undefined
}

/**
 * Starts the run, or finds the one with this id. The first question gives the conversation its title.
 * @throws OpsError as `Runs.start`
 */
export async function startRunWithTitle(
  { runs, log }: Services,
  history: OwnerStore,
  conversation: StoredConversation,
  { message, run }: Pick<Question, 'message' | 'run'>,
): Promise<StartedRun> {
  const started = await runs.start(conversation, run, message)
  if (conversation.title === untitled) {
    try {
      await history.updateConversation(conversation.id, { title: titleOf(message) || untitled })
    } catch (cause) {
      // The run goes on, and its answer matters more than the title.
      log.error(`the title of conversation ${conversation.id} could not be stored`, { cause })
    }
  }
  return started
}

/**
 * How long a POST waits: the limit, or less where the client prefers so (RFC 7240). `applied` is the preference that was
 * followed.
 */
export function readPrefer(
  prefer: string | undefined,
  limitSeconds: number,
): { waitMs: number; applied?: string } {
  const preferences = (prefer ?? '').split(/[,;]/).map((text) => text.trim().toLowerCase())
  const isAsync = preferences.includes('respond-async')
  const wait = preferences.map((text) => /^wait\s*=\s*"?(\d{1,6})"?$/.exec(text)?.[1]).find(Boolean)
  if (wait === undefined) {
    return isAsync ? { waitMs: 0, applied: 'respond-async' } : { waitMs: limitSeconds * 1000 }
  }
  // With both, `wait` is how long the client waits before it prefers a 202.
  const seconds = Math.min(Number(wait), limitSeconds)
  return { waitMs: seconds * 1000, applied: `${isAsync ? 'respond-async, ' : ''}wait=${seconds}` }
}
