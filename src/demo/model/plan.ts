import type { Catalogue } from './catalogue.ts'
import { type Fit, fitOf, meets } from './fit.ts'
import type { Fragment, Item } from './reading.ts'
import { isMoment, isNamed, isOverview, isUnread, read } from './reading.ts'
import { impliedBy, subjectTerms, valueTerms } from './vocabulary.ts'

/** A call of a tool with its arguments. */
export type Call = { tool: string; args: Record<string, unknown> }

/** The calls that answer a question, the words that no tool can apply, and notes for the user. */
export type Plan = { calls: Call[]; declined: string[]; notes: string[] }

/** Longer questions are declined. */
export const maxCharacters = 1000
const maxCalls = 8
/** Words that turn the meaning of a ticket number around: "all incidents except INC0010023". */
const inverting = /^(?:not|no|without|except|than|similar)$/

/** Plans the calls that answer a question: for each part of it the tools that apply all that it says. */
export function plan(question: string, catalogue: Catalogue, now: number): Plan {
  const tooLong = `more than ${maxCharacters} characters`
  if (question.length > maxCharacters) return { calls: [], declined: [tooLong], notes: [] }
  const { fragments, corrections } = read(question, catalogue.vocabulary, now)
  const { clauses, asides } = clausesOf(fragments, catalogue.isOwn)
  const calls = new Map<string, Call>()
  const declined: string[] = []
  const notes = corrections.map(({ from, to }) => `I read “${from}” as “${to}”.`)
  for (const items of joined(clauses)) {
    const unread = items.filter(isUnread)
    const tickets = items.filter(({ id }) => id?.prefix)
    let fits = unread.length > 0 ? [] : cover(items, catalogue, now)
    // The whole record answers what is asked of a ticket, also in words that are not known.
    if (
      fits.length === 0 &&
      tickets.length > 0 &&
      !unread.some(({ text }) => inverting.test(text))
    ) {
      fits = cover(tickets, catalogue, now)
      asides.push(...unread.map(({ text }) => text))
    }
    for (const call of fits.flatMap(callsOf)) calls.set(JSON.stringify(call), call)
    notes.push(...fits.flatMap((fit) => fit.notes))
    if (fits.length > 0) continue
    const missing = unread.length > 0 ? unread : fitsOf(items, catalogue, now)[0]?.missing
    declined.push(...(missing ?? items).map(({ text }) => text))
  }
  notes.push(...asides.map((text) => `I did not use “${text}”.`))
  const all = [...calls.values()]
  const rest = all.slice(maxCalls).map(({ tool, args }) => [tool, ...Object.values(args)].join(' '))
  if (rest.length > 0)
    notes.push(`I look up at most ${maxCalls} things, without ${rest.join(', ')}.`)
  return { calls: all.slice(0, maxCalls), declined, notes }
}

/** The items of each clause; of both where one subject stands directly behind another: "open changes and incidents". */
function joined(clauses: readonly Clause[]): Item[][] {
  const isNoun = ({ names, terms, id }: Item) =>
    names.length === 0 && !id && meets(terms, subjectTerms) && !terms.includes('health')
  const groups: Item[][] = []
  for (const { items } of clauses) {
    const [end, start] = [groups.at(-1)?.at(-1), items[0]]
    const isNear = end && start && isNoun(end) && isNoun(start) && start.from - end.to <= 2
    if (isNear) groups.at(-1)?.push(...items)
    else groups.push([...items])
  }
  return groups
}

/** The fewest tools that together apply all items; several if they fit equally well. */
function cover(all: Item[], catalogue: Catalogue, now: number): Fit[] {
  const { tools } = catalogue
  if (isOverview(all)) return overview(all, catalogue, now)
  const isThing = (item: Item) =>
    isNamed(item) || tools.some(({ terms }) => meets(item.terms, terms))
  const chosen: Fit[] = []
  for (let items = all; chosen.length < 4; ) {
    const fits = fitsOf(items, catalogue, now)
    const [best] = fits
    if (!best || best.score <= 0 || best.missing.length === items.length) return []
    const { missing, score, tool } = best
    const isEqual = (fit: Fit) => fit.missing.length === 0 && score - fit.score < 0.01
    if (missing.length === 0) return [...chosen, ...fits.filter(isEqual)]
    if (!missing.every(isThing)) return []
    chosen.push(best)
    // Items that do not name the tool also apply to the next one: "wrong with Snowflake or Azure".
    const rest = items.filter(
      (item) => !missing.includes(item) && !item.id && !meets(item.terms, tool.terms),
    )
    items = [...missing, ...rest.map((item) => ({ ...item, isOptional: true }))]
  }
  return []
}

/** Answers a question about everything with every list; of plans only if the question names a time. */
function overview(all: Item[], catalogue: Catalogue, now: number): Fit[] {
  const present = { text: '', from: 0, to: 0, terms: ['now'], names: [] }
  const times = all.filter(isMoment)
  const isDated = all.some(({ time }) => time)
  return catalogue.tools
    .filter(({ isSingle, isPlanned }) => !isSingle && (!isPlanned || isDated))
    .map((tool) => fitOf(times.length > 0 ? times : [present], tool, catalogue, now))
    .filter(({ missing }) => missing.length === 0)
}

