import { type Ask, isNarrowed, type Slots } from './ask.ts'
import type { Lean } from './calendar.ts'
import { type Clause, clausesOf, hitsIn, textOf } from './clauses.ts'
import type { Hit } from './hit.ts'
import { leftOvers } from './names.ts'
import { isOffTopic, type Refusal, refusalOf } from './off-topic.ts'
import { type Reading, read } from './reading.ts'
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
    const outside =
      isOffTopic(text) &&
      !strong &&
      !found.some(({ about, headed }) => headed && about !== 'health')
    if (refusal || outside) refused ??= refusal ?? 'offTopic'
    else if (found.length === 0) {
      general ||= isGeneral(hitsIn(reading, clause)) || isBare(reading, clause)
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
  return hits.some(({ kind }) => kind === 'general')
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
  const subjects = subjectsOf(reading, hits, left)
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
      return {
        ...slots,
        about: subject.about,
        headed: subject.headed,
        text: textOf(reading, clause),
        wants: wantsOf(hits),
        ...(time && { time }),
        ...(limit !== undefined && { limit }),
        completed: false,
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
      give(told, ask, 'platforms')
      give(told, ask, 'services')
      if (ask.about === 'pipeline') give(told, ask, 'pipelines')
    }
  }
  return questions
}

const places: (keyof Slots)[] = ['platforms', 'services', 'regions']
const sharedByTickets: (keyof Slots)[] = [...places, 'groups', 'texts']

/** In "open changes and incidents for Snowflake this week" the ends narrow both, and so does "open". */
function share(asks: Ask[]): void {
  asks.forEach((ask, index) => {
    const before = asks[index - 1]
    if (before === undefined || !ask.joined || before.about === ask.about) return
    const both = [before, ask]
    const bare = both.map((one) => !isNarrowed(one))
    const tickets = both.every(({ about }) => about !== 'pipeline' && about !== 'health')
    if (both.every(({ about }) => about !== 'health')) shareTime(before, ask)
    if (tickets && ask.states.length === 0 && ask.priorities.length === 0) {
      give(before, ask, 'states')
    }
    if (tickets && beginsWithNoun.test(ask.text)) give(ask, before, 'states')
    for (const name of tickets ? sharedByTickets : places) {
      if (both.some(({ about }) => about === 'pipeline')) continue
      if (tickets || bare[0]) give(ask, before, name)
      if (tickets || bare[1]) give(before, ask, name)
    }
  })
}

/** "Changes and incidents that are open": what follows the last noun narrows the first one too. */
const beginsWithNoun = /^\W*(?:change|incident|ticket)/i

function shareTime(before: Ask, ask: Ask): void {
  if (ask.time && !before.time) Object.assign(before, { time: ask.time, completed: true })
  else if (before.time && !ask.time) Object.assign(ask, { time: before.time, completed: true })
}

function give(from: Ask, to: Ask, name: keyof Slots): void {
  if (to[name].length > 0 || from[name].length === 0) return
  Object.assign(to, { [name]: from[name], completed: true })
}
