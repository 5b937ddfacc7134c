import { closest, distance } from 'fastest-levenshtein'
import lists from './vocabulary.json' with { type: 'json' }

/** A name that questions may hold, such as that of a pipeline, a team or a part of a platform. */
export type KnownName = {
  name: string
  /** The parameter that takes it: `pipeline`, `assignment_group`, `service`, `region`. */
  field: string
  /** The platform that the named thing is a part of, in lower case. */
  platform?: string
}

/** Meanings of words and phrases, stop words and names. */
export type Vocabulary = ReturnType<typeof vocabularyOf>

const wordsIn = (list: string) => new Set(list.split(' ').map((word) => word.replaceAll('_', ' ')))

/** The terms by form. */
function tableOf(...sections: Record<string, string>[]): Map<string, string[]> {
  const table = new Map<string, string[]>()
  for (const [term, forms] of sections.flatMap((section) => Object.entries(section))) {
    for (const form of wordsIn(`${term} ${forms}`.trim()))
      table.set(form, [...(table.get(form) ?? []), term])
  }
  return table
}

const base = tableOf(lists.subjects, lists.values, lists.aspects)
const subjectsBy = tableOf(lists.implied)
const stopWords = wordsIn(Object.values(lists.stop).join(' '))
const [precise, vague] = [wordsIn(lists.precise), wordsIn(lists.vague)]
const isPlain = (word: string) => stopWords.has(word) || precise.has(word)

/** Words by use: `commands` begin a sentence, also behind `openers`; `searching` stands in front of unknown words. */
export const wordLists = {
  commands: wordsIn(lists.commands),
  openers: wordsIn(lists.openers),
  pronouns: wordsIn(lists.pronouns),
  separators: wordsIn(lists.separators),
  searching: wordsIn(lists.searching),
  tenses: lists.tenses.split('|').map(wordsIn),
}
/** Meanings that name a platform, that name what is asked for, that a tool must apply, and that ask for a field. */
export const platformTerms = new Set(Object.keys(lists.platforms))
export const subjectTerms = new Set(Object.keys(lists.subjects)).difference(platformTerms)
export const valueTerms = new Set(Object.keys(lists.values))
export const aspectTerms = new Set(Object.keys(lists.aspects))
/** The subjects that a meaning or a field implies: "emergency" is said of changes. */
export const impliedBy = (term: string): readonly string[] => subjectsBy.get(term) ?? []

/** The vocabulary of English, the parts of the platforms and the names that the caller knows. */
export function createVocabulary(known: readonly KnownName[]): Vocabulary {
  const parts = Object.entries(lists.platforms).flatMap(([platform, list]) =>
    list.split('|').map((name) => ({ name, field: 'service', platform })),
  )
  const places = lists.regions.split('|').map((name) => ({ name, field: 'region' }))
  return vocabularyOf(base, [...parts, ...places, ...known])
}

function vocabularyOf(table: ReadonlyMap<string, string[]>, known: readonly KnownName[]) {
  const meaningsOf = (form: string) => {
    const exact = table.get(form)
    if (exact || form.includes(' ')) return exact ?? []
    return table.get(formsOf(form).find((one) => table.has(one)) ?? '') ?? []
  }
  const isTelling = (word: string) =>
    word.length > 3 && !vague.has(word) && !isPlain(word) && meaningsOf(word).length === 0
  const names = new Map<string, KnownName[]>()
  for (const { name: entry, ...rest } of known) {
    const [name = '', ...nicknames] = entry.split('=')
    for (const key of new Set([name, ...nicknames].flatMap((one) => keysOf(one, isTelling))))
      names.set(key, [...(names.get(key) ?? []), { name, ...rest }])
  }
  const nameWords = new Set([...names.keys()].flatMap((key) => key.split(' ')))
  const words = [...table.keys(), ...stopWords, lists.times].flatMap((key) => key.split(' '))
  const plain = new Set([...words, ...wordLists.commands, ...precise])
  const inflected = [...table.keys()].flatMap((word) => [`${word}s`, `${word}ed`, `${word}ing`])
  const isInName = (word: string) => nameWords.has(singular(word))
  return {
    table,
    known,
    meaningsOf,
    /** The names that these words are, or are a telling part of. */
    namesOf: (part: readonly string[]) => names.get(part.map(singular).join(' ')) ?? [],
    isInName,
    /** Whether a word or a phrase filters nothing. */
    isStop: (form: string) => stopWords.has(form),
    /** Whether a word needs no correction, and else the word that is meant. */
    knows: (word: string) => plain.has(word) || isInName(word) || meaningsOf(word).length > 0,
    correct: spellingOf([...words, ...inflected, ...nameWords]),
  }
}

/** The same with further words, each a meaning of its own. */
export function extend(base: Vocabulary, words: readonly string[]): Vocabulary {
  const isNew = (word: string) =>
    word.length > 2 && !formsOf(word).some(isPlain) && base.meaningsOf(word).length === 0
  const own = tableOf(Object.fromEntries(words.filter(isNew).map((word) => [singular(word), ''])))
  return vocabularyOf(new Map([...base.table, ...own]), base.known)
}

/** A name as a whole, and each run of its words that has a telling word. */
function keysOf(name: string, isTelling: (word: string) => boolean): string[] {
  const words = name
    .toLowerCase()
    .split(/[\s_.'-]+/)
    .map(singular)
  const starts = words.map((_, from) => words.slice(from))
  const runs = starts.flatMap((rest) => rest.map((_, size) => rest.slice(0, size + 1)))
  const isKey = (run: string[]) => run.length === words.length || run.some(isTelling)
  return runs.filter(isKey).map((run) => run.join(' '))
}

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
function formsOf(word: string): string[] {
  const stems = ['s', 'es', 'd', 'ed', 'ing']
    .filter((ending) => word.length - ending.length > 2 && word.endsWith(ending))
    .map((ending) => word.slice(0, -ending.length))
  return [word, ...stems.flatMap((stem) => [stem, `${stem}e`, stem.replace(/(.)\1$/, '$1')])]
}

/** A word without its plural ending, so that "runner" and "runners" are the same. */
const singular = (word: string) => word.replace(/(?<=.[^s])s$/, '')

/**
 * A function that finds the word for which a mistyped one stands: it begins alike and has the same letters in another
 * order, or one other letter, or two from 9 letters on if at most one is missing or too many.
 */
function spellingOf(words: readonly string[]): (word: string) => string | undefined {
  const known = Map.groupBy(new Set(words), (word) => word.charAt(0))
  const lettersOf = (word: string) => [...word].toSorted().join('')
  return (word) => {
    const near = known.get(word.charAt(0))
    if (near === undefined) return undefined
    const letters = lettersOf(word)
    const swapped = near.find((other) => lettersOf(other) === letters)
    const best = swapped ?? closest(word, near)
    const isLong = word.length >= 9 && Math.abs(word.length - best.length) < 2
    const most = word.length < 5 ? 0 : isLong ? 2 : 1
    return swapped || distance(word, best) <= most ? best : undefined
  }
}
