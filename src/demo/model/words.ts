import { distance } from 'fastest-levenshtein'

/** One word, number or punctuation mark of a text. */
export type Token = {
  /** In lower case; punctuation as it is. */
  word: string
  /** Offsets in the text. */
  start: number
  end: number
  /** The parts of one hyphenated word share a number. */
  group: number
}

const tokenPattern = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’_.:-]*|[?!.,;:&+/#"“”\n]/gu
const clockOrDate = /^\d[\d:.tz+-]*$/

/** Splits a text into tokens. Hyphenated words become one token per part; dates and clock times stay whole. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = []
  let group = 0
  for (const match of text.matchAll(tokenPattern)) {
    group += 1
    let raw = match[0].toLowerCase().replaceAll('’', "'")
    const isWord = /^[\p{L}\p{N}]/u.test(raw)
    while (isWord && "'_.:-".includes(raw.at(-1) ?? ' ')) raw = raw.slice(0, -1)
    const parts = isWord && !clockOrDate.test(raw) ? raw.split(/[-_.:]/) : [raw]
    let start = match.index
    for (const part of parts) {
      const end = start + part.length
      if (part.endsWith("n't")) {
        tokens.push({ word: part.slice(0, -3), start, end: end - 3, group })
        tokens.push({ word: 'not', start: end - 3, end, group })
      } else if (part !== '') {
        const word = part.replace(/'(?:s|re|ve|ll|d|m)?$/, '').replaceAll("'", '')
        tokens.push({ word, start, end, group })
      }
      start = end + 1
    }
    const mark = match[0].at(-1) ?? ''
    if (isWord && (mark === '.' || mark === ':')) {
      group += 1
      tokens.push({ word: mark, start: match.index + raw.length, end: start, group })
    }
  }
  return tokens
}

/** Forms under which a word may be listed: as it is, then without its plural or verb ending. */
export function formsOf(word: string): string[] {
  const forms = [word]
  for (const ending of ['s', 'es', 'd', 'ed', 'ing']) {
    if (word.length - ending.length < 3 || !word.endsWith(ending)) continue
    const stem = word.slice(0, -ending.length)
    forms.push(stem)
    if (ending === 'ing') forms.push(`${stem}e`)
    if (stem.at(-1) === stem.at(-2)) forms.push(stem.slice(0, -1))
  }
  if (word.endsWith('ies')) forms.push(`${word.slice(0, -3)}y`)
  return forms
}

/** A word without its plural ending, so that "runner" and "runners" are the same. */
export function singular(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word
}

/** Known words by first letter, to find the one that a mistyped word stands for. */
export class Spelling {
  readonly #byLetter = new Map<string, string[]>()

  constructor(words: Iterable<string>) {
    for (const word of words) {
      if (word.length < 4) continue
      const listed = this.#byLetter.get(word.charAt(0))
      if (listed) listed.push(word)
      else this.#byLetter.set(word.charAt(0), [word])
    }
  }

  /** The known word that differs by one letter or one swap of neighbours (two letters from 9 on), if there is one. */
  correct(word: string): string | undefined {
    if (word.length < 4 || word.length > 24 || /\d/.test(word)) return undefined
    let best: string | undefined
    let bestCost = word.length < 9 ? 1.5 : 2.5
    for (const letter of new Set([word.charAt(0), word.charAt(1)])) {
      for (const known of this.#byLetter.get(letter) ?? []) {
        if (Math.abs(known.length - word.length) > 1) continue
        const cost = costOf(word, known)
        if (cost < bestCost) {
          best = known
          bestCost = cost
        }
      }
    }
    return best
  }
}

/** The edit distance; a swap of neighbours costs 1, and a replaced letter in a word of four is too much. */
function costOf(word: string, known: string): number {
  const edits = distance(word, known)
  if (edits === 1) return word.length < 5 && known.length < 5 ? 2 : 1
  if (edits !== 2 || word.length !== known.length) return edits
  const at = [...word].findIndex((letter, i) => letter !== known[i])
  return word[at] === known[at + 1] && word[at + 1] === known[at] ? 1 : edits
}