/** The tools that can be called, best first: one record must be named, and a narrow tool must be asked for. */
function fitsOf(items: Item[], catalogue: Catalogue, now: number): Fit[] {
  const said = items.flatMap(({ terms }) => terms)
  const isCallable = ({ tool, args }: Fit) => {
    const narrow = [...tool.terms].filter((term) => valueTerms.has(term))
    const isKnown = [...args.keys()].some(({ kind }) => /^(?:id|key|name)$/.test(kind))
    const isWhole = tool.parameters.every((one) => !one.isRequired || args.has(one))
    return isWhole && (isKnown || !tool.isSingle) && (narrow.length === 0 || meets(narrow, said))
  }
  const fits = catalogue.tools.map((tool) => fitOf(items, tool, catalogue, now)).filter(isCallable)
  return fits.sort((a, b) => a.missing.length - b.missing.length || b.score - a.score)
}

/** One call, or one for each value where a parameter takes one only. A list is as long as the tool allows. */
function callsOf({ tool, args }: Fit): Call[] {
  const limits = tool.parameters.filter(({ kind }) => kind === 'limit')
  let calls: Call['args'][] = [Object.fromEntries(limits.map(({ name, max }) => [name, max]))]
  for (const [{ name, isList }, values] of args) {
    const options = isList ? [values] : values
    calls = calls.flatMap((call) => options.map((value) => ({ ...call, [name]: value })))
  }
  return calls.map((given) => ({ tool: tool.name, args: given }))
}

type Known = (term: string) => boolean

/** A part of a question that asks for one thing. `isOpen`: it has a pronoun for which the question has no name. */
export type Clause = { items: Item[]; text: string; isCommand: boolean; isOpen: boolean }

/**
 * Joins fragments to clauses: each has a subject, such as "incidents", and all that is said about it. `isOwn` knows
 * further subjects. Asides are sentences beside the clauses that are not understood.
 */
export function clausesOf(fragments: readonly Fragment[], isOwn: Known) {
  const isSubject: Known = (term) => subjectTerms.has(term) || isOwn(term)
  const isHead = ({ items, isCommand }: Fragment) => {
    const some = items.some(isNamed) ? 'some' : 'every'
    const names = ({ terms, id }: Item) => id || (terms.length > 0 && terms[some](isSubject))
    return isCommand || items.some(names)
  }
  // "for the handover:" says nothing about the question behind it.
  const isPreamble = ({ isTopic, items }: Fragment, at: number) =>
    isTopic && isOverview(items) && at < fragments.length - 1
  const said = fragments.filter((one, at) => {
    const isSaid = one.items.length > 0 || one.hasPronoun || one.isCommand
    return isSaid && !isPreamble(one, at)
  })
  const heads = new Set(said.filter(isHead))
  const parts: Fragment[][] = []
  const asides: string[] = []
  const waiting: Fragment[] = []
  for (const [at, fragment] of said.entries()) {
    const isNear = (other: Fragment | undefined) => other?.sentence === fragment.sentence
    const last = parts.at(-1)
    const before = isNear(last?.[0]) ? last : undefined
    const next = said.slice(at + 1).filter((one) => isNear(one) && heads.has(one))
    if (!heads.has(fragment) && before && fits(fragment, before)) before.push(fragment)
    else if (!heads.has(fragment) && next[0] && fits(fragment, next)) waiting.push(fragment)
    else if (heads.has(fragment) || before || next[0]) parts.push([...waiting.splice(0), fragment])
    else if (heads.size > 0 && fragment.items.some(isUnread)) asides.push(fragment.text)
    else (last ?? waiting).push(fragment)
  }
  if (waiting.length > 0) parts.push(waiting)
  const clauses: Clause[] = []
  for (const own of parts) clauses.push(clauseOf(own, said, isSubject, clauses.at(-1)))
  return { clauses, asides }
}

/** Whether a fragment without a subject goes with others: "P1" with incidents, but not with changes. */
function fits({ items }: Fragment, others: readonly Fragment[]): boolean {
  const all = items.flatMap(({ terms }) => terms.map(impliedBy))
  const implied = all.filter(({ length }) => length === 1)
  if (implied.length === 0) return true
  const kinds = others.flatMap((other) => other.items.flatMap(({ terms }) => terms))
  return meets(implied.flat(), [...kinds, ...kinds.flatMap(impliedBy)])
}

/** Gives a clause the names of another one: "snowflake: health and incidents", "is it healthy", "… healthy, and any incidents?". */
function clauseOf(own: Fragment[], all: Fragment[], isSubject: Known, previous?: Clause): Clause {
  const items = own.flatMap((fragment) => fragment.items)
  const [first] = own
  const topics = all.filter((one) => one.isTopic && one.items.some(isNamed))
  const topic = topics.find(({ sentence }) => sentence === first?.sentence)
  const pronoun = first?.hasPronoun ? first : undefined
  const isBare = items.every(({ terms }) => terms.length > 0 && terms.every(isSubject))
  const isOther = !items.some(isNamed) && previous !== undefined && (topic ?? pronoun ?? isBare)
  const shared = isOther ? (topic?.items ?? previous.items).filter(isNamed) : []
  const isOpen = pronoun !== undefined && !items.some(isNamed)
  items.push(...shared.map((item) => ({ ...item, isOptional: true })))
  if (pronoun && !items.some(isNamed))
    items.push({ text: pronoun.text, from: -1, to: -1, terms: [], names: [] })
  const text = own.map((fragment) => fragment.text).join(', ')
  const about = shared.length > 0 ? ` for ${shared.map((item) => item.text).join(' and ')}` : ''
  return { items, text: text + about, isCommand: own.some(({ isCommand }) => isCommand), isOpen }
}
