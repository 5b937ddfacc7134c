import { type Catalogue, digitsIn, type Parameter, type Tool } from './catalogue.ts'
import { type Clause, clausesOf } from './clauses.ts'
import { type Item, isUnread, read } from './reading.ts'
import { aspectTerms, platformTerms, subjectTerms, valueTerms } from './vocabulary.ts'

/** A call of a tool with its arguments. */
export type Call = { tool: string; args: Record<string, unknown> }

/** What to do about a question. */
export type Plan = {
  calls: Call[]
  /** Words of the question that no tool can apply. */
  declined: string[]
  /** What the user must know beside the results. */
  notes: string[]
}

type Args = Map<Parameter, unknown[]>
/** How well a tool answers a clause, with the items that it cannot apply. */
type Fit = { tool: Tool; args: Args; score: number; missing: Item[]; notes: string[] }
/** A clause, the meanings of all its words, and those of the nouns and filters of all tools. */
type Context = { items: readonly Item[]; said: Set<string>; elsewhere: Set<string>; now: number }

const maxCharacters = 2000
const maxCalls = 8
const isNamed = ({ names, id, search }: Item) => names.length > 0 || !!id || search !== undefined
const meet = (some: Iterable<string>, others: Iterable<string>) => {
  const known = new Set(others)
  return [...some].filter((one) => known.has(one))
}
const meets = (some: Iterable<string>, others: Iterable<string>) => meet(some, others).length > 0

/** Plans the calls that answer a question: for each part of it the tools that apply all that it says. */
export function plan(question: string, { tools, vocabulary }: Catalogue, now: number): Plan {
  const isKnown = (term: string) =>
    aspectTerms.has(term) || valueTerms.has(term) || platformTerms.has(term)
  const isOwn = (term: string) => !isKnown(term) && tools.some(({ terms }) => terms.has(term))
  const { fragments, corrections } = read(question.slice(0, maxCharacters), vocabulary, now)
  const { clauses, asides } = clausesOf(fragments, isOwn)
  const notes = corrections.map(({ from, to }) => `I read “${from}” as “${to}”.`)
  notes.push(...asides.map((text) => `I did not use “${text}”.`))
  const filters = tools.flatMap(({ parameters }) =>
    parameters.filter(({ kind }) => kind === 'enum'),
  )
  const elsewhere = new Set([...tools, ...filters].flatMap(({ terms }) => [...terms]))
  const calls: Call[] = []
  const declined: string[] = []
  for (const items of joined(clauses, isOwn)) {
    const context = { items, said: new Set(items.flatMap(({ terms }) => terms)), elsewhere, now }
    const unread = items.filter(isUnread)
    const fits = unread.length > 0 ? [] : cover(context, tools)
    calls.push(...fits.flatMap(callsOf))
    notes.push(...fits.flatMap((fit) => fit.notes))
    const missing = unread.length > 0 ? unread : (fitsOf(context, tools)[0]?.missing ?? items)
    if (fits.length === 0) declined.push(...missing.map(({ text }) => text))
  }
  const unique = [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()]
  return { calls: unique.slice(0, maxCalls), declined, notes }
}

/** The items of each clause; of both where one subject stands directly behind another: "open changes and incidents". */
function joined(clauses: readonly Clause[], isOwn: (term: string) => boolean): Item[][] {
  const isNoun = ({ terms, names }: Item) =>
    names.length === 0 &&
    terms.some((term) => (subjectTerms.has(term) && term !== 'health') || isOwn(term))
  const groups: Item[][] = []
  for (const { items } of clauses) {
    const [end, start] = [groups.at(-1)?.at(-1), items[0]]
    const isNext = end && start && isNoun(end) && isNoun(start) && start.from - end.to <= 2
    if (isNext) groups.at(-1)?.push(...items)
    else groups.push([...items])
  }
  return groups
}

/** The fewest tools that together apply everything; all of them if several do it equally well. */
function cover(context: Context, tools: readonly Tool[]): Fit[] {
  let { items } = context
  if (items.every(({ terms, time }) => time || terms.includes('overview')))
    return overview(context, tools)
  const chosen: Fit[] = []
  while (chosen.length < 4) {
    const fits = fitsOf({ ...context, items }, tools)
    const [best] = fits
    if (best === undefined || best.score <= 0 || best.missing.length === items.length) return []
    if (best.missing.length === 0) {
      const isEqual = ({ missing, score }: Fit) => missing.length === 0 && best.score - score < 0.01
      return [...chosen, ...fits.filter(isEqual)]
    }
    const isThing = (item: Item) =>
      isNamed(item) || tools.some(({ terms }) => meets(item.terms, terms))
    if (!best.missing.every(isThing)) return []
    chosen.push(best)
    // What does not name the tool holds for the next one as well: "wrong with Snowflake or Azure".
    const shared = items.filter(
      (item) => !item.id && !best.missing.includes(item) && !meets(item.terms, best.tool.terms),
    )
    items = [...best.missing, ...shared.map((item) => ({ ...item, isOptional: true }))]
  }
  return []
}

