import { findTimes, type TimeWords } from './times.ts'
import { commands, type KnownName, openers, pronouns, subjectTerms, type Vocabulary } from './vocabulary.ts'
import { type Token, tokenise } from './words.ts'

/** Some words of a question and everything that they may mean. */
export type Item = {
  /** As the user wrote it. */
  text: string
  /** The tokens `from` to before `to`. */
  from: number
  to: number
  terms: readonly string[]
  names: readonly KnownName[]
  /** A ticket number: `chg`, `0030412`; the prefix is empty where only digits stand. */
  id?: { prefix: string; digits: string }
  numbers?: readonly number[]
  /** "or higher", "or lower" behind a number. */
  bound?: 'higher' | 'lower'
  time?: TimeWords
  /** To be searched for as it is: an unknown identifier, a quotation, or what stands behind "about". */
  search?: string
  /** A search for words that the planner does not know: only a text search may take it. */
  isGuess?: boolean
  /** Shared from another clause: it may be left out where it does not apply. */
  optional?: boolean
}

/** The part of a question between two separators. */
export type Fragment = {
  items: Item[]
  text: string
  sentence: number
  hasPronoun: boolean
  /** It begins with a verb that asks for an action, such as "restart". */
  isCommand: boolean
  /** It stands in front of a colon. */
  isTopic: boolean
}

export type Reading = {
  tokens: Token[]
  fragments: Fragment[]
  /** Mistyped words and how they were read. */
  corrections: { from: string; to: string }[]
}

const sentenceEnds = new Set('. ? ! ; \n'.split(' ').concat('\n'))
const separators = new Set('and or , & + / plus also but then because whether if while :'.split(' '))
const searchWords = new Set(
  'about mentioning mention mentions regarding concerning containing contains named called matching'.split(
    ' ',
  ),
)
/** What "not" makes of the meaning behind it. */
const negations: [meanings: string[], terms: string[]][] = [
  [['resolved', 'closed'], ['open']],
  [['succeeded', 'run', 'pipeline'], ['failed']],
  [['health'], ['health', 'overview']],
]
const maxCorrections = 40

/** Whether nothing is known of what these words mean. */
export function isUnread({ terms, names, id, numbers, time, search }: Item): boolean {
  const isKnown = terms.length > 0 || names.length > 0
  return !isKnown && id === undefined && numbers === undefined && !time && search === undefined
}

/** Reads a text: its words, names, numbers and times, between separators. The cost is linear in its length. */
export function read(text: string, vocabulary: Vocabulary, now: number): Reading {
  const tokens = tokenise(text)
  const corrections = correctTokens(tokens, vocabulary)
  const times = new Map(findTimes(tokens, now).map((time) => [time.at, time]))
  const reader: Reader = { text, tokens, vocabulary, times }
  const fragments: Fragment[] = []
  let items: Item[] = []
  let previous: Item | undefined
  let [start, sentence] = [0, 0]
  function finish(end: number): void {
    const within = tokens.slice(start, end)
    const [first, last] = [within[0], within.at(-1)]
    if (first && last) {
      const pronoun = within.findIndex(({ word }) => pronouns.has(word))
      const isBefore = ({ terms, names, id }: Item) => id || names.length > 0 || terms.some((term) => subjectTerms.has(term))
      const isOwn = ['its', 'their'].includes(within[pronoun]?.word ?? '')
      const hasPronoun = pronoun >= 0 && !(isOwn && items.some((item) => item.to <= start + pronoun && isBefore(item)))
      const part = text.slice(first.start, last.end)
      const isTopic = tokens[end]?.word === ':'
      fragments.push({ items, text: part, sentence, hasPronoun, isCommand: isCommand(within), isTopic })
    }
    items = []
    start = end + 1
  }
  for (let at = 0; at < tokens.length; ) {
    const word = tokens[at]?.word ?? ''
    const found = readItem(at, reader, previous)
    if (found.item) {
      previous = found.item
      items.push(found.item)
    } else if (sentenceEnds.has(word)) {
      finish(at)
      sentence += 1
      previous = undefined
    } else if (separators.has(word)) finish(at)
    at = found.to
  }
  finish(tokens.length)
  return { tokens, fragments, corrections }
}

function correctTokens(tokens: Token[], vocabulary: Vocabulary): Reading['corrections'] {
  const corrections: Reading['corrections'] = []
  let tries = 0
  for (const [at, token] of tokens.entries()) {
    const isPart = token.group === tokens[at - 1]?.group || token.group === tokens[at + 1]?.group
    if (!/^\p{L}{4,}$/u.test(token.word) || vocabulary.knows(token.word)) continue
    tries += 1
    if (tries > maxCorrections) break
    const to = vocabulary.correct(token.word)
    if (to === undefined || (isPart && !vocabulary.isInName(to))) continue
    corrections.push({ from: token.word, to })
    token.word = to
  }
  return corrections
}

type Reader = {
  text: string
  tokens: readonly Token[]
  vocabulary: Vocabulary
  times: ReadonlyMap<number, TimeWords>
}
type Found = { to: number; item?: Item }

