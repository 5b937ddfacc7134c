import { findTimes, type TimeWords } from './times.ts'
import { commands, type KnownName, pronouns, type Vocabulary } from './vocabulary.ts'
import { type Token, tokenise } from './words.ts'

/** Some words of a question (the tokens `from` to before `to`) and everything that they may mean. */
export type Item = {
  text: string
  from: number
  to: number
  terms: readonly string[]
  names: readonly KnownName[]
  /** A ticket number: `chg`, `0030412`. The prefix is empty where only digits stand. */
  id?: { prefix: string; digits: string }
  numbers?: readonly number[]
  /** "higher" in "or higher" behind a number. */
  bound?: string
  time?: TimeWords
  /** To be searched for as it is: an identifier, a quotation, or words behind a preposition. */
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

/** A text taken apart; `corrections` are mistyped words and how they were read. */
export type Reading = {
  tokens: readonly Token[]
  fragments: Fragment[]
  corrections: { from: string; to: string }[]
}

type Found = { to: number; item?: Item }

const separators = /^(?:and|or|,|&|\+|\/|plus|also|but|then|because|whether|if|while|:)$/
const sentenceEnds = /^[.?!;\n]$/
const polite =
  /^(?:please|can|could|would|will|you|kindly|pls|now|just|hey|hi|hello|lets|us|go|ahead|i|want|need|to|like|ok)$/
/** Any words may be searched for behind the first ones, unknown words behind prepositions. */
const searches =
  /^(?:about|mentioning|mentions?|regarding|concerning|containing|contains|named|called|matching)$/
const prepositions = /^(?:on|for|of|with|against|to)$/
const articles = /^(?:the|an?|our)$/
/** What "not" makes of the meaning behind it. */
const negations = new Map([
  ['resolved', ['open']],
  ['closed', ['open']],
  ['succeeded', ['failed']],
  ['run', ['failed']],
  ['health', ['health', 'overview']],
])
const maxCorrections = 40

/** Whether nothing is known of what these words mean. */
export function isUnread({ terms, names, id, numbers, time, search }: Item): boolean {
  return terms.length + names.length === 0 && !id && !numbers && !time && search === undefined
}

/** Reads the words, names, numbers and times of a text, between separators. The cost is linear in its length. */
export function read(text: string, vocabulary: Vocabulary, now: number): Reading {
  const tokens = tokenise(text)
  const corrections = correct(tokens, vocabulary)
  const reader = readerOf(text, tokens, vocabulary, now)
  const fragments: Fragment[] = []
  let items: Item[] = []
  let previous: Item | undefined
  let [start, sentence] = [0, 0]
  for (let at = 0; at <= tokens.length; ) {
    const word = tokens[at]?.word ?? '.'
    if (separators.test(word) || sentenceEnds.test(word)) {
      const words = tokens.slice(start, at).map((token) => token.word)
      // "pipelines with their schedule" names what "their" is about.
      const hasPronoun = words.some(
        (one) => pronouns.has(one) && (items.length === 0 || !/^(?:its|their)$/.test(one)),
      )
      const part = {
        text: reader.textOf(start, at),
        isCommand: isCommand(words),
        isTopic: word === ':',
      }
      fragments.push({ items, sentence, hasPronoun, ...part })
      if (sentenceEnds.test(word)) [sentence, previous] = [sentence + 1, undefined]
      ;[items, start, at] = [[], at + 1, at + 1]
    } else {
      const { item, to } = reader.readAt(at, previous)
      if (item) items.push(item)
      ;[previous, at] = [item ?? previous, to]
    }
  }
  return { tokens, fragments, corrections }
}

function isCommand(words: readonly string[]): boolean {
  const at = words.findIndex((word) => !polite.test(word))
  return commands.has(words[at] ?? '') || commands.has(words.slice(at, at + 2).join(' '))
}

/** Corrects mistyped words in place; in hyphenated words only parts of names. */
function correct(tokens: readonly Token[], vocabulary: Vocabulary): Reading['corrections'] {
  const unknown = [...tokens.entries()].filter(
    ([, { word }]) => /^\p{L}{4,}$/u.test(word) && !vocabulary.knows(word),
  )
  return unknown.slice(0, maxCorrections).flatMap(([at, token]) => {
    const to = vocabulary.correct(token.word)
    const isPart = token.group === tokens[at - 1]?.group || token.group === tokens[at + 1]?.group
    if (to === undefined || (isPart && !vocabulary.isInName(to))) return []
    const from = token.word
    token.word = to
    return [{ from, to }]
  })
}

/** Reads one item at a time. */
function readerOf(text: string, tokens: readonly Token[], vocabulary: Vocabulary, now: number) {
  const times = new Map(findTimes(tokens, now).map((time) => [time.at, time]))
  const wordAt = (at: number) => tokens[at]?.word ?? ''
  const textOf = (from: number, to: number) => text.slice(tokens[from]?.start, tokens[to - 1]?.end)
  const itemOf = (
    from: number,
    to: number,
    meaning: Partial<Item>,
  ): { to: number; item: Item } => ({
    to,
    item: { text: textOf(from, to), from, to, terms: [], names: [], ...meaning },
  })
  const idOf = (at: number, to: number, prefix = '', digits = '') =>
    itemOf(at, to, { terms: vocabulary.meaningsOf(prefix), id: { prefix, digits } })

  /** Where the hyphenated word that begins or goes on here ends. */
  function groupEnd(at: number): number {
    let end = at + 1
    while (tokens[end] && tokens[end]?.group === tokens[at]?.group) end += 1
    return end
  }

  function readAt(at: number, previous: Item | undefined): Found {
    const word = wordAt(at)
    if (vocabulary.isStop(`${word} ${wordAt(at + 1)}`)) return { to: at + 2 }
    if (word === 'not' || word === 'never') return readNegation(at)
    if (word === '"' || word === '“') return readQuotation(at)
    const time = times.get(at)
    if (time) return itemOf(at, time.end, { time })
    const number = readNumber(at, previous)
    if (number) return number
    const known = (searches.test(word) ? readSearch(at + 1, true) : undefined) ?? readKnown(at)
    if (known) return known
    const isAboutMe = word === 'me' && /^(?:to|with|by)$/.test(wordAt(at - 1))
    if (!isAboutMe && (vocabulary.isStop(word) || !/[\p{L}\p{N}]/u.test(word)))
      return { to: at + 1 }
    const end = groupEnd(at)
    if (end > at + 1 || /\d/.test(word)) return itemOf(at, end, { search: textOf(at, end) })
    const before = articles.test(wordAt(at - 1)) ? at - 2 : at - 1
    const isBehind = prepositions.test(wordAt(before)) && !isAboutMe
    return (isBehind ? readSearch(at, false) : undefined) ?? itemOf(at, end, {})
  }

  /** The longest name or phrase. A hyphenated word counts whole, or by parts if all of them are known. */
  function readKnown(at: number): Found | undefined {
    const group = groupEnd(at)
    const isWhole = !tokens.slice(at, group).every(({ word }) => vocabulary.knows(word))
    const most = [1, 2, 3, 4, 5].find((step) => times.has(at + step)) ?? 6
    for (let to = Math.min(at + most, tokens.length); to > at; to--) {
      if (isWhole && (to < group || (to > group && groupEnd(to - 1) > to))) continue
      const words = tokens.slice(at, to).map(({ word }) => word)
      const meaning = {
        names: vocabulary.namesOf(words),
        terms: vocabulary.meaningsOf(words.join(' ')),
      }
      if (meaning.names.length + meaning.terms.length > 0) return itemOf(at, to, meaning)
    }
    return undefined
  }

  /** "INC0010023", "chg 30412", "P1", "priority 1, 2 or 3", "2 or higher", "last 5". */
  function readNumber(at: number, previous: Item | undefined): Found | undefined {
    const word = wordAt(at)
    const next = wordAt(at + 1) === '#' ? at + 2 : at + 1
    const isLast = groupEnd(at) === at + 1
    const [, prefix, digits] = /^([a-z]{2,6})(\d{3,})$/.exec(word) ?? []
    if (prefix && isLast) return idOf(at, at + 1, prefix, digits)
    const isPrefix = /^[a-z]{2,5}$/.test(word) && vocabulary.meaningsOf(word).length > 0
    if (isPrefix && /^\d{4,7}$/.test(wordAt(next))) return idOf(at, next + 1, word, wordAt(next))
    const [level, inner] = /^(?:p|sev|prio)(\d)?s?$/.exec(word) ?? []
    const digit = inner ?? (level && /^\d$/.exec(wordAt(next))?.[0])
    if (digit) return readLevel(at, inner ? at + 1 : next + 1, ['priority'], Number(digit))
    if (!/^\d{1,7}$/.test(word) || !isLast) return undefined
    if (word.length > 3) return idOf(at, at + 1, '', word)
    const between = tokens.slice(previous?.to ?? at, at).map((token) => token.word)
    const isListed = between.every(
      (one) => separators.test(one) || /^(?:#|number|level|is)$/.test(one),
    )
    return readLevel(at, at + 1, isListed && previous ? previous.terms : [], Number(word))
  }

  function readLevel(at: number, to: number, terms: readonly string[], value: number): Found {
    const bounds = /^(?:or|and) (higher|above|worse|up|lower|below)$/
    const bound = bounds.exec(`${wordAt(to)} ${wordAt(to + 1)}`)?.[1]
    return itemOf(at, bound ? to + 2 : to, { terms, numbers: [value], ...(bound && { bound }) })
  }

  /** "not resolved" is open, "not healthy" asks for health. Any other "not" stays unread. */
  function readNegation(at: number): Found {
    let next = at + 1
    while (/^(?:yet|fully|been|be|currently)$/.test(wordAt(next))) next += 1
    const known = readKnown(next)
    const terms = known?.item?.terms.map((term) => negations.get(term)).find(Boolean)
    return itemOf(at, terms && known ? known.to : at + 1, { terms: terms ?? [] })
  }

  function readQuotation(at: number): Found {
    const close = tokens.findIndex(({ word }, i) => i > at && i < at + 16 && /["”]/.test(word))
    return close > at + 1
      ? itemOf(at, close + 1, { search: textOf(at + 1, close) })
      : { to: at + 1 }
  }

  /** Words to be searched for: a run of unknown ones, or with `any` a run that has an unknown one. */
  function readSearch(start: number, any: boolean): Found | undefined {
    const from = articles.test(wordAt(start)) ? start + 1 : start
    let [to, hasUnknown] = [from, false]
    for (; to < Math.min(tokens.length, from + (any ? 8 : 4)); to++) {
      const word = wordAt(to)
      const isKnown = vocabulary.knows(word)
      const isPlain = /^[a-z\d]+$/.test(word) && !times.has(to) && !readNumber(to, undefined)
      const ends = isKnown && (!any || vocabulary.isInName(word))
      if (!isPlain || separators.test(word) || ends) break
      hasUnknown ||= !isKnown
    }
    return hasUnknown ? itemOf(from, to, { search: textOf(from, to), isGuess: !any }) : undefined
  }

  return { readAt, textOf }
}