/** For a question about everything: every tool that lists something, what is open where that can be said. */
function overview(context: Context, tools: readonly Tool[]): Fit[] {
  const items = context.items.filter(({ time }) => time)
  const open = { text: '', from: 0, to: 0, terms: ['open'], names: [], isOptional: true }
  const fits = tools
    .filter(({ isSingle, isPlanned }) => !isSingle && (!isPlanned || items.length > 0))
    .map((tool) => fitOf({ ...context, items: items.length > 0 ? items : [open] }, tool))
  return fits.filter(({ missing }) => missing.length === 0)
}

function fitsOf(context: Context, tools: readonly Tool[]): Fit[] {
  const fits = tools
    .map((tool) => fitOf(context, tool))
    .filter((fit) => isCallable(fit, context.said))
  return fits.sort((a, b) => a.missing.length - b.missing.length || b.score - a.score)
}

/** Required arguments are there, one record is named where one is answered, and a narrow tool was asked for. */
function isCallable({ tool, args }: Fit, said: Set<string>): boolean {
  const narrow = meet(tool.terms, valueTerms)
  const isKnown = [...args.keys()].some(({ kind }) => /^(?:id|key|name)$/.test(kind))
  const isWhole = tool.parameters.every((one) => !one.isRequired || args.has(one))
  return isWhole && (isKnown || !tool.isSingle) && (narrow.length === 0 || meets(narrow, said))
}

/** Applies every item of a clause to a tool, names first. A tool whose name says more than was asked fits less. */
function fitOf(context: Context, tool: Tool): Fit {
  const fit: Fit = { tool, args: new Map(), score: 0, missing: [], notes: [] }
  const { items, said } = context
  for (const item of [...items.filter(isNamed), ...items.filter((one) => !isNamed(one))]) {
    const score = apply(item, fit, context)
    fit.score += score ?? 0
    if (score === undefined && !item.isOptional) fit.missing.push(item)
  }
  const unasked = [...tool.terms].filter(
    (term) => !said.has(term) && !/^(?:health|overview|state)$/.test(term),
  )
  fit.score -= (unasked.length / tool.terms.size) * 0.8
  return fit
}

/** Applies an item: as an argument, or because the tool is about it. Answers how well, or nothing. */
function apply(item: Item, fit: Fit, context: Context): number | undefined {
  if (item.id) return applyId(item, fit, context)
  if (item.time) return applyTime(item, fit, context)
  if (item.search !== undefined) return applySearch(item, fit)
  if (item.numbers) return applyNumbers(item, fit, context)
  return applyName(item, fit) ?? applyTerms(item, fit, context)
}

const find = ({ tool }: Fit, kind: Parameter['kind']) =>
  tool.parameters.find((one) => one.kind === kind)
const add = ({ args }: Fit, parameter: Parameter, value: unknown) =>
  args.set(parameter, [...new Set([...(args.get(parameter) ?? []), value])])
/** Whether the thing that the tool is about is named. */
const isAboutOne = ({ tool, args }: Fit) =>
  [...args.keys()].some(({ kind, terms }) => kind === 'name' && meets(terms, tool.terms))

function applyId({ id, terms }: Item, fit: Fit, { said }: Context): number | undefined {
  const { prefix = '', digits = '' } = id ?? {}
  const parameter = fit.tool.parameters.find(({ kind, example, isRequired }) => {
    const isOwn = prefix !== '' && example.toLowerCase().startsWith(prefix)
    // A number of another kind narrows a list, if the question names what is listed: "incidents caused by CHG0030409".
    const isMeant = isRequired
      ? isOwn || meets(prefix ? terms : said, fit.tool.terms)
      : isOwn && meets(said, fit.tool.terms)
    return kind === 'id' && isMeant
  })
  const [, letters = '', zeros = ''] = /^([A-Z]+)(\d+)$/.exec(parameter?.example ?? '') ?? []
  if (parameter)
    add(fit, parameter, letters + digits.replace(/^0+/, '').padStart(zeros.length, '0'))
  return parameter && 5
}

function applyTime({ time }: Item, fit: Fit, { said, now }: Context): number | undefined {
  const { isPlanned } = fit.tool
  const isOver = meets(said, ['closed', 'canceled', 'resolved', 'failed'])
  const { from: start = 0, to: end = Number.MAX_VALUE } = (isPlanned && !isOver
    ? time?.planned
    : time?.past) ?? { to: -1 }
  if (end < start || (!isPlanned && start > now)) return undefined
  const [from, to] = [find(fit, 'from'), find(fit, 'to')]
  const isCut = end < Number.MAX_VALUE && (isPlanned || end < now)
  if (from === undefined) {
    // Without a filter for times a tool tells the present. About a named thing its own times say the rest.
    if (end < now && !isAboutOne(fit)) return undefined
    if (end < now) fit.notes.push('This tool has no filter for a time: compare the times shown.')
    return 0.1
  }
  if (start > 0) add(fit, from, new Date(start).toISOString())
  if (isCut && to) add(fit, to, new Date(end).toISOString())
  return isCut && !to ? undefined : 2
}

