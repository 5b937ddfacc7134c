import { wordsOf } from '../core/words.ts'
import type { RunbookSection } from './runbook-sections.ts'

/** A word in the headings or in the path says more about a section than one in its text. */
const headingWeight = 3

type Entry = {
  section: RunbookSection
  words: ReadonlySet<string>
  titleWords: ReadonlySet<string>
}

/** The full text of sections. */
export class RunbookIndex {
  readonly #entries: Entry[] = []
  /** In how many sections a word is. */
  readonly #counts = new Map<string, number>()

  /** How many sections there are. */
  get size(): number {
    return this.#entries.length
  }

  add(section: RunbookSection): void {
    const titleWords = stemsOf([section.path, ...section.headings].join(' '))
    const words = stemsOf(section.text).union(titleWords)
    this.#entries.push({ section, words, titleWords })
    for (const word of words) this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1)
  }

  /** The sections with at least one of the words, best first. Rare words count more, and so do short sections. */
  search(query: string): RunbookSection[] {
    const wanted = [...stemsOf(query)].slice(0, 16)
    const scored = this.#entries.flatMap((entry) => {
      const score = wanted.reduce((sum, word) => sum + this.#weigh(word, entry), 0)
      return score > 0 ? [{ ...entry, score: score / (1 + Math.log1p(entry.words.size) / 10) }] : []
    })
    return scored.sort((a, b) => b.score - a.score).map(({ section }) => section)
  }

  #weigh(word: string, { words, titleWords }: Entry): number {
    if (!words.has(word)) return 0
    const rarity = Math.log1p(this.size / (this.#counts.get(word) ?? 1))
    return titleWords.has(word) ? rarity * headingWeight : rarity
  }
}

/** The words without the usual endings of English, so that "restarting" finds "restart". */
function stemsOf(text: string): Set<string> {
  return new Set(wordsOf(text).map(stemOf))
}

function stemOf(word: string): string {
  const stem = word.replace(/(?<=[a-z]{3})(?:ing|ed|es|s)$/, '')
  return stem === word ? word.replace(/(?<=[a-z]{3})e$/, '') : stem.replace(/([a-z])\1$/, '$1')
}
