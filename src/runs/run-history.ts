import { type Message, maxEarlierTurns } from '../core/message.ts'
import type { Run, RunMessage, RunResult } from '../core/run.ts'
import type { OwnerStore } from '../storage/store.ts'

/** One turn more than a model reads, so that the run can say that older turns are left out. */
const maxMessages = 2 * (maxEarlierTurns + 1)

/** The last messages of a conversation. What does not fit into the context of a model is left out later. */
export async function messagesBefore(store: OwnerStore, conversation: string): Promise<Message[]> {
  const stored = await store.listMessages(conversation, { last: maxMessages })
  return stored.map(({ role, content }) => ({ role, content }))
}

/** A run with its question and answer. Undefined for a run without a question. */
export function toResult(run: Run, messages: readonly RunMessage[]): RunResult | undefined {
  const question = messages.find(({ role }) => role === 'user')
  const answer = messages.find(({ role }) => role === 'assistant')
  return question && { run, question, ...(answer && { answer }) }
}
