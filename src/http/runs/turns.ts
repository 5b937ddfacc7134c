import type { Turn } from '../../../views/types.ts'
import { OpsError } from '../../core/errors.ts'
import type { RunKey } from '../../core/registry.ts'
import type { StoredMessage, StoredRun } from '../../storage/store.ts'
import type { Services } from '../context.ts'

/** The turns of a conversation as its page shows them, oldest first. */
export function turnsOf(services: Services, owner: string, conversation: string): Turn[] {
  const { store, runs, now } = services
  const messages = Map.groupBy(store.listMessages(conversation), ({ run }) => run)
  return runs
    .list(owner, conversation)
    .map((run) => turnOf(conversation, run, messages.get(run.id) ?? [], now()))
}

/** One turn. @throws OpsError `not_found` */
export function findTurn({ store, runs, now }: Services, key: RunKey): Turn {
  const { conversation, run } = key
  const found = runs.find(key)
  if (found === undefined) throw new OpsError('not_found')
  return turnOf(conversation, found, store.listMessages(conversation, { run }), now())
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
    ...(finishedAt !== undefined && { durationMs: Math.max(0, finishedAt - startedAt) }),
  }
}
