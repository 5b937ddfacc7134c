import { distance } from 'fastest-levenshtein'

/** A word (lower case, no apostrophes), number or mark of a text. Parts of one hyphenated word share a group. */
export type Token = { word: string; start: number; end: number; group: number }

const tokenPattern = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’_.:-]*|[?!.,;:&+/#"“”\n]/gu

/** Splits a text into tokens: hyphenated words part by part, dates and times of day whole. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = []
  let group = 0
  for (const { 0: found, index } of text.matchAll(tokenPattern)) {
    const raw = found.toLowerCase().replaceAll('’', "'")
    const isWord = /^[\p{L}\p{N}]/u.test(raw)
    const body = isWord
      ? raw.slice(0, raw.length - (/['_.:-]*$/.exec(raw.slice(-8))?.[0].length ?? 0))
      : raw
    const parts = !isWord || /^\d[\d:.tz+-]*$/.test(body) ? [body] : body.split(/[-_.:]/)
    let start = index
    group += 2
    for (const part of parts) {
      const end = start + part.length
      const isNegated = part.endsWith("n't")
      const word = isNegated ? part.slice(0, -3) : part.replace(/'(?:s|re|ve|ll|d|m)?$/, '')
      if (word !== '') tokens.push({ word: word.replaceAll("'", ''), start, end, group })
      if (isNegated) tokens.push({ word: 'not', start: end - 3, end, group })
      start = end + 1
    }
    const mark = raw.slice(body.length).at(-1) ?? ''
    if (/[.:]/.test(mark))
      tokens.push({ word: mark, start: start - 1, end: start, group: group + 1 })
  }
  return tokens
}

/** Forms under which a word may be listed: as it is, then without its plural or verb ending. */
export function formsOf(word: string): string[] {
  const forms = [word]
  for (const ending of ['s', 'es', 'd', 'ed', 'ing']) {
    if (word.length - ending.length < 3 || !word.endsWith(ending)) continue
    const stem = word.slice(0, -ending.length)
    forms.push(stem, `${stem}e`)
    if (stem.at(-1) === stem.at(-2)) forms.push(stem.slice(0, -1))
  }
  return word.endsWith('ies') ? [...forms, `${word.slice(0, -3)}y`] : forms
}

/** A word without its plural ending, so that "runner" and "runners" are the same. */
export function singular(word: string): string {
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word
}

/**
 * A function that finds the word for which a mistyped one stands: it differs by one letter, by two from 9 letters on,
 * or by a swap of neighbours. Words with fewer than four letters are not corrected.
 */
export function spellingOf(words: Iterable<string>): (word: string) => string | undefined {
  const known = [...new Set(words)].filter((word) => word.length > 3)
  const byLetter = Map.groupBy(known, (word) => word.charAt(0))
  return (word) => {
    if (word.length < 4 || word.length > 24) return undefined
    const near = [...new Set(word.slice(0, 2))].flatMap((letter) => byLetter.get(letter) ?? [])
    const costs = near.map((other): [number, string] => [costOf(word, other), other])
    const [cost = 9, best] = costs.sort(([a], [b]) => a - b)[0] ?? []
    return cost <= (word.length < 9 ? 1 : 2) ? best : undefined
  }
}

/** The edit distance, where a swap of neighbours costs 1. In words of four letters a replaced letter costs 2. */
function costOf(word: string, known: string): number {
  if (Math.abs(known.length - word.length) > 1) return 9
  const edits = distance(word, known)
  if (edits === 1) return word.length < 5 && known.length < 5 ? 2 : 1
  const at = [...word].findIndex((letter, i) => letter !== known[i])
  const isSwap = word[at] === known[at + 1] && word[at + 1] === known[at]
  return edits === 2 && word.length === known.length && isSwap ? 1 : edits
}
