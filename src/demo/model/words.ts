import { distance } from 'fastest-levenshtein'

/** A word (lower case, no apostrophes), number or mark of a text. Parts of a hyphenated word share a group. */
export type Token = { word: string; start: number; end: number; group: number }

const pattern = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’_.:-]*|[?!.,;:&+/#"“”\n]/gu

/** Splits a text into tokens: hyphenated words part by part, dates and times of day whole. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = []
  let group = 0
  for (const { 0: found, index } of text.matchAll(pattern)) {
    const raw = found.toLowerCase().replaceAll('’', "'")
    const marks = raw.length > 1 ? (/['_.:-]*$/.exec(raw.slice(-8))?.[0] ?? '') : ''
    const body = raw.slice(0, raw.length - marks.length)
    const isWhole = body.length === 1 || /^\d[\d:.tz+-]*$/.test(body)
    let start = index
    group += 2
    for (const part of isWhole ? [body] : body.split(/[-_.:]/)) {
      const end = start + part.length
      const isNegated = part.endsWith("n't")
      const word = isNegated ? part.slice(0, -3) : part.replace(/'(?:s|re|ve|ll|d|m)?$/, '')
      if (word !== '') tokens.push({ word: word.replaceAll("'", ''), start, end, group })
      if (isNegated) tokens.push({ word: 'not', start: end - 3, end, group })
      start = end + 1
    }
    const mark = marks.at(-1) ?? ''
    if (/[.:]/.test(mark)) tokens.push({ word: mark, start, end: start, group: group + 1 })
  }
  return tokens
}

/** Forms under which a word may be listed: as it is, then without its plural or verb ending. */
export function formsOf(word: string): string[] {
  const stems = ['s', 'es', 'd', 'ed', 'ing']
    .filter((ending) => word.length - ending.length > 2 && word.endsWith(ending))
    .map((ending) => word.slice(0, -ending.length))
  const ies = word.endsWith('ies') ? [`${word.slice(0, -3)}y`] : []
  return [
    word,
    ...stems.flatMap((stem) => [stem, `${stem}e`, stem.replace(/(.)\1$/, '$1')]),
    ...ies,
  ]
}

/** A word without its plural ending, so that "runner" and "runners" are the same. */
export function singular(word: string): string {
  return word.length > 3 && /[^s]s$/.test(word) ? word.slice(0, -1) : word
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
    const [cost = 9, best] = costs.reduce((a, b) => (b[0] < a[0] ? b : a), [9, ''])
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
