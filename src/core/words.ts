/** Only so much of a text can be found: the characters at its beginning, and so many different words. */
export const maxSearchableCharacters = 65_536
const maxSearchableWords = 10_000

/** Longer words are cut, in texts and in queries. */
const maxWordLength = 32

/** Further words of a query are ignored. */
const maxQueryWords = 16

/** The words that a text must contain. `prefix` is the last one, which may be the beginning of a word. */
export type WordQuery = { words: readonly string[]; prefix?: string }

/** A letter or a digit with its marks. */
const wordCharacter = String.raw`[\p{L}\p{N}\p{M}]`

/** Scripts that put no spaces between words. */
const unspacedScript = String.raw`[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]`
const unspaced = `[${unspacedScript}&&${wordCharacter}]`

/** A sequence of letters and digits: a word, or a phrase without spaces. */
export const wordPattern = new RegExp(
  `(?<phrase>${unspaced}+)|[${wordCharacter}--${unspacedScript}]+`,
  'gv',
)

/** Diacritics of Latin, Greek and Cyrillic, and the vowel points of Hebrew and Arabic. Other marks make other letters. */
const diacritics = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/g

/** Makes texts equal that differ only in case, in diacritics or in the width of characters. */
export function foldText(text: string): string {
  if (isAscii(text)) return text.toLowerCase()
  const folded = text.toWellFormed().normalize('NFKD').replace(diacritics, '').normalize('NFKC')
  // Upper case first, for letters such as ß. Lower case depends on the position for sigma only.
  return folded.toUpperCase().toLowerCase().replaceAll('ς', 'σ')
}

/**
 * The different words of a text, folded, as a search finds them. A phrase in a script without spaces gives its characters
 * and each pair of neighbours.
 */
export function wordsOf(text: string): string[] {
  const words = new Set<string>()
  let space = maxSearchableCharacters
  // Other ASCII characters separate words in every script. The pattern for all scripts costs five times as much.
  for (const part of text.slice(0, space).match(/[a-z0-9\u0080-\uffff]+/gi) ?? []) {
    const folded = foldText(part).slice(0, space)
    // Folding makes some characters longer.
    space -= folded.length
    // Folding also makes ASCII that is no word: three points of an ellipsis.
    if (/^[a-z0-9]+$/.test(folded)) words.add(cut(folded))
    else addWords(words, folded)
    if (words.size >= maxSearchableWords || space <= 0) break
  }
  return [...words].slice(0, maxSearchableWords)
}

function addWords(words: Set<string>, folded: string): void {
  for (const match of folded.matchAll(wordPattern)) {
    if (match.groups?.phrase === undefined) words.add(cut(match[0]))
    else addPhrase(words, match[0])
    if (words.size >= maxSearchableWords) return
  }
}

function addPhrase(words: Set<string>, phrase: string): void {
  let previous = ''
  for (const character of phrase) {
    words.add(character)
    if (previous !== '') words.add(`${previous}${character}`)
    if (words.size >= maxSearchableWords) return
    previous = character
  }
}

/** Reads a search. Everything but letters and digits separates words. Undefined if there is none. */
export function parseWordQuery(text: string): WordQuery | undefined {
  const words = new Set<string>()
  let prefix: string | undefined
  for (const match of foldText(text).matchAll(wordPattern)) {
    if (prefix !== undefined) words.add(prefix)
    prefix = undefined
    if (match.groups?.phrase === undefined) prefix = cut(match[0])
    else for (const word of pairsOf(match[0])) words.add(word)
    if (words.size >= maxQueryWords) break
  }
  if (words.size === 0 && prefix === undefined) return undefined
  if (prefix === undefined || words.size >= maxQueryWords) {
    return { words: [...words].slice(0, maxQueryWords) }
  }
  return { words: [...words], prefix }
}

/** The pairs of neighbours in a phrase; the phrase itself if it is one character. */
export function pairsOf(phrase: string): string[] {
  const characters = [...phrase]
  if (characters.length === 1) return characters
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`)
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text)
}

function cut(word: string): string {
  return word.length > maxWordLength ? word.slice(0, maxWordLength).toWellFormed() : word
}
