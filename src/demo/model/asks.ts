import { type Ask, emptySlots, isNarrowed, type Order } from './ask.ts'
import type { Lean } from './calendar.ts'
import { type Clause, clausesOf, textOf } from './clauses.ts'
import { dimensionIn } from './grouping.ts'
import type { Hit } from './lexicon.ts'
import { leftOvers, rawText } from './names.ts'
import { isOffTopic, type Refusal, refusalOf } from './off-topic.ts'
import { hitsIn, type Reading, read } from './reading.ts'
import { shared } from './sharing.ts'
import { slotsOf, wantsOf } from './slots.ts'
import { type Subject, subjectsOf } from './subject.ts'

/** What a question asks for, part by part. */
export type Asked = {
  reading: Reading
  asks: Ask[]
  /** It asks how everything is, and for nothing in particular. */
  general: boolean
  /** Why a part of it is not answered. */
  refused?: Refusal
}

/** Takes a question apart. `now` (ms) may be missing; the times then have no dates. */
export function readAsks(question: string, now: number | undefined): Asked {
  const reading = read(question, now)
  const asks: Ask[] = []
  let refused: Refusal | undefined
  let general = false
  const told: string[] = []
  for (const clause of clausesOf(reading)) {
    const text = plain(reading, clause)
    const refusal = refusalOf(text)
    const found = refusal ? [] : asksIn(reading, clause, asks.at(-1))
    const strong = hitsIn(reading, clause).some(
      ({ kind, value }) => kind === 'general' && value === 'strong',
    )
    const outside =
      isOffTopic(text) &&
      !strong &&
      !found.some(({ about, headed }) => headed && about !== 'health')
    if (refusal || outside) refused ??= refusal ?? 'offTopic'
    else if (found.length === 0 && asks.length > 0 && asksForPeople(reading, clause)) {
      asks.push(...peopleAsk(reading, clause, asks.at(-1)))
    } else if (found.length === 0) {
      general ||= asksInGeneral(reading, clause) || isBare(reading, clause)
      continueWith(asks.at(-1), reading, clause)
    } else if (saysMore(found, asks.at(-1))) {
      continueWith(asks.at(-1), reading, clause)
    } else if (onlyKnown(reading, clause, found) && isDisturbance(asks.at(-1))) {
      continueWith(asks.at(-1), reading, clause)
    } else asks.push(...found)
    if (clause.statement && !outside) told.push(...toldIn(reading, clause))
  }
  const asked = shared(asks, told)
  return {
    reading,
    asks: asked,
    general: general && asked.length === 0,
    ...(refused && { refused }),
  }
}

function plain({ tokens }: Reading, { first, last }: Clause): string {
  return tokens
    .slice(first, last + 1)
    .map(({ raw }) => raw.toLowerCase())
    .join(' ')
}

function isGeneral(hits: Hit[]): boolean {
  return hits.some(({ kind }) => kind === 'general')
}

/** How everything is; a summary of something that nobody here knows is no such question. */
function asksInGeneral(reading: Reading, clause: Clause): boolean {
  const hits = hitsIn(reading, clause).filter(({ kind }) => kind === 'general')
  if (hits.some(({ value }) => value !== 'digest')) return true
  const topics = leftOvers(reading, clause, hitsIn(reading, clause))
  return hits.length > 0 && !topics.some(({ before }) => before === 'of' || before === 'about')
}

/** "Status?", "all ok?": how things are, and nothing is named. */
function isBare(reading: Reading, clause: Clause): boolean {
  const hits = hitsIn(reading, clause)
  const signs = hits.every(({ kind, value }) => kind === 'health' && value === 'sign')
  return hits.length > 0 && signs && leftOvers(reading, clause, hits).length === 0
}

function asksIn(reading: Reading, clause: Clause, before: Ask | undefined): Ask[] {
  const hits = hitsIn(reading, clause)
  const left = leftOvers(reading, clause, hits)
  const recognised = subjectsOf(reading, clause, hits, left)
  // "What changed, and what broke?": beside another question it asks for more than how everything is.
  const alsoFailed =
    before !== undefined &&
    recognised.length === 0 &&
    hits.some(({ kind, value }) => kind === 'state' && value === 'failed')
  const subjects: Subject[] = alsoFailed ? [{ about: 'pipeline', headed: true }] : recognised
  const verbless =
    !/^(is|are|was|were|do|does|did|has|have|can|which|what|who|how|why|when|show|list|give|tell)$/.test(
      reading.tokens[clause.first]?.word ?? '',
    )
  return subjects
    .filter(
      (subject) => subject.headed || !isGeneral(hits) || hits.some(isSpecific) || left.length > 0,
    )
    .map((subject) => {
      const slots = slotsOf({ reading, hits, left, subject })
      const time = timeIn(reading, clause, subject, hits)
      const limit = limitIn(reading, clause, hits)
      const per = dimensionIn(plainText(reading, clause))
      const order = orderIn(hits)
      return {
        ...slots,
        about: subject.about,
        headed: subject.headed,
        text: textOf(reading, clause),
        wants: wantsOf(hits),
        ...(time && { time }),
        ...(limit !== undefined && { limit }),
        ...(per && { per }),
        ...(order && { order }),
        completed: false,
        statement: clause.statement,
        joined: before !== undefined && !clause.ownSentence && verbless,
      }
    })
}

