import { OpsError } from '../core/errors.ts'
import type { StoredConversation } from '../storage/store.ts'
import { titleFrom, untitled } from './own-conversation.ts'
import type { Services } from './services.ts'

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

/** How long a POST may wait: our limit, or less where the client says so (RFC 7240). */
export function waitMsOf(prefer: string | undefined, limitSeconds: number): number {
  if (/(^|[\s,;])respond-async\b/i.test(prefer ?? '')) return 0
  const wait = /(?:^|[\s,;])wait\s*=\s*"?(\d{1,6})/i.exec(prefer ?? '')
  return Math.min(wait === null ? limitSeconds : Number(wait[1]), limitSeconds) * 1000
}
