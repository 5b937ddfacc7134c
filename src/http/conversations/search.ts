import type { Context } from 'hono'
import type { MarkedText } from '../../../views/types.ts'
import type { Snippet } from '../../core/snippet.ts'
import { findWords } from '../../core/word-match.ts'
import { parseWordQuery } from '../../core/words.ts'
import type { FoundConversation } from '../../storage/store.ts'
import type { ConversationEnv, Services } from '../context.ts'

/** The most results of a search. There are no further pages. */
export const maxSearchResults = 50

/**
 * Searches the history of the user, until the client leaves.
 * @throws OpsError `too_many_requests` if a newer search of the user has replaced it
 */
export function searchHistory(
  c: Context<ConversationEnv>,
  { searches }: Services,
  query: string,
  limit = maxSearchResults,
): Promise<FoundConversation[]> {
  const { signal } = c.req.raw
  return searches.run(c.get('user').id, () =>
    c.get('history').searchConversations(query, {
      limit: Math.min(limit, maxSearchResults),
      signal,
    }),
  )
}

/** The words of a search in a title. */
export function markTitle(title: string, query: string): MarkedText {
  const words = parseWordQuery(query)
  const matches = words === undefined ? [] : findWords(title, words)
  return markText({ text: title, matches: matches.map(({ start, end }) => [start, end]) })
}

/** A text in pieces, so that a view can mark some of them without HTML in the text. */
export function markText({ text, matches }: Snippet): MarkedText {
  const pieces: MarkedText = []
  let at = 0
  for (const [start, end] of matches) {
    if (start > at) pieces.push({ text: text.slice(at, start), isMatch: false })
    pieces.push({ text: text.slice(start, end), isMatch: true })
    at = end
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isMatch: false })
  return pieces
}
