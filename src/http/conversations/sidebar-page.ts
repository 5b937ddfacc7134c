import type { SidebarPage } from '../../../views/types.ts'
import type { OwnerStore } from '../../storage/store.ts'
import type { Services } from '../context.ts'

/** How many conversations the sidebar shows before "Show more". */
const pageSize = 30

/** Which part of the sidebar is asked for; `current` is the id of the open conversation. */
export type SidebarQuery = {
  query?: string | undefined
  cursor?: string | undefined
  current?: string | undefined
}

/** One page of the user's conversations, as the sidebar shows it. */
export async function sidebarPage(
  { runs }: Services,
  history: OwnerStore,
  { query, cursor, current }: SidebarQuery,
): Promise<SidebarPage> {
  const page = await history.listConversations({ limit: pageSize, query, cursor })
  const running = await runs.running(page.conversations)
  return {
    entries: page.conversations.map((conversation) => ({
      id: conversation.id,
      title: conversation.title,
      updatedAt: conversation.updatedAt,
      running: running.has(conversation.id),
    })),
    ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }),
    ...(query && { query }),
    ...(current && { current }),
  }
}
