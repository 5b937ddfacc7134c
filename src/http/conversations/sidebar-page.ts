import type { Context } from 'hono'
import { age } from '../../../views/duration.ts'
import { today } from '../../../views/sidebar.tsx'
import type { SidebarEntry, SidebarPage } from '../../../views/types.ts'
import type { StoredConversation } from '../../storage/store.ts'
import type { ConversationEnv, Services } from '../context.ts'
import { clockOffsetMs } from './browser-clock.ts'
import { markText, markTitle, maxSearchResults, searchHistory } from './search.ts'

/** How many conversations the sidebar shows before "Show more". */
const pageSize = 30

/** Which part of the sidebar is asked for; `current` is the id of the open conversation, `day` the last day of the page before. */
export type SidebarQuery = {
  query?: string | undefined
  cursor?: string | undefined
  current?: string | undefined
  day?: string | undefined
  limit?: number | undefined
}

/** One page of the user's conversations, or the results of a search, as the sidebar shows them. */
export async function sidebarPage(
  c: Context<ConversationEnv>,
  services: Services,
  { query, cursor, current, day, limit = pageSize }: SidebarQuery,
): Promise<SidebarPage> {
  const open = current === undefined ? {} : { current }
  if (query) return { ...(await resultsPage(c, services, query)), ...open }
  const { conversations, nextCursor } = await c.get('history').listConversations({ limit, cursor })
  const entries = await entriesOf(services, conversations)
  const dayOf = dayNames(c, services.now())
  for (const entry of entries) entry.day = dayOf(entry.updatedAt)
  return {
    entries,
    ...open,
    ...(nextCursor !== undefined && { nextCursor }),
    ...(cursor !== undefined && { after: day ?? today }),
  }
}

/**
 * The entity tag of a list: it changes with everything that the list shows, also with the ages. A poll that finds no change
 * then costs no rendering.
 */
export async function tagOf({ entries, ...rest }: SidebarPage, now: number): Promise<string> {
  const shown = entries.map((entry) => ({ ...entry, age: age(entry.updatedAt, now) }))
  const bytes = new TextEncoder().encode(JSON.stringify({ shown, ...rest }))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return `"${hash.slice(0, 12).toHex()}"`
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
  const lastRuns = await runs.lastRuns(conversations)
  return conversations.map(({ id, title, updatedAt }) => {
    const lastRun = lastRuns.get(id)
    return { id, title, updatedAt, ...(lastRun && { lastRun }) }
  })
}

const dayMs = 24 * 3_600_000

const dayFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  timeZone: 'UTC',
})

/** Names days for the clock of the browser, or for UTC. */
function dayNames(c: Context, now: number): (at: number) => string {
  const offsetMs = clockOffsetMs(c) ?? 0
  const dayNumber = (at: number) => Math.floor((at + offsetMs) / dayMs)
  const current = dayNumber(now)
  return (at) => {
    const age = current - dayNumber(at)
    if (age <= 0) return today
    if (age === 1) return 'Yesterday'
    const date = new Date(at + offsetMs)
    const year = new Date(now + offsetMs).getUTCFullYear()
    const isThisYear = date.getUTCFullYear() === year
    return isThisYear ? dayFormat.format(date) : date.toISOString().slice(0, 10)
  }
}
