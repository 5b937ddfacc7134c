import { type Ask, emptySlots } from './ask.ts'
import { type Asked, readAsks } from './asks.ts'
import { type Context, contextOf, type Turn } from './history.ts'
import { leftOvers } from './names.ts'
import { narrowed } from './narrowing.ts'
import { type Pointer, pointersIn, withReplaced } from './pointer.ts'
import { say } from './say.ts'
import { wantsOf } from './slots.ts'
import { mentions } from './words.ts'

/** The question with everything in it that only the earlier turns explain; otherwise as it is. */
export function resolveReferences(history: Turn[], question: string): string {
  let context: Context | undefined
  history.forEach(({ role, content }, index) => {
    if (role !== 'user') return
    const resolved = resolve(content, context)
    const answer = history[index + 1]
    const next = contextOf(resolved, answer?.role === 'assistant' ? answer.content : '')
    // A poem asked for in between does not make the talk forget what it was about.
    if (next.asks.length > 0 || next.general || context === undefined) context = next
  })
  return resolve(question, context)
}

function resolve(question: string, context: Context | undefined): string {
  const within = withInnerPointers(question)
  if (context === undefined) return within
  const asked = readAsks(within, undefined)
  if (asked.refused && asked.asks.length === 0) return within
  const described = describedRow(within, context)
  if (described) return described
  const pointers = pointersIn(asked.reading)
  const named = pointers.find(({ kind }) => kind !== 'many')
  if (named) return pointedAt(within, asked, named, context) ?? within
  if (isNarrowing(asked, pointers)) return narrowed(asked, context) ?? within
  const run = ofOnePipeline(within, asked, context)
  if (run) return run
  const many = pointers[0]
  const [last] = context.asks
  if (many && last && justLists.test(question)) return say({ ...last, wants: [] })
  if (many) return pointedAt(within, asked, many, context) ?? within
  if (asked.asks.length > 0 || asked.general) return within
  return aboutTheSame(asked, context) ?? within
}

const singleRun =
  /\bthe (?:last|latest|previous|next|most recent)(?: \w+)? (?:run|success|failure|execution)\b/i

/** "When was the last successful run?": that of the one pipeline that was spoken of. */
function ofOnePipeline(question: string, { asks }: Asked, context: Context): string | undefined {
  const unnamed = asks.every(
    ({ about, pipelines, runs }) => about === 'pipeline' && pipelines.length + runs.length === 0,
  )
  const [pipeline, ...others] = candidates('pipeline', context)
  if (!unnamed || pipeline === undefined || others.length > 0) return undefined
  return singleRun.test(question)
    ? `${question.replace(/[?.! ]+$/, '')} of ${pipeline}?`
    : undefined
}

/** "When is the VPN one": the row of the last answer that says so. */
function describedRow(question: string, { rows, lines }: Context): string | undefined {
  const found = /\b(?:the|that) ((?:[\p{L}\p{N}-]+ ){1,3})(?:one|thing)\b/u.exec(
    question.toLowerCase(),
  )
  const words = found?.[1]?.trim()
  if (!found || words === undefined) return undefined
  const fitting = lines.flatMap((line, index) => (mentions(line, words) ? [rows[index] ?? ''] : []))
  const [row] = fitting
  if (row === undefined || fitting.length > 1) return undefined
  return (
    question.slice(0, found.index) + asName(row) + question.slice(found.index + found[0].length)
  )
}

/** "… and was there an incident for it": the part before tells what it is. */
function withInnerPointers(question: string): string {
  const { asks, reading } = readAsks(question, undefined)
  const [first, second] = asks
  if (first === undefined || second === undefined) return question
  const entity = entityOf(first)
  const pointer = pointersIn(reading).find(
    ({ kind, first: at }) =>
      kind === 'one' && at > 0 && isInLater(question, second, reading.tokens[at]?.start ?? 0),
  )
  const known = second.numbers.length + second.pipelines.length + second.platforms.length > 0
  if (pointer === undefined || entity === undefined || known) return question
  return withReplaced(reading, pointer, entity)
}

function isInLater(question: string, later: Ask, at: number): boolean {
  return at >= question.indexOf(later.text)
}

function entityOf(ask: Ask): string | undefined {
  const [number] = ask.numbers
  if (number) return number
  if (ask.pipelines[0]) return `the ${ask.pipelines[0]} pipeline`
  return ask.services[0]?.split('/').at(-1) ?? ask.platforms[0]
}

/** "it", "that incident", "the second one": the thing itself takes their place. */
function pointedAt(
  question: string,
  asked: Asked,
  pointer: Pointer,
  context: Context,
): string | undefined {
  if (asked.asks.some(({ numbers, pipelines }) => numbers.length + pipelines.length > 0))
    return undefined
  const things = thingsFor(pointer, asked, context)
  if (things.length === 0) return narrowed(asked, context)
  const isThere = asked.reading.tokens[pointer.first]?.word === 'there'
  const lead = isThere ? 'for ' : ''
  const replaced = withReplaced(asked.reading, pointer, lead + things.join(' and '))
  const readBack = readAsks(replaced, undefined)
  if (readBack.asks.length > 0) return replaced
  return `${question.replace(/[?.! ]+$/, '')}: ${things.join(' and ')}`
}

const listed = 5

