import type { Turn } from '../../views/types.ts'
import { OpsError } from '../core/errors.ts'
import type { Store, StoredMessage, StoredRun } from '../storage/store.ts'

/** The turns of a conversation as its page shows them, oldest first. */
export function turnsOf(store: Store, conversation: string, now: number): Turn[] {
  const messages = Map.groupBy(store.listMessages(conversation), ({ run }) => run)
  return store
    .listRuns(conversation)
    .map((run) => turnOf(conversation, run, messages.get(run.id) ?? [], now))
}

/** One turn. @throws OpsError `not_found` */
export function findTurn(store: Store, conversation: string, run: string, now: number): Turn {
  const found = store.findRun(conversation, run)
  if (found === undefined) throw new OpsError('not_found')
  return turnOf(conversation, found, messagesOf(store, conversation, run), now)
}

/** What was said in one run: the question and, when there is one, the answer. */
export function messagesOf(store: Store, conversation: string, run: string): StoredMessage[] {
  return store.listMessages(conversation).filter((message) => message.run === run)
}

function turnOf(
  conversation: string,
  run: StoredRun,
  messages: StoredMessage[],
  now: number,
): Turn {
  const { startedAt, finishedAt, error } = run
  const question = messages.find(({ role }) => role === 'user')
  const answer = messages.find(({ role }) => role === 'assistant')
  return {
    conversation,
    run: run.id,
    question: question?.content ?? '',
    askedAt: startedAt,
    status: run.status,
    elapsedMs: Math.max(0, now - startedAt),
    ...(answer !== undefined && { answer: answer.content }),
    ...(error !== undefined && { error }),
    ...(finishedAt !== undefined && { durationMs: finishedAt - startedAt }),
  }
}
