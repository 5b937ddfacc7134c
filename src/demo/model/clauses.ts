import { isDataset } from './evidence.ts'
import type { Hit } from './lexicon.ts'
import { leftOvers } from './names.ts'
import { isOffTopic, refusalOf } from './off-topic.ts'
import { hitsIn, type Reading } from './reading.ts'
import { isLeadIn, isStatement, starters } from './statements.ts'

/** A part of a question that asks for one thing: its tokens, from `first` to `last`. */
export type Clause = {
  first: number
  last: number
  /** It begins a sentence of its own; otherwise it hangs on the part before by "and" or a comma. */
  ownSentence: boolean
  /** It only tells something: no question, no request. */
  statement: boolean
}

const fullStops = new Set(['?', '!', '.', ';', '\n'])
const links = new Set([
  ',',
  'and',
  'or',
  '&',
  '+',
  'plus',
  'also',
  'then',
  'but',
  ':',
  'because',
  'while',
])
/** Cuts a question where it begins to ask for something else; "and" alone does not: "Databricks and Snowflake". */
export function clausesOf(reading: Reading): Clause[] {
  const clauses: Clause[] = []
  for (const segment of whole(reading, segmentsOf(reading))) {
    const current = clauses.at(-1)
    const goesOn =
      current !== undefined &&
      !segment.ownSentence &&
      ((!hasHead(reading, current) &&
        !isWhole(reading, current, segment) &&
        !isStatement(reading, current)) ||
        !(
          asksAnew(reading, segment) ||
          (clauses.length > 1 && isListedPlace(reading, current, segment)) ||
          isOwnPriority(reading, current, segment)
        ))
    if (goesOn || (current && isTopic(reading, current))) current.last = segment.last
    else clauses.push({ ...segment })
  }
  return clauses.map((clause, index) => ({
    ...clause,
    statement: isStatement(reading, clause) || isLeadIn(reading, clause, clauses[index + 1]),
  }))
}

/** "P1 and P2 incidents" is one part: what only narrows belongs to the noun behind it. */
function whole(reading: Reading, segments: Clause[]): Clause[] {
  const parts: Clause[] = []
  for (const segment of segments) {
    const last = parts.at(-1)
    const joins = last && !segment.ownSentence && onlyNarrows(reading, last)
    if (joins && narrowsTickets(reading, segment)) last.last = segment.last
    else parts.push({ ...segment })
  }
  return parts
}

const narrowing = new Set<Hit['kind']>(['priority', 'risk', 'type', 'state'])

/** "P2 incidents", or "P2" alone; not "failed pipelines". */
function narrowsTickets(reading: Reading, segment: Clause): boolean {
  const hits = hitsIn(reading, segment)
  const begins = hits.some((hit) => narrowing.has(hit.kind) && hit.first === segment.first)
  const tickets = hits.some(
    ({ kind, value }) => kind === 'noun' && ['change', 'incident', 'ticket'].includes(value),
  )
  return begins && (tickets || onlyNarrows(reading, segment))
}

/** Nothing but values that narrow: "P1", or "P1 and high priority" that has been put together before. */
function onlyNarrows(reading: Reading, { first, last }: Clause): boolean {
  const hits = hitsIn(reading, { first, last }).filter(({ kind }) => narrowing.has(kind))
  const ends = hits.some((hit) => hit.last === last)
  return (
    ends &&
    hits.some((hit) => hit.first === first) &&
    !hitsIn(reading, { first, last }).some(({ kind }) => kind === 'noun')
  )
}

/** The words of a clause as the user wrote them. */
export function textOf(reading: Reading, { first, last }: { first: number; last: number }): string {
  const from = reading.tokens[first]?.start ?? 0
  const to = reading.tokens[last]?.end ?? reading.text.length
  return reading.text.slice(from, to).trim()
}

/** Nobody asks for more at once; what goes on behind them belongs to the last one. */
const maxSegments = 100

function segmentsOf({ tokens, hits, times }: Reading): Clause[] {
  const inside = new Set(
    [...times, ...hits].flatMap(({ first, last }) =>
      Array.from({ length: last - first }, (_, away) => first + 1 + away),
    ),
  )
  const segments: Clause[] = []
  let first = 0
  let ownSentence = true
  tokens.forEach(({ word }, index) => {
    if (segments.length === maxSegments) return
    const stop = fullStops.has(word) || isListMark(tokens, index)
    if (!stop && (!links.has(word) || inside.has(index))) return
    if (index > first) segments.push({ first, last: index - 1, ownSentence, statement: false })
    ownSentence = stop || (ownSentence && index === first)
    first = index + 1
  })
  if (first < tokens.length) {
    segments.push({ first, last: tokens.length - 1, ownSentence, statement: false })
  }
  return segments
}

/** The "2)" of a numbered list. */
function isListMark(tokens: Reading['tokens'], index: number): boolean {
  return tokens[index]?.word === ')' && /^\d$/.test(tokens[index - 1]?.word ?? '')
}

/** Whether a part names what it is about, so that the next part may be about something else. */
function hasHead(reading: Reading, clause: Clause): boolean {
  const hits = hitsIn(reading, clause)
  const has = (...kinds: Hit['kind'][]) => hits.some(({ kind }) => kinds.includes(kind))
  return (
    has('noun', 'number', 'run', 'name', 'known') ||
    isOutside(reading, clause) ||
    isAboutData(reading, clause, hits) ||
    isItThis(reading, clause, hits) ||
    isThenPlace(reading, clause, hits) ||
    hits.some(({ kind, value }) => kind === 'health' && value !== 'sign') ||
    hits.some(({ kind, value }) => kind === 'state' && value === 'failed') ||
    (has('platform', 'service') && has('health'))
  )
}

