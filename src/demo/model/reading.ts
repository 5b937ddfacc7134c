import { findTimes, type TimeWords } from './times.ts'
import { type KnownName, type Token, tokenise, type Vocabulary, wordLists } from './vocabulary.ts'

const { commands, openers, pronouns, searching, separators, tenses } = wordLists

/** Words of a question (the tokens `from` to before `to`) with all their possible meanings. */
export type Item = {
  text: string
  from: number
  to: number
  terms: readonly string[]
  names: readonly KnownName[]
  /** A ticket number: `chg`, `0030412`. The prefix is empty where only digits stand. */
  id?: { prefix: string; digits: string }
  /** A number, or all that "2 or higher" means. */
  numbers?: readonly number[]
  time?: TimeWords
  /** To be searched for as it is: an identifier, a quotation, or an unknown word behind a preposition. */
  search?: string
  /** Only a text search may take the search, because the words may mean something else. */
  isGuess?: boolean
  /** Shared from another clause: it may be left out where it does not apply. */
  isOptional?: boolean
}

/** The part of a question between two separators. A command asks for an action; a topic stands in front of a colon. */
export type Fragment = {
  items: Item[]
  text: string
  sentence: number
  hasPronoun: boolean
  isCommand: boolean
  isTopic: boolean
}

type Found = { to: number; item?: Item }

/** Whether words name a thing: by a name, a number, or as it is. */
export const isNamed = ({ names, id, search }: Item) =>
  names.length > 0 || id !== undefined || search !== undefined

/** Whether words say when: a time, or "right now". */
export const isMoment = ({ time, terms }: Item) => time !== undefined || terms.includes('now')

/** Whether words ask how everything is: "anything wrong today?". */
export function isOverview(items: readonly Item[]): boolean {
  const others = items.filter((item) => !isMoment(item))
  return others.length > 0 && others.every(({ terms }) => terms.includes('overview'))
}

/** Whether the words have no known meaning. */
export const isUnread = (item: Item) =>
  item.terms.length === 0 && !isNamed(item) && !item.numbers && !item.time

/**
 * Reads the words, names, numbers and times of a text, between separators, and the corrected words. The cost is linear
 * in the length of the text.
 */
export function read(text: string, vocabulary: Vocabulary, now: number) {
  const tokens = tokenise(text)
  const corrections = correct(tokens, text, vocabulary)
  const { readAt, textOf } = readerOf(text, tokens, vocabulary, now)
  const fragments: Fragment[] = []
  let items: Item[] = []
  let previous: Item | undefined
  let [start, sentence, isPast] = [0, 0, false]
  for (let at = 0; at <= tokens.length; ) {
    const word = tokens[at]?.word ?? '.'
    const isEnd = /^[.?!;\n]$/.test(word)
    if (!isEnd && !separators.has(word)) {
      const { item, to } = readAt(at, previous)
      // "azure storage" is the part: the platform in front of it is no second filter.
      const isPart = item?.names.some(({ platform = '' }) => previous?.terms.includes(platform))
      if (isPart && previous?.to === at) items.pop()
      if (item) items.push(item)
      ;[previous, at] = [item ?? previous, to]
      continue
    }
    const words = tokens.slice(start, at).map((token) => token.word)
    // Words of the past and others in turn, the clearest first: "was planned" is past.
    const tense = tenses.findIndex((some) => words.some((one) => some.has(one)))
    isPast = tense < 0 ? isPast : tense % 2 === 0
    for (const item of isPast ? items : [])
      if (item.time) item.time = { ...item.time, planned: item.time.past }
    // "pipelines with their schedule" says what "their" is about.
    const isOpen = (one: string) =>
      pronouns.has(one) && (items.length === 0 || !/^(?:its|their)$/.test(one))
    const about = { hasPronoun: words.some(isOpen), isCommand: isCommand(words) }
    fragments.push({ items, text: textOf(start, at), sentence, isTopic: word === ':', ...about })
    if (isEnd) [sentence, previous, isPast] = [sentence + 1, undefined, false]
    ;[items, start, at] = [[], at + 1, at + 1]
  }
  return { fragments, corrections }
}

function isCommand(words: readonly string[]): boolean {
  const at = words.findIndex((word) => !openers.has(word))
  return commands.has(words[at] ?? '') || commands.has(words.slice(at, at + 2).join(' '))
}

/** Corrects mistyped words in place; in hyphenated words, and with a capital in a sentence, only parts of names. */
function correct(tokens: readonly Token[], text: string, vocabulary: Vocabulary) {
  const isUnknown = ({ word }: Token) => /^\p{L}{4,}$/u.test(word) && !vocabulary.knows(word)
  const unknown = [...tokens.entries()].filter(([, token]) => isUnknown(token))
  return unknown.slice(0, 40).flatMap(([at, token]) => {
    const to = vocabulary.correct(token.word)
    const isPart = [tokens[at - 1], tokens[at + 1]].some((other) => other?.group === token.group)
    const isFirst = /^[.?!:;\n]?$/.test(tokens[at - 1]?.word ?? '')
    const isName = isPart || (!isFirst && /^\p{Lu}\p{Ll}/u.test(text.slice(token.start, token.end)))
    if (to === undefined || (isName && !vocabulary.isInName(to))) return []
    const from = token.word
    token.word = to
    return [{ from, to }]
  })
}

