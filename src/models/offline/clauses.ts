import type { Hit } from './hit.ts'
import type { Reading } from './reading.ts'

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
const starters = new Set(
  'is are was were am do does did has have had can could will would should may which what who whom whose how why when where any anything show list give tell get find check display fetch count please look pull bring compare explain describe search summarize report status let'.split(
    ' ',
  ),
)
const requests = new Set(
  'need want show list give tell please check find know wonder wondering interested looking curious see send get'.split(
    ' ',
  ),
)

/** Cuts a question where it begins to ask for something else; "and" alone does not: "Databricks and Snowflake". */
export function clausesOf(reading: Reading): Clause[] {
  const clauses: Clause[] = []
  for (const segment of segmentsOf(reading)) {
    const current = clauses.at(-1)
    const goesOn =
      current !== undefined &&
      !segment.ownSentence &&
      ((!hasHead(reading, current) && !isWhole(reading, current, segment)) ||
        !asksAnew(reading, segment))
    if (goesOn) current.last = segment.last
    else clauses.push({ ...segment })
  }
  return clauses.map((clause, index) => ({
    ...clause,
    statement: sentenceOf(clauses, index).every((part) => isStatement(reading, part)),
  }))
}

/** The hits that lie inside a clause. */
export function hitsIn(reading: Reading, { first, last }: { first: number; last: number }): Hit[] {
  return reading.hits.filter((hit) => hit.first >= first && hit.last <= last)
}

/** The words of a clause as the user wrote them. */
export function textOf(reading: Reading, { first, last }: { first: number; last: number }): string {
  const from = reading.tokens[first]?.start ?? 0
  const to = reading.tokens[last]?.end ?? reading.text.length
  return reading.text.slice(from, to).trim()
}

function segmentsOf({ tokens, hits, times }: Reading): Clause[] {
  const isInside = (index: number) =>
    [...times, ...hits].some(({ first, last }) => index > first && index <= last && first !== last)
  const segments: Clause[] = []
  let first = 0
  let ownSentence = true
  tokens.forEach(({ word }, index) => {
    const stop = fullStops.has(word)
    if (!stop && (!links.has(word) || isInside(index))) return
    if (index > first) segments.push({ first, last: index - 1, ownSentence, statement: false })
    ownSentence = stop || (ownSentence && index === first)
    first = index + 1
  })
  if (first < tokens.length) {
    segments.push({ first, last: tokens.length - 1, ownSentence, statement: false })
  }
  return segments
}

/** Whether a part names what it is about, so that the next part may be about something else. */
function hasHead(reading: Reading, clause: Clause): boolean {
  const hits = hitsIn(reading, clause)
  const has = (...kinds: Hit['kind'][]) => hits.some(({ kind }) => kinds.includes(kind))
  return (
    has('noun', 'number', 'run', 'name') ||
    hits.some(({ kind, value }) => kind === 'health' && value !== 'sign') ||
    hits.some(({ kind, value }) => kind === 'state' && value === 'failed') ||
    (has('platform', 'service') && has('health'))
  )
}

/** "P1s and failed pipelines" are two things, "P1 and P2 incidents" are one. */
function isWhole(reading: Reading, current: Clause, next: Clause): boolean {
  const narrows = hitsIn(reading, current).some(
    ({ kind }) => kind === 'priority' || kind === 'risk' || kind === 'type',
  )
  const nouns = hitsIn(reading, next).filter(({ kind }) => kind === 'noun')
  return narrows && !nouns.some(({ value }) => ['change', 'incident', 'ticket'].includes(value))
}

/** Nothing but one more name: "incidents for this-one and that-one". */
function isName(reading: Reading, { first, last }: Clause): boolean {
  return hitsIn(reading, { first, last }).some(
    (hit) =>
      (hit.kind === 'name' || hit.kind === 'quote') && hit.first === first && hit.last === last,
  )
}

function asksAnew(reading: Reading, segment: Clause): boolean {
  const { word } = reading.tokens[segment.first] ?? { word: '' }
  if (isName(reading, segment)) return false
  return hasHead(reading, segment) || (starters.has(word) && hitsIn(reading, segment).length > 0)
}

/** All parts of the sentence that a part belongs to. */
function sentenceOf(clauses: Clause[], index: number): Clause[] {
  const first = clauses.findLastIndex((clause, at) => at <= index && clause.ownSentence)
  const next = clauses.findIndex((clause, at) => at > index && clause.ownSentence)
  return clauses.slice(Math.max(first, 0), next < 0 ? clauses.length : next)
}

const verbs = new Set(
  'is are was were am has have had did does do will complain complains complaining say says said told tells reported woke got'.split(
    ' ',
  ),
)

/** "Users say that Databricks is slow." A bare "open changes" asks, although it has no verb. */
function isStatement({ tokens }: Reading, { first, last }: Clause): boolean {
  const words = tokens.slice(first, last + 1).map(({ word }) => word)
  if (tokens[last + 1]?.word === '?' || starters.has(words[0] ?? '')) return false
  return words.some((word) => verbs.has(word)) && !words.some((word) => requests.has(word))
}
