import { type Catalogue, digitsIn, type Parameter, type Tool } from './catalogue.ts'
import { type Clause, clausesOf } from './clauses.ts'
import { type Item, isNamed, isUnread, read } from './reading.ts'
import { aspectTerms, platformTerms, subjectTerms, valueTerms } from './vocabulary.ts'

/** A call of a tool with its arguments. */
export type Call = { tool: string; args: Record<string, unknown> }

/** What to do about a question: the calls, the words that no tool can apply, and what the user must know beside. */
export type Plan = { calls: Call[]; declined: string[]; notes: string[] }

/** How well a tool answers a clause, with the items that it cannot apply. */
type Fit = {
  tool: Tool
  args: Map<Parameter, unknown[]>
  score: number
  missing: Item[]
  notes: string[]
}
/** A clause, and the meanings of the nouns and filters of all tools. */
type Context = { items: readonly Item[]; elsewhere: ReadonlySet<string>; now: number }

const maxCharacters = 2000
const maxCalls = 8
const termsIn = (items: readonly Item[]) => new Set(items.flatMap(({ terms }) => terms))
const meet = (some: Iterable<string>, others: Iterable<string>) => [
  ...new Set(some).intersection(new Set(others)),
]
const meets = (some: Iterable<string>, others: Iterable<string>) => meet(some, others).length > 0

/** Plans the calls that answer a question: for each part of it the tools that apply all that it says. */
export function plan(question: string, { tools, vocabulary }: Catalogue, now: number): Plan {
  const listed = [...aspectTerms, ...valueTerms, ...platformTerms]
  const nouns = new Set(tools.flatMap(({ terms }) => [...terms]))
  const own = nouns.difference(new Set(listed))
  const { fragments, corrections } = read(question.slice(0, maxCharacters), vocabulary, now)
  const { clauses, asides } = clausesOf(fragments, (term) => own.has(term))
  const filters = tools.flatMap(({ parameters }) =>
    parameters.filter(({ kind }) => kind === 'enum'),
  )
  const elsewhere = nouns.union(new Set(filters.flatMap(({ terms }) => terms)))
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
  const isNoun = (item?: Item) =>
    item?.names.length === 0 && meets(item.terms, subjectTerms) && !item.terms.includes('health')
  const groups: Item[][] = []
  for (const { items } of clauses) {
    const [last, [start]] = [groups.at(-1), items]
    const end = last?.at(-1)
    const isNext = isNoun(end) && isNoun(start) && (start?.from ?? 0) - (end?.to ?? 0) <= 2
    if (last && isNext) last.push(...items)
    else groups.push([...items])
  }
  return groups
}

/** The fewest tools that together apply everything; all of them if several do it equally well. */
function cover(context: Context, tools: readonly Tool[]): Fit[] {
  let { items } = context
  const times = items.filter(({ time }) => time)
  if (items.every(({ terms, time }) => time || terms.includes('overview'))) {
    // A question about everything: what is listed without being told what, and open where that can be said.
    const open = { text: '', from: 0, to: 0, terms: ['open'], names: [], isOptional: true }
    const said = times.length > 0 ? times : [open]
    const lists = tools.filter(
      ({ isSingle, isPlanned }) => !isSingle && (!isPlanned || times.length > 0),
    )
    const fits = lists.map((tool) => fitOf({ ...context, items: said }, tool))
    return fits.filter(({ missing }) => missing.length === 0)
  }
  const isThing = (item: Item) =>
    isNamed(item) || tools.some(({ terms }) => meets(item.terms, terms))
  const chosen: Fit[] = []
  while (chosen.length < 4) {
    const fits = fitsOf({ ...context, items }, tools)
    const [best] = fits
    if (!best || best.score <= 0 || best.missing.length === items.length) return []
    if (best.missing.length === 0) {
      const isEqual = (fit: Fit) => fit.missing.length === 0 && best.score - fit.score < 0.01
      return [...chosen, ...fits.filter(isEqual)]
    }
    if (!best.missing.every(isThing)) return []
    chosen.push(best)
    // What does not name the tool holds for the next one as well: "wrong with Snowflake or Azure".
    const isShared = (item: Item) => !item.id && !meets(item.terms, best.tool.terms)
    const shared = items.filter((item) => !best.missing.includes(item) && isShared(item))
    items = [...best.missing, ...shared.map((item) => ({ ...item, isOptional: true }))]
  }
  return []
}

