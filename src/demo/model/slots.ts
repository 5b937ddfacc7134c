import { emptySlots, type Slots, type Want } from './ask.ts'
import { isDataset, isPerson } from './evidence.ts'
import type { Hit } from './lexicon.ts'
import { type LeftOver, leadOf, rawText } from './names.ts'
import type { Reading } from './reading.ts'
import type { Subject } from './subject.ts'

type Place = { reading: Reading; hits: Hit[]; left: LeftOver[]; subject: Subject }

/** Which words behind "about" and the like name a topic, and not a piece of small talk. */
const topicLeads = new Set(
  'for about on regarding concerning mentioning mention mentions containing affecting affects affect impacting impacts impact involving with of in to at from touching touch touches hitting around under against called named and or , like'.split(
    ' ',
  ),
)

/** The values that a clause gives for what narrows a question. */
export function slotsOf(place: Place): Slots {
  const { hits, subject } = place
  const values = (...kinds: Hit['kind'][]) =>
    unique(hits.filter(({ kind }) => kinds.includes(kind)).map(({ value }) => value))
  const slots: Slots = {
    ...emptySlots(),
    numbers: values('number'),
    runs: values('run'),
    states: unique(hits.filter((hit) => isState(place, hit)).map(({ value }) => value)),
    priorities: values('priority'),
    risks: values('risk'),
    types: values('type'),
    platforms: platformsIn(place),
    services: values('service'),
    regions: values('region'),
  }
  if (subject.about === 'health')
    return { ...slots, services: [...slots.services, ...parts(place)] }
  if (subject.about === 'pipeline') {
    return { ...slots, pipelines: pipelineNames(place), texts: errorTexts(place) }
  }
  const people = peopleNames(place)
  return {
    ...slots,
    groups: unique([...values('group'), ...people.map(({ text }) => text)]),
    texts: topics(place, people),
  }
}

/** What somebody wants to know about it. */
export function wantsOf(hits: Hit[]): Want[] {
  return unique(hits.filter(({ kind }) => kind === 'want').map(({ value }) => value as Want))
}

const excluders = new Set(
  'ignore ignoring without except excluding exclude skip skipping minus besides beside apart other not'.split(
    ' ',
  ),
)

/** A state that narrows: not one to be left out, and not the "scheduled" of "scheduled for Friday", which is a time. */
function isState({ reading, hits, subject }: Place, hit: Hit): boolean {
  if (hit.kind !== 'state' || isExcluded(reading, hit)) return false
  // "The time to resolve" narrows nothing.
  if (reading.tokens[hit.first - 1]?.word === 'to') return false
  if (hit.value !== 'scheduled' || subject.about !== 'change') return true
  const from = hits[0]?.first ?? 0
  const to = hits.at(-1)?.last ?? 0
  const near = reading.times.some((time) => time.last >= from - 3 && time.first <= to + 6)
  return !near && reading.tokens[hit.last + 1]?.word !== 'for'
}

/** The platforms whose health can be looked up. */
export const allPlatforms = ['Databricks', 'Snowflake', 'Azure']

/** The platforms that are named; "anything down besides Databricks" names the others. */
function platformsIn({ reading, hits }: Place): string[] {
  const named = hits.filter(({ kind }) => kind === 'platform')
  const excluded = named.filter((hit) => isExcluded(reading, hit))
  if (excluded.length === 0) return unique(named.map(({ value }) => value))
  const rest = allPlatforms.filter((name) => !excluded.some(({ value }) => value === name))
  return unique(
    named.length > excluded.length
      ? named.filter((hit) => !excluded.includes(hit)).map(({ value }) => value)
      : rest,
  )
}

/** "Ignore the closed ones". */
function isExcluded({ tokens }: Reading, { first }: Hit): boolean {
  return tokens.slice(Math.max(0, first - 2), first).some(({ word }) => excluders.has(word))
}

function unique<Value>(values: Value[]): Value[] {
  return [...new Set(values)]
}

/** A word beside the name of a platform that we do not know is taken for a part of it. */
function parts({ hits, left }: Place): string[] {
  const platform = hits.find(({ kind }) => kind === 'platform')
  if (platform === undefined) return []
  const job = hits.find(({ kind, value }) => kind === 'noun' && value === 'job')
  return [
    ...(job && platform.value === 'Databricks' ? ['Databricks/Jobs'] : []),
    ...left
      .filter(({ first, last }) => first === platform.last + 1 || last === platform.first - 1)
      .map(({ text }) => `${platform.value}/${text}`),
  ]
}

const errorWords = new Set('error errors exception exceptions timeout timeouts'.split(' '))

