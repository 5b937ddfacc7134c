import { isSameWord } from './words.ts'

/** Finds the word of a vocabulary that was meant, for a word that is not in it. */
export type Spelling = (typed: string) => string | undefined

/**
 * Makes a spelling over a vocabulary. Words are filed under what is left of them without a letter or two, so that
 * a long text costs a few look-ups per word and not a comparison with every word there is.
 */
export function createSpelling(vocabulary: Iterable<string>): Spelling {
  const filed = new Map<string, string[]>()
  for (const word of vocabulary) {
    if (word.length < shortest) continue
    for (const rest of restsOf(word)) filed.set(rest, [...(filed.get(rest) ?? []), word])
  }
  return function correct(typed) {
    if (typed.length < shortest || typed.length > longest) return undefined
    for (const rest of restsOf(typed)) {
      const meant = filed.get(rest)?.find((word) => isSameWord(typed, word))
      if (meant !== undefined) return meant
    }
    return undefined
  }
}

const shortest = 5
const longest = 24
/** From this length on two errors are forgiven. */
const long = 9

function restsOf(word: string): Set<string> {
  const once = [word, ...withoutOne(word)]
  return new Set(word.length < long ? once : once.flatMap((rest) => [rest, ...withoutOne(rest)]))
}

function withoutOne(word: string): string[] {
  return Array.from({ length: word.length }, (_, at) => word.slice(0, at) + word.slice(at + 1))
}