/** The tools that can be called, best first: one record must be named, and a narrow tool must be asked for. */
function fitsOf(context: Context, tools: readonly Tool[]): Fit[] {
  const said = termsIn(context.items)
  const isCallable = ({ tool, args }: Fit) => {
    const narrow = meet(tool.terms, valueTerms)
    const isKnown = [...args.keys()].some(({ kind }) => /^(?:id|key|name)$/.test(kind))
    const isWhole = tool.parameters.every((one) => !one.isRequired || args.has(one))
    return isWhole && (isKnown || !tool.isSingle) && (narrow.length === 0 || meets(narrow, said))
  }
  const fits = tools.map((tool) => fitOf(context, tool)).filter(isCallable)
  return fits.sort((a, b) => a.missing.length - b.missing.length || b.score - a.score)
}

/** Applies every item to a tool, names first. A tool whose name says more than was asked fits less. */
function fitOf({ items, elsewhere, now }: Context, tool: Tool): Fit {
  const { parameters, terms: noun } = tool
  const args = new Map<Parameter, unknown[]>()
  const notes: string[] = []
  const said = termsIn(items)
  const isDated = items.some(({ time }) => time)
  const find = (kind: Parameter['kind']) => parameters.find((one) => one.kind === kind)
  const add = (parameter: Parameter, ...values: unknown[]) =>
    args.set(parameter, [...new Set([...(args.get(parameter) ?? []), ...values])])
  /** Whether the thing that the tool is about is named, so that the question is about one thing. */
  const isAboutOne = () =>
    [...args.keys()].some(
      ({ kind, terms }) => tool.isSingle || (kind === 'name' && meets(terms, noun)),
    )

  function applyId({ id, terms }: Item): number | undefined {
    const { prefix = '', digits = '' } = id ?? {}
    // A number of another kind narrows a list, if the question names what is listed: "incidents caused by CHG0030409".
    const isMeant = ({ kind, example, isRequired }: Parameter) => {
      const isOwn = prefix !== '' && example.toLowerCase().startsWith(prefix)
      const isAbout = meets(isRequired && prefix ? terms : said, noun)
      return kind === 'id' && (isRequired ? isOwn || isAbout : isOwn && isAbout)
    }
    const parameter = parameters.find(isMeant)
    const [, letters = '', zeros = ''] = /^([A-Z]+)(\d+)$/.exec(parameter?.example ?? '') ?? []
    if (parameter) add(parameter, letters + digits.replace(/^0+/, '').padStart(zeros.length, '0'))
    return parameter && 5
  }

  function applyTime({ time }: Item): number | undefined {
    const isPlan = tool.isPlanned && !meets(said, ['closed', 'canceled', 'resolved', 'failed'])
    const span = isPlan ? time?.planned : time?.past
    const { from: start = 0, to: end = Number.MAX_VALUE } = span ?? {}
    if (span === undefined || (!tool.isPlanned && start > now)) return undefined
    const [from, to] = [find('from'), find('to')]
    const isCut = end < Number.MAX_VALUE && (tool.isPlanned || end < now)
    if (from === undefined) {
      // Without a filter for times a tool tells the present. About a named thing its own times say the rest.
      if (end < now && !isAboutOne()) return undefined
      if (end < now) notes.push('This tool has no filter for a time: compare the times shown.')
      return 0.1
    }
    if (start > 0) add(from, new Date(start).toISOString())
    if (isCut && to) add(to, new Date(end).toISOString())
    return isCut && !to ? undefined : 2
  }

  /** Looks for words as they are: as an identifier of that shape, in a text search, or as a name. */
  function applySearch({ search = '', isGuess }: Item): number | undefined {
    const digits = digitsIn(search)
    const isAlike = ({ kind, example }: Parameter) => kind === 'key' && digitsIn(example) === digits
    const key = digits ? parameters.find(isAlike) : undefined
    const parameter = key ?? find('search') ?? (isGuess ? undefined : find('name'))
    if (parameter) add(parameter, key ? search.toLowerCase() : search)
    return parameter && (key ? 5 : 1)
  }

  /** "priority 1 or higher" for an enum of numbers, "last 5" for a limit. */
  function applyNumber({ number = 0, bound, terms }: Item): number | undefined {
    const parameter = parameters.find((one) => one.kind === 'enum' && meets(terms, one.terms))
    if (parameter) {
      const known = parameter.values.map(({ value }) => Number(value))
      const isIn = (value: number) =>
        bound === 'lower'
          ? value >= number
          : bound === 'higher'
            ? value <= number
            : value === number
      add(parameter, ...known.filter(isIn))
      return known.includes(number) ? 3 : undefined
    }
    const limit = find('limit')
    const isCount = terms.includes('latest') || (terms.length === 0 && said.has('latest'))
    if (limit === undefined || !isCount || number < 1 || number > limit.max) return undefined
    args.set(limit, [number])
    return 1
  }

  /** A name goes to the parameter of its field; the name of a platform may be in the name of the tool. */
  function applyName({ names, terms, text }: Item): number | undefined {
    const own = [...platformTerms].find((platform) => noun.has(platform))
    if (own && terms.includes(own)) return 3
    const known = names.filter(({ platform }) => !own || !platform || platform === own)
    const parameter = parameters.find((one) => known.some(({ field }) => field === one.name))
    const meant = new Set(
      known.flatMap(({ name, field }) => (field === parameter?.name ? [name] : [])),
    )
    const [name = ''] = meant
    const [first = '', ...rest] = name.split(' ')
    const short = rest.length > 0 && platformTerms.has(first.toLowerCase()) ? rest.join(' ') : name
    if (parameter) add(parameter, meant.size > 1 ? text : short)
    const search = parameter || own || names.length === 0 ? undefined : find('search')
    if (search) add(search, names.length > 1 ? text : names[0]?.name)
    return parameter ? 3 : search && 0.5
  }

  /** A value of an enum, a word of the tool's name or description, or a field that is asked for. */
  function applyTerms({ terms, text }: Item): number | undefined {
    const isRecord = tool.isSingle && args.size > 0
    const [inName] = meet(terms, noun)
    const nameScore = inName && (valueTerms.has(inName) ? 3.5 : subjectTerms.has(inName) ? 3 : 2)
    if (terms.includes('planned') && tool.isPlanned && (isDated || !terms.includes('scheduled')))
      return 1
    if (terms.includes('opened') && isDated) return 1
    if (nameScore && meet(terms, valueTerms).every((term) => term === inName)) return nameScore
    const isMeant = (one: { terms: readonly string[] }) => meets(one.terms, terms)
    const enums = parameters.filter(({ values }) => values.some(isMeant))
    const parameter = enums.find((one) => meets(one.terms, said)) ?? enums[0]
    // Asked of one thing, a value is no filter: the record tells whether it is so.
    if (parameter && isAboutOne()) return 2
    if (parameter) add(parameter, ...parameter.values.filter(isMeant).map(({ value }) => value))
    if (parameter) return 3
    if (nameScore) return nameScore
    const limit = find('limit')
    if (terms.includes('latest') && limit && !isRecord) {
      const isPlural = items.some((item) => item.text.endsWith('s') && item.text !== text)
      if (!args.has(limit)) add(limit, isPlural ? 10 : 1)
      return 1
    }
    if (isRecord) return meets(terms, tool.describedTerms) ? 1 : 0.2
    const aspects = meet(terms, aspectTerms)
    if (parameters.some((one) => meets(aspects, one.terms))) return 1
    if (meets(terms, elsewhere)) return undefined
    if (meet(terms, tool.describedTerms).some((term) => !valueTerms.has(term))) return 1
    return aspects.length > 0 ? 0.1 : undefined
  }

  function apply(item: Item): number | undefined {
    if (item.id) return applyId(item)
    if (item.time) return applyTime(item)
    if (item.search !== undefined) return applySearch(item)
    if (item.number !== undefined) return applyNumber(item)
    return applyName(item) ?? applyTerms(item)
  }

  const missing: Item[] = []
  const unasked = [...noun].filter(
    (term) => !said.has(term) && !/^(?:health|overview|state)$/.test(term),
  )
  let score = (unasked.length / noun.size) * -0.8
  for (const item of [...items.filter(isNamed), ...items.filter((one) => !isNamed(one))]) {
    const gain = apply(item)
    score += gain ?? 0
    if (gain === undefined && !item.isOptional) missing.push(item)
  }
  return { tool, args, score, missing, notes }
}

/** One call, or one for each value where a parameter takes one only. A list is as long as the tool allows. */
function callsOf({ tool, args }: Fit): Call[] {
  const limit = tool.parameters.find(({ kind }) => kind === 'limit')
  let calls: Call['args'][] = [limit ? { [limit.name]: limit.max } : {}]
  for (const [{ name, isList }, values] of args) {
    const options = isList ? [values] : values
    calls = calls.flatMap((call) => options.map((value) => ({ ...call, [name]: value })))
  }
  return calls.map((given) => ({ tool: tool.name, args: given }))
}
