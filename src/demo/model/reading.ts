import type { Lean } from './calendar.ts'
import { groupsIn } from './groups.ts'
import { type Hit, type Kind, lexicon, timeWords } from './lexicon.ts'
import { offTopicWords } from './off-topic.ts'
import { correctShort } from './short-words.ts'
import { stopWords } from './stop-words.ts'
import { findTimeRanges, type TimeRange } from './time-range.ts'
import { createSpelling, type Token, tokenize } from './words.ts'

/** A question after the first look: its words and what was recognised among them. */
export type Reading = {
  text: string
  tokens: Token[]
  hits: Hit[]
  times: { first: number; last: number; range: (lean: Lean) => TimeRange }[]
}

type Phrase = { kind: Kind; value: string; words: string[] }

const phrasesByFirstWord = new Map<string, Phrase[]>()
for (const [kind, values] of Object.entries(lexicon) as [Kind, Record<string, string>][]) {
  for (const [value, list] of Object.entries(values)) {
    for (const phrase of list.split(', ').flatMap(singularAndPlural)) {
      const words = phrase.replaceAll('-', ' ').split(' ')
      const first = words[0] ?? ''
      phrasesByFirstWord.set(first, [
        ...(phrasesByFirstWord.get(first) ?? []),
        { kind, value, words },
      ])
    }
  }
}

const vocabulary = new Set([...phrasesByFirstWord.values()].flat().flatMap(({ words }) => words))
for (const word of timeWords) vocabulary.add(word)
const spell = createSpelling(vocabulary)
/** Everyday words that are one letter away from a word of ours and do not mean it. */
const unlike = new Set(
  'charge charges stable table tables stage wealth shared shares orders order events event sales claims clients client spend speed party plane planes planet chance range orange lease leases please least heath while whole marked market sound round ground mound board boards cards paper papers taper trains train brain rains closet loses lower power fined fixes mixed filed tailed sailed mailed nailed dailed finance weather whether feather leather stare store stored scare spare snare square share shore score cares operation operations operating production products product protection direction'.split(
    ' ',
  ),
)

function singularAndPlural(phrase: string): string[] {
  return phrase.includes('(')
    ? [phrase.replace(/\(.*\)/, ''), phrase.replace(/[()]/g, '')]
    : [phrase]
}

function isKnown(word: string): boolean {
  return vocabulary.has(word) || stopWords.has(word)
}

/** Recognises what a question says. `now` (ms) may be missing: times are then found but stay without dates. */
export function read(text: string, now: number | undefined): Reading {
  const tokens = tokenize(text, isKnown).map(corrected)
  const times = timesIn(tokens, now)
  const exact = [
    ...quotesIn(text, tokens),
    ...numbersIn(tokens),
    ...namesIn(tokens),
    ...lastRunsIn(tokens),
    ...groupsIn(tokens),
  ]
  const isTaken = (index: number) =>
    times.some((time) => within(index, time)) ||
    exact.some((hit) => hit.kind !== 'number' && within(index, hit))
  return { text, tokens, times, hits: [...exact, ...phrasesIn(tokens, isTaken)].sort(byPlace) }
}

/** The hits that lie inside a part of a question. */
export function hitsIn({ hits }: Reading, { first, last }: { first: number; last: number }): Hit[] {
  const found: Hit[] = []
  for (let at = firstHitFrom(hits, first); at < hits.length; at++) {
    const hit = hits[at]
    if (hit === undefined || hit.first > last) break
    if (hit.last <= last) found.push(hit)
  }
  return found
}

/** Where the hits from a token on begin. They are in order, so a long text costs a few steps and not all of them. */
function firstHitFrom(hits: Hit[], token: number): number {
  let low = 0
  let high = hits.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((hits[middle]?.first ?? 0) < token) low = middle + 1
    else high = middle
  }
  return low
}

function within(index: number, { first, last }: { first: number; last: number }): boolean {
  return index >= first && index <= last
}

function byPlace(left: Hit, right: Hit): number {
  return left.first - right.first || right.last - left.last
}

function corrected(token: Token): Token {
  const { word } = token
  if (word.length < 3 || isKnown(word) || unlike.has(word) || offTopicWords.has(word)) return token
  if (/[\d-]/.test(word)) return token
  const meant = correctShort(word) ?? spell(word)
  return meant === undefined ? token : { ...token, word: meant }
}

function timesIn(tokens: Token[], now: number | undefined): Reading['times'] {
  const text = tokens.map(({ word }) => word).join(' ')
  const starts: number[] = []
  let at = 0
  for (const { word } of tokens) {
    starts.push(at)
    at += word.length + 1
  }
  const future = findTimeRanges(text, now, 'future')
  return findTimeRanges(text, now, 'past').map((past, index) => {
    const first = starts.findLastIndex((start) => start <= past.start)
    const last = starts.findLastIndex((start) => start < past.end)
    return { first, last, range: (lean) => (lean === 'future' ? (future[index] ?? past) : past) }
  })
}

