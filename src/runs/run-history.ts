import type { Message } from '../core/message.ts'
import type { Run, RunMessage, RunResult } from '../core/run.ts'
import type { OwnerStore } from '../storage/store.ts'

/** How much of the conversation triage reads. It only resolves references with it. */
const historyMessages = 8
const historyCharacters = 8000

/** The last messages of a conversation, as a model reads them. */
export async function messagesBefore(store: OwnerStore, conversation: string): Promise<Message[]> {
  const stored = await store.listMessages(conversation, { last: historyMessages })
  return stored.map(({ role, content }) => ({
    role,
    content: content.slice(0, historyCharacters).toWellFormed(),
  }))
}

/** A run with its question and answer. Undefined for a run without a question. */
export function toResult(run: Run, messages: readonly RunMessage[]): RunResult | undefined {
  const question = messages.find(({ role }) => role === 'user')
  const answer = messages.find(({ role }) => role === 'assistant')
  return question && { run, question, ...(answer && { answer }) }
}
