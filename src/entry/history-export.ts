import { conversationJson, messageJson, runJson } from '../http/json.ts'
import type { OwnerStore, StoredConversation } from '../storage/store.ts'

/** How many conversations are listed at once. */
const pageSize = 100

/** All conversations of a user, newest first. Those that are deleted meanwhile may be missing. */
export async function* conversationsOf(own: OwnerStore): AsyncGenerator<StoredConversation> {
  let cursor: string | undefined
  do {
    const page = await own.listConversations({ limit: pageSize, cursor })
    yield* page.conversations
    cursor = page.nextCursor
  } while (cursor !== undefined)
}

/**
 * Writes the conversations of a user as one JSON document, with all messages, runs and events, in the names of the JSON API.
 * Resolves with the number of conversations.
 */
export async function exportUser(
  user: string,
  own: OwnerStore,
  write: (text: string) => Promise<void>,
): Promise<number> {
  let count = 0
  await write(`{"user":${JSON.stringify(user)},"conversations":[`)
  for await (const conversation of conversationsOf(own)) {
    const text = JSON.stringify(await exported(conversation, own))
    await write(count === 0 ? `\n${text}` : `,\n${text}`)
    count += 1
  }
  await write('\n]}\n')
  return count
}

async function exported(conversation: StoredConversation, own: OwnerStore) {
  const { id } = conversation
  const runs = []
  for (const run of await own.listRuns(id)) {
    runs.push(Object.assign(runJson(run), { events: await own.listEvents(id, run.id) }))
  }
  const messages = (await own.listMessages(id)).map(messageJson)
  return Object.assign(conversationJson(conversation), { messages, runs })
}