function quotesIn(text: string, tokens: Token[]): Hit[] {
  return [...text.matchAll(/["“”«`]([^"“”»`]{2,80})["“”»`]/g)].flatMap((match) => {
    const end = match.index + match[0].length
    const first = tokens.findIndex((token) => token.start >= match.index && token.end <= end)
    const last = tokens.findLastIndex((token) => token.start >= match.index && token.end <= end)
    return first < 0 ? [] : [{ kind: 'quote' as const, value: match[1] ?? '', first, last }]
  })
}

const prefixes: Record<string, string> = {
  chg: 'CHG',
  change: 'CHG',
  changes: 'CHG',
  rfc: 'CHG',
  inc: 'INC',
  incident: 'INC',
  incidents: 'INC',
}

/** Ticket numbers: whole ones, and bare digits behind "change", "incident number", "inc #". */
function numbersIn(tokens: Token[]): Hit[] {
  return tokens.flatMap(({ word }, index) => {
    const whole = /^(chg|inc)[-_]?(\d{1,10})$/.exec(word)
    if (whole) return [ticket(whole[1], whole[2], index, index)]
    if (!/^\d{3,10}$/.test(word)) return []
    const before = [1, 2, 3].find((back) => {
      const earlier = tokens[index - back]?.word ?? ''
      return !['request', 'ticket', 'number', 'no', 'nr', 'and', ',', 'id'].includes(earlier)
    })
    const prefix = prefixes[tokens[index - (before ?? 1)]?.word ?? ''] ?? bareNumber(tokens, index)
    return prefix === undefined ? [] : [ticket(prefix, word, index, index)]
  })
}

/** The numbers of ServiceNow begin at CHG0030000 and INC0010000, which tells what five digits alone are. */
function bareNumber(tokens: Token[], index: number): string | undefined {
  const digits = tokens[index]?.word ?? ''
  const unit = tokens[index + 1]?.word ?? ''
  const last = index === tokens.length - 1
  if (
    !last &&
    !/^(?:\W|still|is|was|has|done|status|details|what|who|when|why|and|or|please|over|open|closed|caused)/.test(
      unit,
    )
  )
    return undefined
  return /^30\d{3}$/.test(digits) ? 'CHG' : /^10\d{3}$/.test(digits) ? 'INC' : undefined
}

function ticket(prefix = '', digits = '', first: number, last: number): Hit {
  return { kind: 'number', value: prefix.toUpperCase() + digits.padStart(7, '0'), first, last }
}

/** Names with hyphens or underscores, and run ids, which end in the date and time of the run. */
function namesIn(tokens: Token[]): Hit[] {
  return tokens.flatMap(({ word, raw }, index): Hit[] => {
    if (!/[-_]/.test(word) || /^\d{4}-\d\d-\d\d/.test(word)) return []
    if (/^(chg|inc)[-_]?\d+$/.test(word)) return []
    if (/^[A-Z0-9]+(?:_[A-Z0-9]+)+$/.test(raw))
      return [{ kind: 'code', value: raw, first: index, last: index }]
    const kind = /^.*[-_]?\d{6,}([-_t]?\d{2,6})?$/.test(word) ? 'run' : 'name'
    return [{ kind, value: raw, first: index, last: index }]
  })
}

/** "The last customer-orders-daily run", "the most recent load of the orders". */
function lastRunsIn(tokens: Token[]): Hit[] {
  return tokens.flatMap(({ word }, index): Hit[] => {
    if (!/^(?:last|latest|newest|recent)$/.test(word)) return []
    const behind = tokens.slice(index + 2, index + 5).map((token) => token.word)
    const run = behind.findIndex((next) => /^(?:run|execution)$/.test(next))
    const between = [tokens[index + 1]?.word ?? '', ...behind.slice(0, Math.max(run, 0))]
    const free = !between.some((next) =>
      /^\W|^(?:failed|failing|successful|success|\d+)$/.test(next),
    )
    return run >= 0 && free ? [{ kind: 'want', value: 'latest', first: index, last: index }] : []
  })
}

/** The longest phrases of each kind; kinds may overlap, as in "major incident". */
function phrasesIn(tokens: Token[], isTaken: (index: number) => boolean): Hit[] {
  const found = tokens.flatMap(({ word }, first) =>
    (phrasesByFirstWord.get(word) ?? []).flatMap(({ kind, value, words }): Hit[] => {
      const fits = words.every((wanted, away) => tokens[first + away]?.word === wanted)
      const last = first + words.length - 1
      const free = fits && !words.some((_, away) => isTaken(first + away))
      return free ? [{ kind, value, first, last }] : []
    }),
  )
  return found.filter(
    (hit) =>
      !found.some(
        (other) =>
          other !== hit &&
          other.kind === hit.kind &&
          other.first <= hit.first &&
          other.last >= hit.last &&
          other.last - other.first > hit.last - hit.first,
      ),
  )
}
