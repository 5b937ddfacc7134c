import type { LastRun, RunResult } from '../core/run.ts'
import type { Store } from '../storage/store.ts'
import type { OwnedConversation } from './owned-conversation.ts'

/** The newest run of each conversation of one user, by the id of the conversation. See `Runs.lastRuns`. */
export async function readLastRuns(
  conversations: readonly OwnedConversation[],
  store: Store,
  find: (conversation: OwnedConversation, run: string) => Promise<RunResult | undefined>,
): Promise<ReadonlyMap<string, LastRun>> {
  const [first] = conversations
  if (first === undefined) return new Map()
  const stored = await store.forOwner(first.owner).listLastRuns(conversations.map(({ id }) => id))
  const current = stored.map(async (last) => {
    // It may have been lost, or have an end that the store did not take.
    if (last.status !== 'running') return last
    const result = await find({ owner: first.owner, id: last.conversation }, last.id)
    return result === undefined ? last : { ...last, status: result.run.status }
  })
  return new Map((await Promise.all(current)).map((last) => [last.conversation, last]))
}