function isSpecific({ kind }: Hit): boolean {
  return ['platform', 'service', 'region', 'priority', 'risk', 'type', 'group'].includes(kind)
}

const pastWords = new Set(
  'was were did had happened closed ran failed been went canceled implemented done'.split(' '),
)

function timeIn(
  reading: Reading,
  { first, last }: Clause,
  { about }: Subject,
  hits: Hit[],
): Ask['time'] | undefined {
  const time = reading.times.find((candidate) => candidate.first >= first && candidate.last <= last)
  if (time === undefined) return undefined
  const past =
    about !== 'change' ||
    hits.some(({ kind, value }) => kind === 'state' && ['closed', 'canceled'].includes(value)) ||
    reading.tokens.slice(first, last + 1).some(({ word }) => pastWords.has(word))
  const lean: Lean = past ? 'past' : 'future'
  const { words, span } = time.range(lean)
  return { words, span }
}

/** "the last 5 incidents", "top 3 changes", "the latest incident". */
function limitIn(
  { tokens, times }: Reading,
  { first, last }: Clause,
  hits: Hit[],
): number | undefined {
  for (let index = first; index < last; index++) {
    const lead = tokens[index]?.word ?? ''
    const count = tokens[index + 1]?.word ?? ''
    const leads = ['last', 'latest', 'newest', 'first', 'top', 'next', 'recent', 'only']
    const isTime = times.some((time) => index >= time.first && index <= time.last)
    if (!isTime && leads.includes(lead) && /^[1-9]\d?$/.test(count)) return Number(count)
  }
  const single = hits.some(
    ({ kind, value, last: end }) =>
      kind === 'want' &&
      value === 'latest' &&
      /^(?:incident|change|ticket|change request)$/.test(tokens[end + 1]?.word ?? ''),
  )
  return single ? 1 : undefined
}

/** The words as they were understood, one blank between them. */
function plainText({ tokens }: Reading, { first, last }: Clause): string {
  return tokens
    .slice(first, last + 1)
    .map(({ word }) => word)
    .join(' ')
}

function orderIn(hits: Hit[]): Order | undefined {
  const order = hits.find(({ kind }) => kind === 'order')?.value
  return order as Order | undefined
}

/** The names in what is only told. */
function toldIn(reading: Reading, clause: Clause): string[] {
  return leftOvers(reading, clause, hitsIn(reading, clause)).map(({ first, last }) =>
    rawText(reading, first, last),
  )
}

/** "INC0010020 is on hold? What are we waiting for?": a state without a noun is that of the ticket before. */
function saysMore([ask, ...others]: Ask[], before: Ask | undefined): boolean {
  if (ask === undefined || others.length > 0 || ask.headed || !before?.numbers.length) return false
  return ask.about !== 'health' && ask.about !== 'pipeline' && !isNarrowed({ ...ask, states: [] })
}

function isDisturbance(ask: Ask | undefined): boolean {
  return ask?.about === 'incident' || ask?.about === 'health'
}

/** "Reported already?", said of an incident that is asked for anyway. */
function onlyKnown(reading: Reading, clause: Clause, [ask]: Ask[]): boolean {
  const hits = hitsIn(reading, clause)
  const known = hits.some(({ kind }) => kind === 'known')
  return (
    known && ask !== undefined && !isNarrowed(ask) && leftOvers(reading, clause, hits).length === 0
  )
}

/** "… and who from us handles it?" */
function asksForPeople(reading: Reading, clause: Clause): boolean {
  const hits = hitsIn(reading, clause)
  const has = (kind: Hit['kind'], value: string) =>
    hits.some((hit) => hit.kind === kind && hit.value === value)
  return has('want', 'who') && has('team', 'working')
}

/** Who works on a disturbance stands in its incident; who works on a ticket, in that ticket. */
function peopleAsk(reading: Reading, clause: Clause, before: Ask | undefined): Ask[] {
  if (before === undefined) return []
  if (before.about !== 'health') {
    continueWith(before, reading, clause)
    return []
  }
  const { platforms, services } = before
  const ask: Ask = { ...before, ...emptySlots(), about: 'incident', headed: true }
  const text = textOf(reading, clause)
  return [{ ...ask, platforms, services, states: ['open'], text, wants: ['who'], completed: true }]
}

/** A part without a subject of its own tells more about the one before: "… and who is on it?" */
function continueWith(ask: Ask | undefined, reading: Reading, clause: Clause): void {
  if (ask === undefined || clause.statement) return
  const hits = hitsIn(reading, clause)
  ask.wants = [...new Set([...ask.wants, ...wantsOf(hits)])]
  ask.text = `${ask.text} ${textOf(reading, clause)}`
}
