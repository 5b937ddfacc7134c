import { OpsError } from '../../core/errors.ts'
import type { StoredConversation } from '../../storage/store.ts'
import type { Services } from '../context.ts'
import { titleFrom, untitled } from '../conversations/own-conversation.ts'

/** What a question is asked with. The run id comes from the client, so that its stream and its POST name the same run. */
export type Question = { message: string; run: string; waitMs: number; signal: AbortSignal }

/**
 * Begins the run, or finds the one of that id, and waits for its answer. Answers whether it is over; past the wait, or
 * when the client has gone, the run goes on without us.
 * @throws OpsError as `Runs.begin`; `store_failed` when the answer could not be stored
 */
export async function ask(
  services: Services,
  conversation: StoredConversation,
  { message, run, waitMs, signal }: Question,
): Promise<boolean> {
  const { over } = services.runs.begin(conversation, run, message)
  if (conversation.title === untitled) {
    services.store.updateConversation(conversation.id, { title: titleFrom(message) })
  }
  const answered = await within(waitMs, over, signal)
  const { status } = services.store.findRun(conversation.id, run) ?? {}
  // It is over and the store does not know: its end could not be written.
  if (answered && status === 'running') throw new OpsError('store_failed')
  return answered
}

async function within(waitMs: number, over: Promise<void>, signal: AbortSignal): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>()
  const giveUp = () => resolve(false)
  const timer = setTimeout(giveUp, waitMs)
  signal.addEventListener('abort', giveUp)
  try {
    return await Promise.race([over.then(() => true), late])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}

/** How long a POST may wait, and which preference of the client (RFC 7240) that follows, if any. */
export function readPrefer(
  prefer: string | undefined,
  limitSeconds: number,
): { waitMs: number; applied?: string } {
  const wishes = (prefer ?? '').split(/[,;]/).map((wish) => wish.trim().toLowerCase())
  if (wishes.includes('respond-async')) return { waitMs: 0, applied: 'respond-async' }
  const wait = wishes.map((wish) => /^wait\s*=\s*"?(\d{1,6})"?$/.exec(wish)?.[1]).find(Boolean)
  if (wait === undefined) return { waitMs: limitSeconds * 1000 }
  const seconds = Math.min(Number(wait), limitSeconds)
  return { waitMs: seconds * 1000, applied: `wait=${seconds}` }
}
