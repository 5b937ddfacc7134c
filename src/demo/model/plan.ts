import type { Catalogue, Parameter, Tool } from './catalogue.ts'
import { type Clause, clausesOf } from './clauses.ts'
import { type Context, type Fit, fitOf, meets } from './fit.ts'
import { type Item, isNamed, isUnread, read } from './reading.ts'
import { aspectTerms, platformTerms, subjectTerms, valueTerms } from './vocabulary.ts'

/** A call of a tool with its arguments. */
export type Call = { tool: string; args: Record<string, unknown> }

/** What to do about a question: the calls, the words that no tool can apply, and what the user must know beside. */
export type Plan = { calls: Call[]; declined: string[]; notes: string[] }

const maxCharacters = 1000
const maxCalls = 8

/** Plans the calls that answer a question: for each part of it the tools that apply all that it says. */
export function plan(question: string, { tools, vocabulary }: Catalogue, now: number): Plan {
  const tooLong = `more than ${maxCharacters} characters`
  if (question.length > maxCharacters) return { calls: [], declined: [tooLong], notes: [] }
  const nouns = tools.flatMap(({ terms }) => [...terms])
  const listed = [aspectTerms, valueTerms, platformTerms]
  const own = nouns.filter((term) => !listed.some((terms) => terms.has(term)))
  const filters = tools.flatMap(({ parameters }) =>
    parameters.filter(({ kind }) => kind === 'enum'),
  )
  const listedNouns = tools.flatMap(({ terms, isSingle }) => (isSingle ? [] : [...terms]))
  const elsewhere = new Set([...listedNouns, ...filters.flatMap(({ terms }) => terms)])
  const { fragments, corrections } = read(question, vocabulary, now)
  const { clauses, asides } = clausesOf(fragments, (term) => own.includes(term))
  const calls = new Map<string, Call>()
  const declined: string[] = []
  const notes = corrections.map(({ from, to }) => `I read “${from}” as “${to}”.`)
  notes.push(...asides.map((text) => `I did not use “${text}”.`))
  for (const items of joined(clauses)) {
    const context = { items, elsewhere, now }
    const unread = items.filter(isUnread)
    const fits = unread.length > 0 ? [] : cover(context, tools)
    for (const call of fits.flatMap(callsOf)) calls.set(JSON.stringify(call), call)
    notes.push(...fits.flatMap((fit) => fit.notes))
    const missing = unread.length > 0 ? unread : (fitsOf(context, tools)[0]?.missing ?? items)
    if (fits.length === 0) declined.push(...missing.map(({ text }) => text))
  }
  return { calls: [...calls.values()].slice(0, maxCalls), declined, notes }
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

/** The fewest tools that together apply everything; all of them if several do it equally well. */
function cover(context: Context, tools: readonly Tool[]): Fit[] {
  let { items } = context
  if (items.every(({ terms, time }) => time || terms.includes('overview')))
    return overview(context, tools)
  const isThing = (item: Item) =>
    isNamed(item) || tools.some(({ terms }) => meets(item.terms, terms))
  const chosen: Fit[] = []
  while (chosen.length < 4) {
    const fits = fitsOf({ ...context, items }, tools)
    const [best] = fits
    if (!best || best.score <= 0 || best.missing.length === items.length) return []
    const { missing, score } = best
    if (missing.length === 0) {
      return [
        ...chosen,
        ...fits.filter((fit) => fit.missing.length === 0 && score - fit.score < 0.01),
      ]
    }
    if (!missing.every(isThing)) return []
    chosen.push(best)
    // What does not name the tool holds for the next one as well: "wrong with Snowflake or Azure".
    const isShared = (item: Item) =>
      !missing.includes(item) && !item.id && !meets(item.terms, best.tool.terms)
    items = [...missing, ...items.filter(isShared).map((item) => ({ ...item, isOptional: true }))]
  }
  return []
}

/** For a question about everything: what is listed without being told what, and open where that can be said. */
function overview(context: Context, tools: readonly Tool[]): Fit[] {
  const times = context.items.filter(({ time }) => time)
  const open = { text: '', from: 0, to: 0, terms: ['open'], names: [], isOptional: true }
  const items = times.length > 0 ? times : [open]
  const lists = tools.filter(
    ({ isSingle, isPlanned }) => !isSingle && (!isPlanned || times.length > 0),
  )
  return lists
    .map((tool) => fitOf({ ...context, items }, tool))
    .filter(({ missing }) => missing.length === 0)
}

/** The tools that can be called, best first: one record must be named, and a narrow tool must be asked for. */
function fitsOf(context: Context, tools: readonly Tool[]): Fit[] {
  const said = context.items.flatMap(({ terms }) => terms)
  const isCallable = ({ tool, args }: Fit) => {
    const narrow = [...tool.terms].filter((term) => valueTerms.has(term))
    const isKnown = [...args.keys()].some(({ kind }) => /^(?:id|key|name)$/.test(kind))
    const isWhole = tool.parameters.every((one) => !one.isRequired || args.has(one))
    return isWhole && (isKnown || !tool.isSingle) && (narrow.length === 0 || meets(narrow, said))
  }
  const fits = tools.map((tool) => fitOf(context, tool)).filter(isCallable)
  return fits.sort((a, b) => a.missing.length - b.missing.length || b.score - a.score)
}

/** One call, or one for each value where a parameter takes one only. A list is as long as the tool allows. */
function callsOf({ tool, args }: Fit): Call[] {
  const isLimit = ({ kind }: Parameter) => kind === 'limit'
  const limits = tool.parameters.filter(isLimit).map(({ name, max }) => [name, max])
  let calls: Call['args'][] = [Object.fromEntries(limits)]
  for (const [{ name, isList }, values] of args) {
    const options = isList ? [values] : values
    calls = calls.flatMap((call) => options.map((value) => ({ ...call, [name]: value })))
  }
  return calls.map((given) => ({ tool: tool.name, args: given }))
}
