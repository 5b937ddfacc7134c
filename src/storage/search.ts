import { makeSnippet } from '../core/snippet.ts'
import { wait } from '../core/wait.ts'
import { findWords, hasAllWords, type WordMatch } from '../core/word-match.ts'
import { parseWordQuery, type WordQuery } from '../core/words.ts'
import type { FoundConversation, StoredConversation } from './store.ts'

/** A text that may match a search: a title, if `run` is empty, or a question with its answer. Later texts have higher numbers. */
export type SearchCandidate = { text: number; run: string; conversation: StoredConversation }

/** The index of the texts of one user. */
export type SearchIndex = {
  /** A query in the language of the index. Undefined if no text matches. */
  expression(query: WordQuery): Promise<string | undefined>
  /** The newest texts below a number that match an expression. */
  candidates(expression: string, below: number): Promise<SearchCandidate[]>
  /** The question and the answer of a run. */
  texts(conversation: string, run: string): Promise<string[]>
}

/** How many texts a store returns as candidates at once. */
export const candidatesPerStep = 500

/** The bounds of one search. Of more matches it takes the newest ones. */
const maxSteps = 10
const maxConversations = 100
const maxCharacters = 4_000_000

/** After so many characters the event loop gets a turn. A clock cannot tell: in a Worker it stands still. */
const charactersPerStep = 65_536

type Options = { limit: number; signal?: AbortSignal }

/** See `OwnerStore.searchConversations`. */
export async function searchConversations(
  index: SearchIndex,
  text: string,
  { limit, signal = new AbortController().signal }: Options,
): Promise<FoundConversation[]> {
  const query = parseWordQuery(text)
  if (query === undefined) return []
  const ranked: { found: FoundConversation; rank: number }[] = []
  const budget = { characters: maxCharacters, unpaused: 0 }
  for (const { conversation, run } of await collect(index, query, signal)) {
    if (signal.aborted) return []
    const inTitle = hasAllWords(findWords(conversation.title, query), query)
    const texts =
      run === '' || budget.characters <= 0 ? [] : await index.texts(conversation.id, run)
    for (const { length } of texts) {
      budget.characters -= length
      budget.unpaused += length
    }
    if (budget.unpaused > charactersPerStep) {
      budget.unpaused = 0
      await wait(0)
    }
    const matched = texts.map((content) => ({ content, matches: findWords(content, query) }))
    const best = matched.toSorted((a, b) => countFound(b.matches) - countFound(a.matches))[0]
    const snippet = best && best.matches.length > 0 && makeSnippet(best.content, best.matches)
    const isTogether = best !== undefined && hasAllWords(best.matches, query)
    ranked.push({
      found: { ...conversation, ...(snippet && { snippet }) },
      rank: (inTitle ? 2 : 0) + (isTogether ? 1 : 0),
    })
  }
  return ranked
    .toSorted((a, b) => b.rank - a.rank || b.found.updatedAt - a.found.updatedAt)
    .slice(0, limit)
    .map(({ found }) => found)
}

/** One candidate for each conversation: the newest question, or else the title. */
async function collect(
  index: SearchIndex,
  query: WordQuery,
  signal: AbortSignal,
): Promise<Iterable<SearchCandidate>> {
  const byConversation = new Map<string, SearchCandidate>()
  const expression = await index.expression(query)
  if (expression === undefined) return []
  let below = Number.MAX_SAFE_INTEGER
  for (let step = 0; step < maxSteps; step += 1) {
    await wait(0)
    if (signal.aborted) return []
    const candidates = await index.candidates(expression, below)
    for (const candidate of candidates) {
      const known = byConversation.get(candidate.conversation.id)
      if (known === undefined && byConversation.size >= maxConversations) continue
      if (known === undefined || known.run === '') {
        byConversation.set(candidate.conversation.id, candidate)
      }
    }
    const last = candidates.at(-1)
    const isLast = last === undefined || candidates.length < candidatesPerStep
    if (isLast || byConversation.size >= maxConversations) break
    below = last.text
  }
  return byConversation.values()
}

function countFound(matches: readonly WordMatch[]): number {
  return new Set(matches.flatMap(({ words }) => words)).size
}