/** A joke, the weather: what comes behind it is still answered. */
function isOutside(reading: Reading, clause: Clause): boolean {
  // What follows a colon is what is to be made up, or translated.
  if (reading.tokens[clause.last + 1]?.word === ':') return false
  const text = textOf(reading, clause)
    .toLowerCase()
    .replace(/what['’]?s /, 'what is ')
  return isOffTopic(text) || refusalOf(text) !== undefined
}

/** "Finance ledger status". */
function isAboutData(reading: Reading, clause: Clause, hits: Hit[]): boolean {
  const asked = hits.some(({ kind }) => kind === 'health' || kind === 'progress')
  return asked && leftOvers(reading, clause, hits).some(({ text }) => isDataset(text))
}

/** "Is it Databricks, or is it Azure?", "check Databricks, check Azure". */
function isItThis({ tokens }: Reading, { first }: Clause, hits: Hit[]): boolean {
  const [verb, it] = [tokens[first]?.word, tokens[first + 1]?.word]
  const looks = ['check', 'test', 'verify', 'inspect'].includes(verb ?? '')
  return (looks || (verb === 'is' && it === 'it')) && hits.some(({ kind }) => isPlace(kind))
}

/** "The failed pipelines, then Snowflake": behind "then" a place is asked for by itself. */
function isThenPlace({ tokens }: Reading, { first, last }: Clause, hits: Hit[]): boolean {
  const strong = ['then', 'also', 'plus'].includes(tokens[first - 1]?.word ?? '')
  const please = tokens[last]?.word === 'please' ? last - 1 : last
  return (
    strong && hits.some((hit) => isPlace(hit.kind) && hit.first === first && hit.last === please)
  )
}

function isPlace(kind: Hit['kind']): boolean {
  return kind === 'platform' || kind === 'service'
}

/** "P1s and failed pipelines" are two things, and so are "P1s and changes"; "P1 and P2 incidents" are one. */
function isWhole(reading: Reading, current: Clause, next: Clause): boolean {
  const kinds = hitsIn(reading, current).map(({ kind }) => kind)
  const first = reading.tokens[next.first]?.word ?? ''
  if (kinds.includes('pointer') && starters.has(first)) return true
  const nouns = hitsIn(reading, next)
    .filter(({ kind }) => kind === 'noun')
    .map(({ value }) => value)
  if (kinds.includes('priority')) {
    return starters.has(first) || !nouns.some((noun) => noun === 'incident' || noun === 'ticket')
  }
  const narrows = kinds.includes('risk') || kinds.includes('type')
  return narrows && !nouns.some((noun) => noun === 'change' || noun === 'ticket')
}

/** Nothing but one more name: "incidents for this-one and that-one". */
function isName(reading: Reading, { first, last }: Clause): boolean {
  return hitsIn(reading, { first, last }).some(
    (hit) =>
      (hit.kind === 'name' || hit.kind === 'quote') && hit.first === first && hit.last === last,
  )
}

/** "What did this-one and that-one raise": the last name with the verb that belongs to all of them. */
function isNameAndVerb(reading: Reading, { first, last }: Clause): boolean {
  const [name, ...others] = hitsIn(reading, { first, last })
  const begins = (name?.kind === 'name' || name?.kind === 'quote') && name.first === first
  const rest = others.filter(({ kind, last: end }) => kind !== 'name' || end !== name?.last)
  return begins && rest.length === 0 && last === name.last + 1
}

/** "The failed pipelines and the open P1s": a priority is one of incidents, where no incident was named before. */
function isOwnPriority(reading: Reading, current: Clause, segment: Clause): boolean {
  const isIncident = ({ kind, value }: Hit) =>
    kind === 'priority' || (kind === 'noun' && (value === 'incident' || value === 'ticket'))
  const narrows = hitsIn(reading, segment).some(({ kind }) => kind === 'priority')
  return narrows && !hitsIn(reading, current).some(isIncident)
}

/** "Failed pipelines, P2 incidents, Azure": in a list, a place after something else is asked for by itself. */
function isListedPlace(reading: Reading, current: Clause, { first, last }: Clause): boolean {
  const isAll = hitsIn(reading, { first, last }).some(
    (hit) => isPlace(hit.kind) && hit.first === first && hit.last === last,
  )
  return isAll && !hitsIn(reading, current).some(({ kind }) => isPlace(kind))
}

/** "customer-orders-daily: last run?" */
function isTopic(reading: Reading, clause: Clause): boolean {
  const isNumber = hitsIn(reading, clause).some(
    ({ kind, first, last }) => kind === 'number' && first === clause.first && last === clause.last,
  )
  return reading.tokens[clause.last + 1]?.word === ':' && (isNumber || isName(reading, clause))
}

function asksAnew(reading: Reading, segment: Clause): boolean {
  const { word } = reading.tokens[segment.first] ?? { word: '' }
  if (isName(reading, segment) || isNameAndVerb(reading, segment)) return false
  const opens = starters.has(word) || word === 'whether' || word === 'if'
  return hasHead(reading, segment) || (opens && hitsIn(reading, segment).length > 0)
}
