import type { WordMatch } from './word-match.ts'

/** A part of a text. `matches` are the ranges that match a search: start and end, in UTF-16 units. */
export type Snippet = { text: string; matches: [start: number, end: number][] }

const maxCharacters = 160
const maxBefore = 40

/** The part of a text that has most of the different words of a search. The text must have a match. */
export function makeSnippet(text: string, matches: readonly WordMatch[]): Snippet {
  const first = bestStart(matches)
  const matchStart = matches[first]?.start ?? 0
  const start = wordStart(text, Math.max(0, matchStart - maxBefore), matchStart)
  const matchEnd = matches[first]?.end ?? 0
  const end = wordEnd(text, matchEnd, Math.min(text.length, start + maxCharacters))
  const snippet: Snippet = { text: start > 0 ? '…' : '', matches: [] }
  let at = start
  for (const match of matches.slice(first)) {
    const matchedEnd = Math.min(match.end, end)
    if (match.start >= matchedEnd) break
    append(snippet, text.slice(at, match.start))
    const from = snippet.text.length
    append(snippet, text.slice(match.start, matchedEnd))
    snippet.matches.push([from, snippet.text.length])
    at = matchedEnd
  }
  append(snippet, text.slice(at, end))
  snippet.text = snippet.text.trimEnd()
  if (end < text.length) snippet.text += '…'
  return snippet
}

/** Appends text as one line, without the marks of Markdown and without characters that change the direction. */
function append(snippet: Snippet, text: string): void {
  const plain = text
    .toWellFormed()
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replaceAll(/[*`]/g, '')
    .replaceAll(/[\s\p{Cc}#|]+/gu, ' ')
  snippet.text += /(?:^|\s)$/.test(snippet.text) ? plain.trimStart() : plain
}

/** The first match of the window with most different words. */
function bestStart(matches: readonly WordMatch[]): number {
  const counts = new Map<number, number>()
  let best = { first: 0, words: 0 }
  let first = 0
  for (const match of matches) {
    for (const word of match.words) counts.set(word, (counts.get(word) ?? 0) + 1)
    while (match.end - (matches[first]?.start ?? 0) > maxCharacters - maxBefore) {
      for (const word of matches[first]?.words ?? []) {
        const left = (counts.get(word) ?? 1) - 1
        if (left === 0) counts.delete(word)
        else counts.set(word, left)
      }
      first += 1
      if (matches[first] === match || first >= matches.length) break
    }
    if (counts.size > best.words) best = { first, words: counts.size }
  }
  return best.first
}

/** Moves the start of a snippet to the beginning of a word. */
function wordStart(text: string, from: number, to: number): number {
  if (from === 0) return 0
  const space = text.slice(from, to).search(/\s/)
  return space < 0 ? wholeCharacter(text, from) : from + space + 1
}

/** Moves the end of a snippet to the end of a word. */
function wordEnd(text: string, from: number, to: number): number {
  if (to >= text.length || from >= to) return wholeCharacter(text, to)
  const end = text.slice(from, to).search(/\s\S*$/)
  return end < 0 ? wholeCharacter(text, to) : from + end
}

/** A position that does not divide a surrogate pair. */
function wholeCharacter(text: string, at: number): number {
  return /^[\udc00-\udfff]/.test(text.charAt(at)) ? at - 1 : at
}