/** What is said of an error: its code, and the words right before "errors". */
function errorTexts({ hits, left }: Place): string[] {
  const codes = hits.filter(({ kind }) => kind === 'code').map(({ value }) => value)
  return [...codes, ...left.filter(isError).map(({ text }) => text)]
}

/** "Token errors", and yet "the customer profile sync error" is one of a pipeline. */
function isError({ after, text }: LeftOver): boolean {
  return errorWords.has(after) && !isDataset(text)
}

/** "Partner feed import": a noun between two words of a name is a part of it. */
function joinedNames({ reading, hits, left }: Omit<Place, 'subject'>): LeftOver[] {
  const names: LeftOver[] = []
  for (const name of left) {
    const before = names.at(-1)
    const noun = hits.find(
      ({ kind, first, last }) =>
        kind === 'noun' && before?.last === first - 1 && last === name.first - 1,
    )
    const isPart = noun && inNames.has(reading.tokens[noun.first]?.word ?? '')
    if (!before || !isPart) names.push(name)
    else names[names.length - 1] = { ...name, ...joinedTo(reading, before, name) }
  }
  return names
}

function joinedTo(reading: Reading, { first, before }: LeftOver, { last }: LeftOver) {
  return { first, last, before, text: rawText(reading, first, last) }
}

const inNames = new Set(['feed', 'load', 'batch', 'ingestion', 'ingest'])

/** Names with hyphens, quoted names, or the words before or after "pipeline"; failing that, what is left. */
function pipelineNames({ reading, hits, left }: Omit<Place, 'subject'>): string[] {
  const exact = hits.filter(({ kind }) => kind === 'name' || kind === 'quote')
  if (exact.length > 0) return unique(exact.map(({ value }) => value))
  const named = joinedNames({ reading, hits, left }).filter((name) => !isError(name))
  const nouns = hits.filter(
    ({ kind, value }) => kind === 'noun' && ['pipeline', 'job', 'run'].includes(value),
  )
  const beside = named.filter(({ first, last, before }) =>
    nouns.some(
      (noun) =>
        noun.first === last + 1 ||
        (noun.last === first - 1 && !/s$/.test(reading.tokens[noun.last]?.word ?? '')) ||
        (noun.last === first - 2 && ['called', 'named', 'for', 'of', ':'].includes(before)),
    ),
  )
  const noun = nouns.some(({ value }) => value !== 'run')
  const others = noun ? named.filter(({ text }) => isDataset(text)) : named
  const names = beside.length > 0 ? beside : others
  return unique(names.map((name) => withNeighbours(reading, hits, name)))
}

/** "snowflake usage" is one name although Snowflake is known. */
function withNeighbours(reading: Reading, hits: Hit[], { first, last }: LeftOver): string {
  const before = hits.find(
    ({ kind, last: end }) => (kind === 'platform' || kind === 'service') && end === first - 1,
  )
  const after = hits.find(
    ({ kind, first: start }) => (kind === 'platform' || kind === 'service') && start === last + 1,
  )
  return rawText(reading, before?.first ?? first, after?.last ?? last)
}

/** People, and teams that are not called so: before "is working on", or with an 's. */
function peopleNames({ reading, hits, left }: Place): LeftOver[] {
  const working = hits.filter(({ kind, value }) => kind === 'team' && value === 'working')
  return left.filter(
    (name) =>
      ['does', 'did', 'do', 'has'].includes(name.before) ||
      (name.before === 'for' && isPerson(name.text)) ||
      working.some((verb) => name.last < verb.first && verb.first - name.last <= 2) ||
      /['’]s\W/.test(
        reading.text.slice(
          reading.tokens[name.last]?.start,
          (reading.tokens[name.last]?.end ?? 0) + 1,
        ),
      ),
  )
}

const ticketNouns = new Set(['change', 'incident', 'ticket'])

/** What the tickets are about: quoted words, names, words behind "about", or right before "incidents". */
function topics({ reading, hits, left }: Place, groups: LeftOver[]): string[] {
  const quoted = hits.filter(({ kind }) => kind === 'quote' || kind === 'name' || kind === 'code')
  const nouns = hits.filter(({ kind }) => kind === 'noun')
  const named = left.filter((name) => {
    if (groups.includes(name)) return false
    if (!nouns.some(({ value }) => ticketNouns.has(value))) return true
    if (nouns.some(({ first }) => first === name.last + 1)) return true
    const lead = leadOf(reading, name)
    return topicLeads.has(lead)
  })
  return unique([...quoted.map(({ value }) => value), ...named.map(({ text }) => text)])
}