/** Looks for words as they are: as an identifier of that shape, in a text search, or as a name. */
function applySearch({ search = '', isGuess }: Item, fit: Fit): number | undefined {
  const digits = digitsIn(search)
  const key = digits
    ? fit.tool.parameters.find((one) => one.kind === 'key' && digitsIn(one.example) === digits)
    : undefined
  const parameter = key ?? find(fit, 'search') ?? (isGuess ? undefined : find(fit, 'name'))
  if (parameter) add(fit, parameter, key ? search.toLowerCase() : search)
  return parameter && (key ? 5 : 1)
}

/** "priority 1 or higher" for an enum of numbers, "last 5" for a limit. */
function applyNumbers(
  { numbers = [], bound, terms }: Item,
  fit: Fit,
  { said }: Context,
): number | undefined {
  const [first = 0] = numbers
  const parameter = fit.tool.parameters.find(
    (one) => one.kind === 'enum' && meets(terms, one.terms),
  )
  if (parameter) {
    const known = parameter.values.map(({ value }) => value)
    const isLow = bound === 'lower' || bound === 'below'
    const isIn = (value: unknown) => (isLow ? Number(value) >= first : Number(value) <= first)
    const wanted = bound ? known.filter(isIn) : numbers
    for (const value of wanted) add(fit, parameter, value)
    return wanted.every((value) => known.includes(value)) ? 3 : undefined
  }
  const limit = find(fit, 'limit')
  const isCount = terms.includes('latest') || (terms.length === 0 && said.has('latest'))
  if (limit === undefined || !isCount || first < 1 || first > limit.max) return undefined
  fit.args.set(limit, [first])
  return 1
}

/** A name goes to the parameter of its field; the name of a platform may be in the name of the tool. */
function applyName({ names, terms, text }: Item, fit: Fit): number | undefined {
  const own = [...platformTerms].find((platform) => fit.tool.terms.has(platform))
  if (own && terms.includes(own)) return 3
  const known = names.filter(({ platform }) => !own || !platform || platform === own)
  for (const parameter of fit.tool.parameters) {
    const meant = new Set(
      known.filter(({ field }) => field === parameter.name).map(({ name }) => name),
    )
    const [name = ''] = meant
    const [first = '', ...rest] = name.split(' ')
    const short = rest.length > 0 && platformTerms.has(first.toLowerCase()) ? rest.join(' ') : name
    if (meant.size > 0) add(fit, parameter, meant.size > 1 ? text : short)
    if (meant.size > 0) return 3
  }
  const search = own || names.length === 0 ? undefined : find(fit, 'search')
  if (search) add(fit, search, names.length > 1 ? text : names[0]?.name)
  return search && 0.5
}

/** A value of an enum, a word that the tool's name or description has, or a field that is asked for. */
function applyTerms(
  { terms, text }: Item,
  fit: Fit,
  { items, said, elsewhere }: Context,
): number | undefined {
  const { tool, args } = fit
  const isDated = items.some(({ time }) => time)
  const isRecord = tool.isSingle && args.size > 0
  const [inName] = meet(terms, tool.terms)
  const nameScore = inName && (valueTerms.has(inName) ? 3.5 : subjectTerms.has(inName) ? 3 : 2)
  if (terms.includes('planned') && tool.isPlanned && (isDated || !terms.includes('scheduled')))
    return 1
  if (terms.includes('opened') && isDated) return 1
  if (nameScore && meet(terms, valueTerms).every((term) => term === inName)) return nameScore
  const isMeant = (one: { terms: readonly string[] }) => meets(one.terms, terms)
  const enums = tool.parameters.filter(({ values }) => values.some(isMeant))
  const parameter = enums.find((one) => meets(one.terms, said)) ?? enums[0]
  if (parameter) {
    // Asked of one thing, a value is no filter: the record tells whether it is so.
    const isFilter = !isRecord && !isAboutOne(fit)
    for (const { value } of isFilter ? parameter.values.filter(isMeant) : [])
      add(fit, parameter, value)
    return isFilter ? 3 : 2
  }
  if (nameScore) return nameScore
  const limit = find(fit, 'limit')
  if (terms.includes('latest') && limit && !isRecord) {
    const isPlural = items.some((item) => /s$/.test(item.text) && item.text !== text)
    if (!args.has(limit)) add(fit, limit, isPlural ? 10 : 1)
    return 1
  }
  if (isRecord) return meets(terms, tool.describedTerms) ? 1 : 0.2
  const aspects = meet(terms, aspectTerms)
  if (tool.parameters.some((one) => meets(aspects, one.terms))) return 1
  if (meets(terms, elsewhere)) return undefined
  if (meet(terms, tool.describedTerms).some((term) => !valueTerms.has(term))) return 1
  return aspects.length > 0 ? 0.1 : undefined
}

/** One call, or one for each value where a parameter takes one only. */
function callsOf({ tool, args }: Fit): Call[] {
  let calls: Call['args'][] = [{}]
  for (const [{ name, isList }, values] of args) {
    const options = isList ? [values] : values
    calls = calls.flatMap((call) => options.map((value) => ({ ...call, [name]: value })))
  }
  return calls.map((given) => ({ tool: tool.name, args: given }))
}