function readItem(at: number, reader: Reader, previous: Item | undefined): Found {
  const { tokens, vocabulary, times } = reader
  const word = tokens[at]?.word ?? ''
  if (separators.has(word) || sentenceEnds.has(word)) return { to: at + 1 }
  if (isStopPhrase(at, reader)) return { to: at + 2 }
  if (word === 'not' || word === 'never') return readNegation(at, reader)
  if (/["“]/.test(word)) return readQuotation(at, reader)
  const time = times.get(at)
  if (time) return { to: time.end, item: itemOf(reader, at, time.end, { time }) }
  const number = readNumber(at, reader, previous)
  if (number) return { to: number.to, item: number }
  const known = readKnown(at, reader)
  if (searchWords.has(word)) return readSearch(at, reader) ?? known ?? { to: at + 1 }
  if (known) return known
  if (vocabulary.isStop(word) || !/[\p{L}\p{N}]/u.test(word) || separators.has(word)) return { to: at + 1 }
  const guess = readGuess(at, reader)
  if (guess) return guess
  const end = groupEnd(at, tokens)
  const search = end > at + 1 || /\d/.test(word) ? textOf(reader, at, end) : undefined
  return { to: end, item: itemOf(reader, at, end, search === undefined ? {} : { search }) }
}

/** The longest name or phrase here, with all that it may be. A hyphenated word counts whole, or part by part if all are known. */
function readKnown(at: number, reader: Reader): Found | undefined {
  const { tokens, vocabulary, times } = reader
  const group = groupEnd(at, tokens)
  const timeAt = [1, 2, 3, 4, 5].find((step) => times.has(at + step)) ?? 6
  for (let to = Math.min(at + timeAt, tokens.length); to > at; to--) {
    const words = tokens.slice(at, to).map(({ word }) => word)
    const cutsGroup = to < group || (to > group && groupEnd(to - 1, tokens) > to)
    if (cutsGroup && !tokens.slice(at, group).every(({ word }) => vocabulary.knows(word))) continue
    const names = vocabulary.namesOf(words)
    const terms = vocabulary.meaningsOf(words.join(' '))
    if (names.length > 0 || terms.length > 0) return { to, item: itemOf(reader, at, to, { names, terms }) }
  }
  return undefined
}

function isStopPhrase(at: number, { tokens, vocabulary }: Reader): boolean {
  return vocabulary.isStop(`${tokens[at]?.word} ${tokens[at + 1]?.word}`)
}

/** "INC0010023", "chg 30412", "P1", "priority 1 to 3", "2 or higher", "last 5". */
function readNumber(at: number, reader: Reader, previous: Item | undefined): Item | undefined {
  const { tokens, vocabulary } = reader
  const word = tokens[at]?.word ?? ''
  const next = tokens[at + 1]?.word === '#' ? at + 2 : at + 1
  const digits = tokens[next]?.word ?? ''
  const whole = /^([a-z]{2,6})(\d{3,})$/.exec(word)
  if (whole && groupEnd(at, tokens) === at + 1) {
    const prefix = whole[1] ?? ''
    return itemOf(reader, at, at + 1, { terms: vocabulary.meaningsOf(prefix), id: { prefix, digits: whole[2] ?? '' } })
  }
  const isPrefix = /^[a-z]{2,5}$/.test(word) && vocabulary.meaningsOf(word).length > 0
  if (isPrefix && /^\d{4,7}$/.test(digits)) {
    return itemOf(reader, at, next + 1, { terms: vocabulary.meaningsOf(word), id: { prefix: word, digits } })
  }
  const level = /^(?:p|sev|prio)(\d)s?$/.exec(word) ?? (/^(?:p|sev|prio)$/.test(word) && /^\d$/.exec(digits))
  if (level) {
    const to = level[0] === word ? at + 1 : next + 1
    return withBound(reader, itemOf(reader, at, to, { terms: ['priority'], numbers: numbersTo(reader, at, previous, Number(level[1] ?? level[0])) }))
  }
  const value = /^\d{1,7}$/.test(word) ? Number(word) : wordNumbers.indexOf(word)
  if (value < 0 || groupEnd(at, tokens) > at + 1) return undefined
  const between = previous ? tokens.slice(previous.to, at).map((token) => token.word) : ['none']
  const isListed = between.every((one) => separators.has(one) || ['to', '#', 'number', 'level', 'no', 'of', 'is'].includes(one))
  if (word.length >= 4 && /^\d/.test(word)) return itemOf(reader, at, at + 1, { id: { prefix: '', digits: word } })
  if (!isListed || previous === undefined) {
    return /^\d/.test(word) || isCounted(previous) ? itemOf(reader, at, at + 1, { numbers: [value] }) : undefined
  }
  if (!/^\d/.test(word) && !isCounted(previous)) return undefined
  const terms = previous.terms
  return withBound(reader, itemOf(reader, at, at + 1, { terms, numbers: numbersTo(reader, at, previous, value) }))
}

const wordNumbers = 'zero one two three four five six seven eight nine ten'.split(' ')

function isCounted(previous: Item | undefined): boolean {
  return previous?.terms.some((term) => term === 'latest' || term === 'priority') ?? false
}

/** One number, or all behind the previous one up to it: "1 to 3", "P1-P3". */
function numbersTo({ tokens }: Reader, at: number, previous: Item | undefined, value: number): number[] {
  const start = previous?.numbers?.at(-1)
  if (start === undefined || previous === undefined || start >= value || value - start > 10) return [value]
  const isRange =
    tokens[at - 1]?.word === 'to' || (previous.to === at && tokens[at - 1]?.group === tokens[at]?.group)
  return isRange ? Array.from({ length: value - start }, (_, i) => start + 1 + i) : [value]
}

function withBound({ tokens }: Reader, item: Item): Item {
  const [link, word] = [tokens[item.to]?.word ?? '', tokens[item.to + 1]?.word ?? '']
  if (link !== 'or' && link !== 'and') return item
  const isHigher = ['higher', 'above', 'worse', 'up'].includes(word)
  if (!isHigher && !['lower', 'below'].includes(word)) return item
  return { ...item, to: item.to + 2, bound: isHigher ? 'higher' : 'lower' }
}

/** "not resolved" is open, "not healthy" asks for health; any other "not" stays unread. */
function readNegation(at: number, reader: Reader): Found {
  let next = at + 1
  while (['yet', 'fully', 'been', 'be', 'currently'].includes(reader.tokens[next]?.word ?? '')) next += 1
  const known = readKnown(next, reader)
  const terms = negations.find(([meanings]) => known?.item?.terms.some((term) => meanings.includes(term)))?.[1]
  if (known === undefined || terms === undefined) return { to: at + 1, item: itemOf(reader, at, at + 1, {}) }
  return { to: known.to, item: itemOf(reader, at, known.to, { terms }) }
}

function readQuotation(at: number, reader: Reader): Found {
  const { tokens } = reader
  const close = tokens.findIndex(({ word }, index) => index > at && index < at + 16 && /["”]/.test(word))
  if (close <= at + 1) return { to: at + 1 }
  return { to: close + 1, item: itemOf(reader, at, close + 1, { search: textOf(reader, at + 1, close) }) }
}

/** Words behind "about" up to a separator, a name or a time, if one of them is not known otherwise. */
function readSearch(at: number, reader: Reader): Found | undefined {
  const { tokens, vocabulary, times } = reader
  let from = at + 1
  while (['the', 'a', 'an', 'to', 'with'].includes(tokens[from]?.word ?? '')) from += 1
  let to = from
  let hasUnknown = false
  for (; to < tokens.length && to < from + 8; to++) {
    const word = tokens[to]?.word ?? ''
    if (to === from && readNumber(to, reader, undefined)) return undefined
    const isEnd = separators.has(word) || sentenceEnds.has(word) || /["“]/.test(word) || times.has(to)
    if (isEnd || readNumber(to, reader, undefined)?.id) break
    if (to === from && (readKnown(to, reader)?.item?.names.length ?? 0) > 0) return undefined
    hasUnknown ||= !vocabulary.knows(word)
  }
  if (!hasUnknown || !/^[\p{ASCII}]*$/u.test(textOf(reader, from, to))) return undefined
  return { to, item: itemOf(reader, at, to, { search: textOf(reader, from, to) }) }
}

/** Up to four unknown words behind a preposition, as in "changes on the runtime upgrade". */
function readGuess(at: number, reader: Reader): Found | undefined {
  const { tokens, vocabulary, times } = reader
  let before = at - 1
  while (['the', 'a', 'an', 'our'].includes(tokens[before]?.word ?? '')) before -= 1
  if (!['on', 'for', 'of', 'with', 'against', 'to'].includes(tokens[before]?.word ?? '')) return undefined
  let to = at
  const isUnknown = (index: number) => /^[a-z\d]{3,}$/.test(tokens[index]?.word ?? '') && !vocabulary.knows(tokens[index]?.word ?? '') && !times.has(index)
  while (to < at + 4 && isUnknown(to)) to += 1
  return to === at ? undefined : { to, item: itemOf(reader, at, to, { search: textOf(reader, at, to), isGuess: true }) }
}

function isCommand(tokens: readonly Token[]): boolean {
  const at = tokens.findIndex(({ word }) => !openers.has(word))
  const [word, next] = [tokens[at]?.word ?? '', tokens[at + 1]?.word ?? '']
  return commands.has(word) || commands.has(`${word} ${next}`)
}

/** Where the hyphenated word that begins or continues here ends. */
function groupEnd(at: number, tokens: readonly Token[]): number {
  let end = at + 1
  while (tokens[end] !== undefined && tokens[end]?.group === tokens[at]?.group) end += 1
  return end
}

function textOf({ text, tokens }: Reader, from: number, to: number): string {
  return text.slice(tokens[from]?.start, tokens[to - 1]?.end)
}

function itemOf(reader: Reader, from: number, to: number, meaning: Partial<Item>): Item {
  return { text: textOf(reader, from, to), from, to, terms: [], names: [], ...meaning }
}
