import type { Message } from '../core/message.ts'
import type { OwnerStore } from '../storage/store.ts'

/** How much of the conversation triage reads. It only resolves references with it. */
const historyMessages = 8
const historyCharacters = 8000

/** The latest messages of a conversation, oldest first, for triage. */
export async function messagesBefore(store: OwnerStore, conversation: string): Promise<Message[]> {
  const stored = await store.listMessages(conversation, { last: historyMessages })
  return stored.map(({ role, content }) => ({
    role,
    content: content.slice(0, historyCharacters).toWellFormed(),
  }))
}
