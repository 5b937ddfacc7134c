import { type WordQuery, wordsOf } from '../core/words.ts'

/** The terms of an index for the words of a text of this user. */
export function termsOf(owner: string, text: string): string[] {
  return withOwner(owner, wordsOf(text))
}

/** A search for terms. */
export type TermQuery = { terms: string[]; prefix: string | undefined }

/** A search for words in the texts of this user. */
export function termQuery(owner: string, { words, prefix }: WordQuery): TermQuery {
  return {
    terms: withOwner(owner, words),
    prefix: prefix === undefined ? undefined : `${keyOf(owner)}${prefix}`,
  }
}

/**
 * Each term begins with a key of its user. The cost of a search then depends on the texts of this user only. Two users may
 * have the same key, so the owner of a conversation is checked besides.
 */
function withOwner(owner: string, words: readonly string[]): string[] {
  const key = keyOf(owner)
  return words.map((word) => `${key}${word}`)
}

/** FNV-1a with 32 bits, in 7 characters. */
function keyOf(owner: string): string {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(owner)) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0).toString(36).padStart(7, '0')
}
