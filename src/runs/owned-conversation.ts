import type { ConversationKey } from '../core/registry.ts'
import type { StoredConversation } from '../storage/store.ts'

/** A conversation that was loaded for its owner. */
export type OwnedConversation = Pick<StoredConversation, 'owner' | 'id'>

/** Its key in the registry. */
export function keyOf({ owner, id }: OwnedConversation): ConversationKey {
  return { owner, conversation: id }
}