function readerOf(text: string, tokens: readonly Token[], vocabulary: Vocabulary, now: number) {
  const { meaningsOf, namesOf, isStop, knows } = vocabulary
  const times = new Map(findTimes(tokens, now).map((time) => [time.at, time]))
  const wordAt = (at: number) => tokens[at]?.word ?? ''
  const textOf = (from: number, to: number) => text.slice(tokens[from]?.start, tokens[to - 1]?.end)
  const ends = new Map(tokens.map(({ group }, at) => [group, at + 1]))
  const groupEnd = (at: number) => ends.get(tokens[at]?.group ?? 0) ?? at + 1
  const unknown = new Set(tokens.filter(({ word }) => !knows(word)).map(({ group }) => group))

  function itemOf(from: number, to: number, meaning: Partial<Item>): { to: number; item: Item } {
    return { to, item: { text: textOf(from, to), from, to, terms: [], names: [], ...meaning } }
  }

  function readAt(at: number, previous: Item | undefined): Found {
    const word = wordAt(at)
    if (isStop(`${word} ${wordAt(at + 1)}`)) return { to: at + 2 }
    const isQuote = (one: Token, i: number) => i > at && /["”]/.test(one.word)
    const close = /["“]/.test(word) ? tokens.findIndex(isQuote) : -1
    if (close > at + 1) return itemOf(at, close + 1, { search: textOf(at + 1, close) })
    const time = times.get(at)
    if (time) return itemOf(at, time.end, { time })
    const known = readNumber(at, previous) ?? readKnown(at)
    if (known) return known
    if (isStop(word) || !/[\p{L}\p{N}]/u.test(word)) return { to: at + 1 }
    const end = groupEnd(at)
    if (end > at + 1 || /\d/.test(word)) return itemOf(at, end, { search: textOf(at, end) })
    const before = wordAt(/^(?:the|an?|our)$/.test(wordAt(at - 1)) ? at - 2 : at - 1)
    const isGuess = searching.has(before) && /^[a-z]+$/.test(word) && !knows(word)
    return itemOf(at, end, isGuess ? { search: word, isGuess } : {})
  }

  /** The longest name or phrase. A hyphenated word counts whole, or by parts if all of them are known. */
  function readKnown(at: number): Found | undefined {
    const group = groupEnd(at)
    const isWhole = unknown.has(tokens[at]?.group ?? 0)
    const most = [1, 2, 3, 4, 5].find((step) => times.has(at + step)) ?? 6
    for (let to = Math.min(at + most, tokens.length); to > at; to--) {
      if (isWhole && (to < group || groupEnd(to - 1) > to)) continue
      const words = tokens.slice(at, to).map(({ word }) => word)
      const [names, terms] = [namesOf(words), meaningsOf(words.join(' '))]
      if (names.length + terms.length > 0) return itemOf(at, to, { names, terms })
    }
    return undefined
  }

  /** "INC0010023", "chg 30412", "P1", "priority 1, 2 or 3", "P1-P3", "2 or higher", "last 5". */
  function readNumber(at: number, previous: Item | undefined): Found | undefined {
    const word = wordAt(at)
    const next = wordAt(at + 1) === '#' ? at + 2 : at + 1
    const isPart = groupEnd(at) > at + 1
    const idOf = (to: number, prefix: string, digits = '') =>
      itemOf(at, to, { terms: meaningsOf(prefix), id: { prefix, digits } })
    const numberOf = (to: number, terms: readonly string[], number: number) => {
      // "P1-P3" is all from the one to the other. 1 is the highest.
      const isRange = previous?.to === at && groupEnd(at - 1) > at
      const isUp = /^(?:or|and) (?:higher|above)$/.test(`${wordAt(to)} ${wordAt(to + 1)}`)
      const first = isUp ? 1 : isRange ? (previous?.numbers?.at(-1) ?? number) : number
      const numbers = [1, 2, 3, 4].filter((one) => one >= first && one < number)
      return itemOf(at, isUp ? to + 2 : to, { terms, numbers: [...numbers, number] })
    }
    const [, prefix, digits] = /^([a-z]{2,6})(\d{3,})$/.exec(word) ?? []
    if (prefix && !isPart) return idOf(at + 1, prefix, digits)
    const isPrefix = /^[a-z]{2,5}$/.test(word) && meaningsOf(word).length > 0
    if (isPrefix && /^\d{4,7}$/.test(wordAt(next))) return idOf(next + 1, word, wordAt(next))
    const [level, inner] = /^(?:p|sev|prio)(\d)?s?$/.exec(word) ?? []
    const digit = inner ?? (level && /^\d$/.exec(wordAt(next))?.[0])
    if (digit) return numberOf(inner ? at + 1 : next + 1, ['priority'], Number(digit))
    if (!/^\d{1,7}$/.test(word) || isPart) return undefined
    if (word.length > 3) return idOf(at + 1, '', word)
    const between = tokens.slice(previous?.to ?? at, at).map((token) => token.word)
    const isListed = between.every((one) => separators.has(one) || /^(?:#|level|is)$/.test(one))
    return numberOf(at + 1, isListed ? (previous?.terms ?? []) : [], Number(word))
  }

  return { readAt, textOf }
}
