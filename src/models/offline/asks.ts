import { type Ask, isNarrowed, type Slots } from './ask.ts'
import type { Lean } from './calendar.ts'
import { type Clause, clausesOf, hitsIn, textOf } from './clauses.ts'
import { leftOvers } from './names.ts'
import { isOffTopic, type Refusal, refusalOf } from './off-topic.ts'
import { type Hit, type Reading, read } from './reading.ts'
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
  for (const clause of clausesOf(reading)) {
    const text = plain(reading, clause)
    const refusal = refusalOf(text)
    const found = refusal ? [] : asksIn(reading, clause, asks.at(-1))
    const strong = hitsIn(reading, clause).some(
      ({ kind, value }) => kind === 'general' && value === 'strong',
    )
    const outside = isOffTopic(text) && !strong && !found.some(({ about }) => about !== 'health')
    if (refusal || outside) refused ??= refusal ?? 'offTopic'
    else if (found.length === 0) {
      general ||= isGeneral(hitsIn(reading, clause))
      continueWith(asks.at(-1), reading, clause)
    } else asks.push(...found)
  }
  const asked = withoutStatements(asks)
  share(asked)
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
  const bare =
    hits.length > 0 && hits.every(({ kind, value }) => kind === 'health' && value === 'sign')
  return bare || hits.some(({ kind }) => kind === 'general')
}

function asksIn(reading: Reading, clause: Clause, before: Ask | undefined): Ask[] {
  const hits = hitsIn(reading, clause)
  const left = leftOvers(reading, clause, hits)
  const subjects = subjectsOf(reading, hits, left)
  const verbless =
    !/^(is|are|was|were|do|does|did|has|have|can|which|what|who|how|why|when|show|list|give|tell)$/.test(
      reading.tokens[clause.first]?.word ?? '',
    )
  return subjects
    .filter((subject) => subject.headed || !isGeneral(hits) || hits.some(isSpecific))
    .map((subject) => {
      const slots = slotsOf({ reading, hits, left, subject })
      const time = timeIn(reading, clause, subject, hits)
      const limit = limitIn(reading, clause, hits)
      return {
        ...slots,
        about: subject.about,
        headed: subject.headed,
        text: textOf(reading, clause),
        wants: wantsOf(hits),
        ...(time && { time }),
        ...(limit !== undefined && { limit }),
        statement: clause.statement && clause.ownSentence,
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

/** A part without a subject of its own tells more about the one before: "… and who is on it?" */
function continueWith(ask: Ask | undefined, reading: Reading, clause: Clause): void {
  if (ask === undefined || clause.statement) return
  const hits = hitsIn(reading, clause)
  ask.wants = [...new Set([...ask.wants, ...wantsOf(hits)])]
  ask.text = `${ask.text} ${textOf(reading, clause)}`
}

/** What is only told is context for what is asked; alone, it is the question. */
function withoutStatements(asks: Ask[]): Ask[] {
  const questions = asks.filter(({ statement }) => !statement)
  if (questions.length === 0) return asks
  const told = asks.find(
    ({ statement, platforms, services, pipelines }) =>
      statement && platforms.length + services.length + pipelines.length > 0,
  )
  if (told) {
    for (const ask of questions) {
      if (isNarrowed(ask) || ask.about === 'health') continue
      ask.platforms = told.platforms
      ask.services = told.services
      if (ask.about === 'pipeline') ask.pipelines = told.pipelines
    }
  }
  return questions
}

const sharedAfter: (keyof Slots)[] = ['platforms', 'services', 'regions', 'groups', 'texts']

/** In "open changes and incidents for Snowflake this week" the ends narrow both, and so does "open". */
function share(asks: Ask[]): void {
  asks.forEach((ask, index) => {
    const before = asks[index - 1]
    if (before === undefined || !ask.joined || before.about === ask.about) return
    const tickets =
      before.about !== 'pipeline' && ask.about !== 'pipeline' && before.about !== 'health'
    if (ask.time && !before.time && before.about !== 'health') before.time = ask.time
    else if (before.time && !ask.time && ask.about !== 'health') ask.time = before.time
    if (!tickets || ask.about === 'health') return
    if (ask.states.length === 0 && ask.priorities.length === 0) ask.states = before.states
    for (const name of sharedAfter) {
      if (before[name].length === 0) Object.assign(before, { [name]: ask[name] })
      else if (ask[name].length === 0) Object.assign(ask, { [name]: before[name] })
    }
  })
}
