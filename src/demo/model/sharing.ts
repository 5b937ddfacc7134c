import { type Ask, isNarrowed, type Slots } from './ask.ts'
import { isDataset } from './evidence.ts'

/**
 * The asks of one question, each with what another part says for it: "open changes and incidents for Snowflake this
 * week" narrows both. `told` are the names in what is only told. What is told and not asked is left out.
 */
export function shared(asks: Ask[], told: string[]): Ask[] {
  const asked = withoutCauses(withoutStatements(asks))
  shareNarrowing(asked)
  for (const ask of asked) useTold(ask, told)
  for (const ask of asked) lookBack(ask, asked)
  for (const ask of asked) raisedBy(ask, asked)
  asked.forEach((ask, index) => {
    takePlace(ask, asked[index - 1])
    takeName(ask, asked[index - 1])
  })
  return asked
}

/** "Did it fail because of a change?": only what has been changed lately can be the cause. */
function lookBack(ask: Ask, asks: Ask[]): void {
  const others = asks.some(({ about }) => about === 'pipeline' || about === 'health')
  if (ask.about !== 'change' || !others || isNarrowed(ask)) return
  if (!/\b(?:a|any|some|the|recent) change(?: request)?\b/i.test(ask.text)) return
  Object.assign(ask, { time: { words: 'in the last 2 days', span: {} }, completed: true })
}

/** "P1 incidents and the changes that caused them": the list of incidents names those changes. */
function withoutCauses(asks: Ask[]): Ask[] {
  return asks.filter((ask, index) => {
    const before = asks[index - 1]
    if (before?.about !== 'incident' || ask.about !== 'change' || isNarrowed(ask)) return true
    if (!/\b(?:caus(?:e|ed|es|ing)|behind|responsible)\b/i.test(ask.text)) return true
    before.wants = [...new Set([...before.wants, 'cause' as const])]
    before.text = `${before.text} and ${ask.text}`
    return false
  })
}

/** "What incidents did they raise?": no filter knows whose, but none is older than the failures. */
function raisedBy(ask: Ask, asks: Ask[]): void {
  const failed = asks.find(({ about, states }) => about === 'pipeline' && states.includes('failed'))
  if (failed === undefined || ask.about !== 'incident' || isNarrowed(ask)) return
  if (!/\b(?:they|them|those|these|it|the failures?|raised?|caused?(?! by))\b/i.test(ask.text))
    return
  const { words, span } = failed.time ?? { words: 'in the last 24 hours', span: {} }
  const isDay = /^(?:on )?(?:yesterday|today|\w+day)$/i.test(words)
  const since = isDay ? `since ${words.replace(/^on /i, '')}` : words
  const { from } = span
  Object.assign(ask, {
    time: { words: since, span: isDay && from !== undefined ? { from } : span },
    completed: true,
  })
}

const anywhere =
  /\b(?:platforms?|services?|systems?|any(?:thing|where)|some(?:thing|where)|everything|all|else|other)\b/i

const several = /\b(?:pipelines|jobs|loads|runs|all|any|every|others?|which)\b/i

/** "Orders: last run and next run?" asks twice about one pipeline, "the last run of one and of another" twice the same. */
function takePipeline(ask: Ask, before: Ask): void {
  if (before.about !== 'pipeline' || ask.about !== 'pipeline' || !ask.joined) return
  const isNamed = ask.pipelines.length + ask.runs.length > 0
  if (!isNamed && !several.test(ask.text)) give(before, ask, 'pipelines')
  const asksNothing = ask.wants.length + ask.states.length === 0 && !ask.time
  if (isNamed && asksNothing) Object.assign(ask, { wants: before.wants, completed: true })
}

/** "What happened with the orders load, and is there an incident?": one for that load. */
function takeName(ask: Ask, before: Ask | undefined): void {
  if (before?.about !== 'pipeline' || ask.about !== 'incident' || isNarrowed(ask)) return
  if (!/\b(?:an?|any|the) (?:open )?(?:incident|ticket)\b/i.test(ask.text)) return
  if (before.pipelines.length > 0) {
    Object.assign(ask, { texts: before.pipelines.slice(0, maxTold), completed: true })
  }
}

/** "Snowflake ok? Any maintenance coming?": the second part is about Snowflake as well. */
function takePlace(ask: Ask, before: Ask | undefined): void {
  if (before) takePipeline(ask, before)
  if (before === undefined || ask.about !== 'health' || anywhere.test(ask.text)) return
  if (ask.platforms.length + ask.services.length > 0) return
  for (const name of places) give(before, ask, name)
}

const maxTold = 4

/** "Telemetry is late, any ticket?": a question that names nothing is about what was told before it. */
function useTold(ask: Ask, told: string[]): void {
  if (told.length === 0 || ask.about === 'health' || ask.wants.includes('count')) return
  const { numbers, pipelines, runs, texts, services, platforms, groups } = ask
  const named = [numbers, pipelines, runs, texts, services, platforms, groups]
  if (named.some((values) => values.length > 0) || ask.per || ask.order) return
  if (ask.priorities.length + ask.risks.length + ask.types.length > 0 || ask.time) return
  const name = ask.about === 'pipeline' ? 'pipelines' : 'texts'
  const fitting = ask.about === 'pipeline' ? told.filter(isDataset) : told
  if (fitting.length > 0) {
    Object.assign(ask, { [name]: [...new Set(fitting)].slice(0, maxTold), completed: true })
  }
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
function shareNarrowing(asks: Ask[]): void {
  asks.forEach((ask, index) => {
    const before = asks[index - 1]
    if (before === undefined || !ask.joined || before.about === ask.about) return
    const both = [before, ask]
    const bare = both.map((one) => !isNarrowed(one))
    const tickets = both.every(({ about }) => about !== 'pipeline' && about !== 'health')
    if (both.every(({ about }) => about !== 'health')) shareTime(before, ask)
    const counted = ask.wants.includes('count') || openedThen.test(ask.text)
    if (tickets && !counted && ask.states.length === 0 && ask.priorities.length === 0) {
      give(before, ask, 'states')
    }
    if (tickets && beginsWithNoun.test(ask.text)) give(ask, before, 'states')
    for (const name of tickets ? sharedByTickets : places) {
      if (both.some(({ about }) => about === 'pipeline')) continue
      if (tickets || bare[0]) give(ask, before, name)
      if (tickets || bare[1] || isTopic(before)) give(before, ask, name)
    }
  })
}

/** "Snowflake: health and open incidents". */
function isTopic({ text, platforms, services }: Ask): boolean {
  return platforms.length + services.length > 0 && /^(?:[\w-]+ ){0,2}[\w-]+\s*:/.test(text)
}

const openedThen = /\b(?:opened|raised|created|reported|logged)\b/i

/** "Changes and incidents that are open": what follows the last noun narrows the first one too. */
const beginsWithNoun = /^\W*(?:change|incident|ticket)/i

const ahead = /\b(?:next|tomorrow|tonight|coming|upcoming|from now)\b/

function shareTime(before: Ask, ask: Ask): void {
  // Nothing that fails or is opened lies ahead.
  const isAhead = ahead.test(before.time?.words ?? ask.time?.words ?? '')
  if (isAhead && [before, ask].some(({ about }) => about !== 'change')) return
  if (ask.time && !before.time) Object.assign(before, { time: ask.time, completed: true })
  else if (before.time && !ask.time) Object.assign(ask, { time: before.time, completed: true })
}

function give(from: Ask, to: Ask, name: keyof Slots): void {
  if (to[name].length > 0 || from[name].length === 0) return
  Object.assign(to, { [name]: from[name], completed: true })
}