function thingsFor({ kind, type }: Pointer, asked: Asked, context: Context): string[] {
  if (kind !== 'one' && kind !== 'many') {
    const named = type && type !== 'ticket' ? kindsFor(type, asked, context) : []
    const typed = named.flatMap((of) => candidates(of, context)).at(kind > 0 ? kind - 1 : kind)
    if (typed) return [typed]
    const row = context.rows.at(kind > 0 ? kind - 1 : kind)
    return row ? [asName(row)] : []
  }
  const kinds = kindsFor(type, asked, context)
  const found = kinds.map((of) => candidates(of, context)).find((some) => some.length > 0) ?? []
  return found.slice(0, kind === 'one' ? 1 : listed)
}

type ThingKind = 'CHG' | 'INC' | 'pipeline' | 'place'

/** Which kind of thing a pointer means: its own noun says it, or what is asked rules one out. */
function kindsFor(type: Pointer['type'], { reading }: Asked, context: Context): ThingKind[] {
  if (type === 'change') return ['CHG']
  if (type === 'incident') return ['INC']
  if (type === 'pipeline') return ['pipeline']
  if (type === 'place') return ['place']
  const [latest] = context.asks.slice(-1)
  if (type === 'ticket') return latest?.about === 'change' ? ['CHG', 'INC'] : ['INC', 'CHG']
  const nouns = reading.hits.filter(({ kind }) => kind === 'noun').map(({ value }) => value)
  const about = context.asks.at(-1)?.about
  const tickets = nouns.includes('change') || nouns.includes('incident')
  if (about === 'health' && tickets) return ['place', 'INC', 'CHG']
  if (nouns.includes('change')) return ['INC', 'pipeline', 'CHG', 'place']
  if (nouns.includes('incident')) return ['CHG', 'pipeline', 'place', 'INC']
  if (about === 'pipeline') return ['pipeline', 'INC', 'CHG']
  if (about === 'health') return ['place', 'INC', 'CHG']
  return about === 'incident' ? ['INC', 'CHG', 'pipeline'] : ['CHG', 'INC', 'pipeline', 'place']
}

/** What was asked about comes before what the answer merely mentions. */
function candidates(kind: ThingKind, { asks, numbers, pipelines, places }: Context): string[] {
  if (kind === 'place') {
    const asked = asks.flatMap((ask) => [
      ...ask.services.map((service) => service.split('/').at(-1) ?? ''),
      ...(ask.services.length > 0 ? [] : ask.platforms),
    ])
    return asked.length > 0 ? asked : places
  }
  if (kind === 'pipeline') {
    const answered = pipelines.length > 0 ? pipelines : asks.flatMap((ask) => ask.pipelines)
    return answered.map(asName)
  }
  const askedFor = asks.flatMap((ask) => ask.numbers).filter((number) => number.startsWith(kind))
  return askedFor.length > 0 ? askedFor : numbers.filter((number) => number.startsWith(kind))
}

function asName(thing: string): string {
  return /^(CHG|INC)\d+$/.test(thing) ? thing : `"${thing}"`
}

/** "List them", after they were only counted. */
const justLists =
  /^\W*(?:please |can you |could you )*(?:list|show|give|display|name)(?: me)? (?:them|those|these)(?: all)?(?: please)?\W*$/i

const goesOn =
  /^\W*(?:and|or|but|also|only|just|same|the same|now|then|ok|okay|so|what about|how about|what of|now only|and what about|and how about)\b/i

/** Whether a question only changes what narrows the last one: "and Snowflake?", "only the closed ones". */
function isNarrowing({ asks, reading, general }: Asked, pointers: Pointer[]): boolean {
  if (general) return false
  const [ask] = asks
  const narrows =
    reading.times.length > 0 ||
    reading.hits.some(
      ({ kind }) =>
        !['noun', 'want', 'health', 'pointer', 'team', 'plan', 'general'].includes(kind),
    ) ||
    leftOvers(reading, { first: 0, last: reading.tokens.length - 1 }, reading.hits).length > 0
  if (goesOn.test(reading.text)) return asks.length < 2 && (narrows || ask !== undefined)
  if (pointers.length > 0) return narrows && !(ask?.headed ?? false)
  const words = reading.tokens.filter(({ word }) => /\w/.test(word)).length
  return narrows && words <= 5 && !(ask?.headed ?? false)
}

/** "Who is assigned?", "why?", "more details": asked of what the last answer was about. */
function aboutTheSame(asked: Asked, context: Context): string | undefined {
  const wants = wantsOf(asked.reading.hits)
  const about = context.asks.at(-1)
  const others = asked.reading.hits.some(
    ({ kind }) => kind === 'team' || kind === 'state' || kind === 'health',
  )
  const bare = /^\W*(?:and |so )?(?:which|what|where|how so|how bad)\b(?: \w+){0,2}\W*$/i.test(
    asked.reading.text,
  )
  if (about && bare && wants.length === 0) return say({ ...about, wants: [] })
  if (about === undefined || (wants.length === 0 && !others)) return undefined
  const pointer: Pointer = { kind: 'many', first: 0, last: 0 }
  const things = thingsFor(pointer, asked, context)
  if (things.length === 0) return say({ ...about, wants })
  const base: Ask = { ...about, ...emptySlots(), wants, statement: false }
  const names = things.map((thing) => thing.replaceAll('"', ''))
  if (/^(CHG|INC)\d/.test(names[0] ?? '')) return say({ ...base, about: 'ticket', numbers: names })
  if (about.about === 'pipeline') return say({ ...base, pipelines: names })
  return say({ ...about, wants })
}
