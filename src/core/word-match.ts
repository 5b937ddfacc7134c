import {
  foldText,
  maxSearchableCharacters,
  pairsOf,
  type WordQuery,
  wordPattern,
  wordsOf,
} from './words.ts'

/** A place in a text that matches words of a query. `words` are their indexes; the prefix has the last one. */
export type WordMatch = { start: number; end: number; words: readonly number[] }

/** Finds the words of a query in a text, in order. */
export function findWords(text: string, query: WordQuery): WordMatch[] {
  const matches: WordMatch[] = []
  const known = new Map<string, number[]>()
  for (const match of text.slice(0, maxSearchableCharacters).matchAll(wordPattern)) {
    const { index: start, groups } = match
    const [found] = match
    const words = known.get(found) ?? indexesOf(wordsOf(found), query)
    known.set(found, words)
    if (words.length === 0) continue
    const whole = { start, end: start + found.length, words }
    if (groups?.phrase === undefined) matches.push(whole)
    else matches.push(...findPairs(found, start, query, whole))
  }
  return matches
}

/** Whether a text with these matches has all words of the query. */
export function hasAllWords(matches: readonly WordMatch[], query: WordQuery): boolean {
  return new Set(matches.flatMap(({ words }) => words)).size === countWords(query)
}

/** The number of words of a query. */
export function countWords({ words, prefix }: WordQuery): number {
  return words.length + (prefix === undefined ? 0 : 1)
}

function indexesOf(found: readonly string[], { words, prefix }: WordQuery): number[] {
  const indexes = words.flatMap((word, index) => (found.includes(word) ? [index] : []))
  const hasPrefix = prefix !== undefined && found.some((word) => word.startsWith(prefix))
  return hasPrefix ? [...indexes, words.length] : indexes
}

/** The pairs of a query in a phrase; the whole phrase where folding changed its characters. */
function findPairs(phrase: string, start: number, query: WordQuery, whole: WordMatch): WordMatch[] {
  const matches: WordMatch[] = []
  let at = start
  const characters = [...phrase]
  for (const [index, character] of characters.entries()) {
    const pair = `${character}${characters[index + 1] ?? ''}`
    for (const part of new Set([character, pair])) {
      const words = indexesOf(pairsOf(foldText(part)), query)
      const end = at + part.length
      const last = matches.at(-1)
      if (words.length === 0) continue
      if (last === undefined || last.end < at) matches.push({ start: at, end, words })
      else {
        matches[matches.length - 1] = {
          start: last.start,
          end: Math.max(last.end, end),
          words: [...new Set([...last.words, ...words])],
        }
      }
    }
    at += character.length
  }
  const found = new Set(matches.flatMap(({ words }) => words))
  return whole.words.every((word) => found.has(word)) ? matches : [whole]
}
