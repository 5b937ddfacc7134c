import type { SidebarPage } from '../../../views/types.ts'
import type { Services } from '../context.ts'

/** How many conversations the sidebar shows before "Show more". */
const pageSize = 30

/** One page of a person's conversations, as the sidebar shows it. */
export function sidebarPage(
  { store, registry }: Services,
  owner: string,
  asked: {
    query?: string | undefined
    cursor?: string | undefined
    current?: string | undefined
  } = {},
): SidebarPage {
  const { query, cursor, current } = asked
  const { conversations, nextCursor } = store.listConversations(owner, {
    limit: pageSize,
    ...(query && { query }),
    ...(cursor && { cursor }),
  })
  return {
    entries: conversations.map(({ id, title, updatedAt }) => ({
      ...{ id, title, updatedAt },
      running: registry.find({ owner, conversation: id }) !== undefined,
    })),
    ...(nextCursor !== undefined && { nextCursor }),
    ...(query && { query }),
    ...(current && { current }),
  }
}
