import type { Hit } from './lexicon.ts'
import type { Reading } from './reading.ts'
import { stopWords } from './stop-words.ts'

/** Words that nothing else explains: probably the name of something. */
export type LeftOver = { text: string; first: number; last: number; before: string; after: string }

/** The runs of words in a clause that are neither recognised nor everyday words. */
export function leftOvers(
  reading: Reading,
  { first, last }: { first: number; last: number },
  hits: Hit[],
): LeftOver[] {
  const { tokens, times } = reading
  const explained = [...hits, ...times]
  const isName = (index: number) => {
    const word = tokens[index]?.word ?? ''
    if (stopWords.has(word) || !/^[\p{L}\p{N}]/u.test(word) || /^\d{1,2}$/.test(word)) return false
    return !explained.some((known) => index >= known.first && index <= known.last)
  }
  const found: LeftOver[] = []
  for (let index = first; index <= last; index++) {
    if (!isName(index)) continue
    let end = index
    while (end < last && isName(end + 1)) end++
    found.push({
      text: rawText(reading, index, end),
      first: index,
      last: end,
      before: tokens[index - 1]?.word ?? '',
      after: tokens[end + 1]?.word ?? '',
    })
    index = end
  }
  return found
}

/** The words from one token to another as written. */
export function rawText({ tokens }: Reading, first: number, last: number): string {
  return tokens
    .slice(first, last + 1)
    .map(({ raw }) => raw.replace(/['’]s$/, ''))
    .join(' ')
}

/** The word before a name, articles left out. */
export function leadOf({ tokens }: Reading, { first }: { first: number }): string {
  const articles = ['the', 'a', 'an', 'our', 'my', 'this', 'that', 'any', 'all', 'these', 'those']
  let index = first - 1
  while (articles.includes(tokens[index]?.word ?? '')) index--
  return tokens[index]?.word ?? ''
}
