import type { Context } from 'hono'
import type { SidebarEntry, SidebarPage } from '../../../views/types.ts'
import type { StoredConversation } from '../../storage/store.ts'
import type { ConversationEnv, Services } from '../context.ts'
import { markText, markTitle, maxSearchResults, searchHistory } from './search.ts'

/** How many conversations the sidebar shows before "Show more". */
const pageSize = 30

/** Which part of the sidebar is asked for; `current` is the id of the open conversation. */
export type SidebarQuery = {
  query?: string | undefined
  cursor?: string | undefined
  current?: string | undefined
}

/** One page of the user's conversations, or the results of a search, as the sidebar shows them. */
export async function sidebarPage(
  c: Context<ConversationEnv>,
  services: Services,
  { query, cursor, current }: SidebarQuery,
): Promise<SidebarPage> {
  const open = current === undefined ? {} : { current }
  if (query) return { ...(await resultsPage(c, services, query)), ...open }
  const { conversations, nextCursor } = await c
    .get('history')
    .listConversations({ limit: pageSize, cursor })
  const next = nextCursor === undefined ? {} : { nextCursor }
  return { entries: await entriesOf(services, conversations), ...next, ...open }
}

async function resultsPage(
  c: Context<ConversationEnv>,
  services: Services,
  query: string,
): Promise<SidebarPage> {
  const results = await searchHistory(c, services, query)
  const entries = await entriesOf(services, results)
  for (const [index, entry] of entries.entries()) {
    const snippet = results[index]?.snippet
    entry.found = {
      title: markTitle(entry.title, query),
      ...(snippet && { snippet: markText(snippet) }),
    }
  }
  return { entries, query, isCut: results.length === maxSearchResults }
}

async function entriesOf(
  { runs }: Services,
  conversations: StoredConversation[],
): Promise<SidebarEntry[]> {
  const running = await runs.running(conversations)
  return conversations.map(({ id, title, updatedAt }) => ({
    id,
    title,
    updatedAt,
    running: running.has(id),
  }))
}
