import type { Call } from './protocol.ts'
import { type Catalogue, type CatalogueTool, digitsIn, type Parameter } from './catalogue.ts'
import { clausesOf } from './clauses.ts'
import { type Item, isUnread, read } from './reading.ts'
import type { Span } from './times.ts'
import { aspectTerms, platformTerms, subjectTerms, valueTerms } from './vocabulary.ts'


/** What to do about a question. `declined` names the words that no tool can answer. */
export type Plan = {
  calls: Call[]
  declined: string[]
  /** What the user must know beside the results: parts that were left out, words that were corrected. */
  notes: string[]
  /** Meanings of fields that the question asks for: `owner`, `cause`. */
  asked: ReadonlySet<string>
}

/** How one tool would answer a clause. */
type Fit = {
  tool: CatalogueTool
  args: Map<Parameter, unknown[]>
  score: number
  /** What it cannot apply. */
  missing: Item[]
  notes: string[]
}

const maxCalls = 8

/** Plans the calls that answer a question: for each part of it the tools that apply all that it says. */
export function plan(question: string, { tools, vocabulary }: Catalogue, now: number): Plan {
  const isSubject = (term: string) => subjectTerms.has(term) || isOwnSubject(term, tools)
  const reading = read(question.slice(0, 2000), vocabulary, now)
  const { clauses, asides } = clausesOf(reading, isSubject)
  const notes = asides.map((text) => `I did not read “${text}”.`)
  for (const { from, to } of reading.corrections) notes.push(`I read “${from}” as “${to}”.`)
  const calls: Call[] = []
  const declined: string[] = []
  const items = clauses.flatMap((clause) => clause.items)
  const asked = new Set(items.flatMap(({ terms }) => terms.filter((term) => aspectTerms.has(term))))
  for (const clause of clauses) {
    const unread = clause.items.filter(isUnread)
    const fits = unread.length > 0 ? [] : cover(clause.items, tools, now)
    if (fits.length > 0) {
      for (const fit of fits) {
        calls.push(...callsOf(fit))
        notes.push(...fit.notes)
      }
      continue
    }
    declined.push(...(unread.length > 0 ? unread : leastMissing(clause.items, tools, now)).map(({ text }) => text))
  }
  if (clauses.length === 0) declined.push(question.slice(0, 80))
  return { calls: unique(calls).slice(0, maxCalls), declined, notes: [...new Set(notes)], asked }
}

/** A word that only tools of this agent use, such as "runner" in `list_runners`. */
function isOwnSubject(term: string, tools: readonly CatalogueTool[]): boolean {
  const isKnown = aspectTerms.has(term) || valueTerms.has(term) || platformTerms.has(term)
  return !isKnown && tools.some(({ nameTerms }) => nameTerms.has(term))
}

/** The fewest tools that together apply everything; all of them if several do it equally well. */
function cover(items: readonly Item[], tools: readonly CatalogueTool[], now: number): Fit[] {
  const isOverview = items.every(({ terms, time }) => time || terms.includes('overview'))
  if (isOverview) return overview(items, tools, now)
  const chosen: Fit[] = []
  let left = items
  while (chosen.length < 4) {
    const fits = fitsOf(left, tools, now).filter(({ score }) => score > 0)
    const whole = fits.filter(({ missing }) => missing.length === 0)
    if (whole.length > 0) {
      const best = Math.max(...whole.map(({ score }) => score))
      return [...chosen, ...whole.filter(({ score }) => best - score < 0.01)]
    }
    const [best] = fits
    if (best === undefined || best.missing.length === left.length) return []
    chosen.push(best)
    const shared = left.filter((item) => isShareable(item) && !best.missing.includes(item))
    left = [...best.missing, ...shared.map((item) => ({ ...item, optional: true }))]
  }
  return []
}

/** What applies to a second tool as well: "wrong with Snowflake or Azure". */
function isShareable({ id, names, terms }: Item): boolean {
  return !id && names.length === 0 && !terms.some((term) => platformTerms.has(term))
}

/** What is open, failed or unhealthy: every tool that lists something without being told what. */
function overview(items: readonly Item[], tools: readonly CatalogueTool[], now: number): Fit[] {
  const times = items.filter(({ time }) => time)
  return tools
    .filter(({ isSingle }) => !isSingle)
    .map((tool) => {
      const open = tool.parameters.find(({ values }) => values.some(({ terms }) => terms.includes('open')))
      const fit = fitOf(times, tool, now)
      if (open && times.length === 0) add(fit, open, valueFor(open, 'open'))
      return fit
    })
    .filter(({ missing }) => missing.length === 0)
}

function fitsOf(items: readonly Item[], tools: readonly CatalogueTool[], now: number): Fit[] {
  const fits = tools.map((tool) => fitOf(items, tool, now)).filter((fit) => isCallable(fit, items))
  return fits.sort((a, b) => a.missing.length - b.missing.length || b.score - a.score)
}

function leastMissing(items: readonly Item[], tools: readonly CatalogueTool[], now: number): Item[] {
  const [best] = fitsOf(items, tools, now)
  return best ? best.missing : [...items]
}

/** Required arguments are there, one record is named where one is answered, and a narrow tool was asked for. */
function isCallable({ tool, args }: Fit, items: readonly Item[]): boolean {
  const given = [...args.keys()]
  if (tool.parameters.some((one) => one.isRequired && !given.includes(one))) return false
  if (tool.isSingle && !given.some(({ kind }) => ['id', 'key', 'name'].includes(kind))) return false
  const narrow = [...tool.nameTerms].filter((term) => valueTerms.has(term))
  const wanted = termsOf(items)
  const isNarrow = narrow.length > 0 && !narrow.some((term) => wanted.includes(term)) && !wanted.includes('succeeded')
  return !isNarrow
}

function termsOf(items: readonly Item[]): string[] {
  return items.flatMap(({ terms }) => terms)
}

/** Tries to apply every item of a clause to a tool. */
function fitOf(items: readonly Item[], tool: CatalogueTool, now: number): Fit {
  const fit: Fit = { tool, args: new Map(), score: 0, missing: [], notes: [] }
  const named = items.filter(({ names, id, search }) => names.length > 0 || id || search !== undefined)
  const ordered = [...named, ...items.filter((item) => !named.includes(item))]
  const context = { items, now }
  for (const item of ordered) {
    const score = apply(item, fit, context)
    if (score !== undefined) fit.score += score
    else if (!item.optional) fit.missing.push(item)
  }
  const wanted = termsOf(items)
  const unasked = tool.nameWords.filter((terms) => terms.length > 0 && !terms.some((term) => term === 'health' || wanted.includes(term)))
  fit.score -= (unasked.length / Math.max(1, tool.nameWords.length)) * 0.8
  return fit
}

type Context = { items: readonly Item[]; now: number }

/** Applies an item: as an argument, or because the tool is about it. Answers how well, or nothing. */
function apply(item: Item, fit: Fit, context: Context): number | undefined {
  if (item.id) return applyId(item.id, item.terms, fit, context)
  if (item.time) return applyTime(item.time, fit, context)
  if (item.search !== undefined) return applySearch(item.search, fit, item.isGuess ?? false)
  return (
    applyNumbers(item, fit, context) ?? applyName(item, fit) ?? applyTerms(item, fit, context)
  )
}

function applyId({ prefix, digits }: NonNullable<Item['id']>, terms: readonly string[], fit: Fit, { items }: Context): number | undefined {
  const { tool } = fit
  const subject = termsOf(items)
  const parameter = tool.parameters.find(({ kind, example, isRequired }) => {
    if (kind !== 'id') return false
    const letters = (/^[A-Z]+/.exec(example)?.[0] ?? '').toLowerCase()
    if (letters === prefix) return true
    return isRequired && (prefix === '' ? subject : terms).some((term) => tool.nameTerms.has(term))
  })
  if (parameter === undefined) return undefined
  const [, letters = '', zeros = ''] = /^([A-Z]+)(\d+)$/.exec(parameter.example) ?? []
  const isRelation = !parameter.isRequired
  if (isRelation && !subject.some((term) => tool.nameTerms.has(term))) return undefined
  add(fit, parameter, letters + digits.replace(/^0+/, '').padStart(zeros.length, '0'))
  return 5
}

function applyTime(time: NonNullable<Item['time']>, fit: Fit, { items, now }: Context): number | undefined {
  const { tool, args } = fit
  const isOver = termsOf(items).some((term) => ['closed', 'canceled', 'resolved', 'failed'].includes(term))
  const span = tool.isPlanned && !isOver ? time.planned : time.past
  if (span === undefined) return undefined
  const from = tool.parameters.find(({ kind }) => kind === 'from')
  const to = tool.parameters.find(({ kind }) => kind === 'to')
  if (from === undefined) {
    if (includesNow(span, now)) return 0.1
    const isNamed = [...args.keys()].some(({ kind, terms }) => kind === 'name' && [...terms].some((term) => tool.nameTerms.has(term)))
    if (!isNamed || (span.from ?? 0) > now) return undefined
    fit.notes.push('This tool has no filter for a time: compare the times shown.')
    return 0.1
  }
  if (!tool.isPlanned && (span.from ?? 0) > now) return undefined
  if (span.from !== undefined) add(fit, from, iso(span.from))
  const isUntilNow = !tool.isPlanned && span.to !== undefined && span.to >= now
  if (span.to === undefined || isUntilNow) return 2
  if (to === undefined) return undefined
  add(fit, to, iso(span.to))
  return 2
}

function includesNow({ from = 0, to = Number.POSITIVE_INFINITY }: Span, now: number): boolean {
  return from <= now && now <= to
}

/** Looks for words as they are: by an identifier of that shape, in a text search, or as a name. */
function applySearch(search: string, fit: Fit, isGuess: boolean): number | undefined {
  const { parameters } = fit.tool
  const digits = digitsIn(search)
  const key = parameters.find((one) => one.kind === 'key' && digits !== '' && digitsIn(one.example) === digits)
  const parameter = key ?? parameters.find(({ kind }) => kind === 'search') ?? (isGuess ? undefined : parameters.find(({ kind }) => kind === 'name'))
  if (parameter === undefined) return undefined
  add(fit, parameter, key ? search.toLowerCase() : search)
  return key ? 5 : 1
}

/** "priority 1 or higher" for an enum of numbers, "last 5" for a limit. */
function applyNumbers({ numbers, bound, terms }: Item, fit: Fit, { items }: Context): number | undefined {
  if (numbers === undefined) return undefined
  const parameter = fit.tool.parameters.find((one) => one.kind === 'enum' && terms.some((term) => one.terms.has(term)))
  if (parameter) {
    const known = parameter.values.map(({ value }) => value)
    const [first = 0] = numbers
    const wanted = bound
      ? known.filter((value) => (bound === 'higher' ? Number(value) <= first : Number(value) >= first))
      : numbers
    if (!wanted.every((value) => known.includes(value))) return undefined
    for (const value of wanted) add(fit, parameter, value)
    return 3
  }
  const limit = limitOf(fit.tool)
  const isCount = terms.includes('latest') || (terms.length === 0 && termsOf(items).includes('latest'))
  if (limit === undefined || !isCount || (numbers[0] ?? 0) < 1 || (numbers[0] ?? 0) > limit.max) return undefined
  fit.args.set(limit, [numbers[0]])
  return 1
}

function limitOf({ parameters }: CatalogueTool): Parameter | undefined {
  return parameters.find(({ kind }) => kind === 'limit')
}

/** A name goes to the parameter of its field; the name of a platform may be in the name of the tool. */
function applyName({ names, terms, text }: Item, fit: Fit): number | undefined {
  const { tool, args } = fit
  const own = [...platformTerms].find((platform) => tool.nameTerms.has(platform))
  if (own !== undefined && terms.includes(own)) return 3
  let best: number | undefined
  for (const { name, field, platform } of names) {
    if (own !== undefined && platform !== undefined && platform !== own) continue
    const parameter = tool.parameters.find((one) => one.name === field && one.kind === 'name')
    if (parameter === undefined || (own !== undefined && name.toLowerCase() === own)) continue
    const given = args.get(parameter) ?? []
    const same = names.filter((one) => one.field === field)
    const value = new Set(same.map((one) => one.name)).size > 1 ? undefined : withoutPlatform(name)
    if (!given.includes(value)) add(fit, parameter, value ?? name)
    best = platform !== undefined || subjectTerms.has(field) ? 3 : 2.5
    break
  }
  const search = tool.parameters.find(({ kind }) => kind === 'search')
  if (best === undefined && search && names.length > 0 && own === undefined) {
    add(fit, search, names.length === 1 ? names[0]?.name : text)
    return 0.5
  }
  return best
}

function withoutPlatform(name: string): string {
  const [first = '', ...rest] = name.split(' ')
  return rest.length > 0 && platformTerms.has(first.toLowerCase()) ? rest.join(' ') : name
}

/** A value of an enum, a word that the tool's name or description has, or a field that is asked for. */
function applyTerms({ terms }: Item, fit: Fit, { items }: Context): number | undefined {
  const { tool, args } = fit
  const isNamed = [...args.keys()].some(({ kind, terms: own }) => kind === 'name' && [...own].some((term) => tool.nameTerms.has(term)))
  const inName = terms.find((term) => tool.nameTerms.has(term))
  const isRecord = tool.isSingle && args.size > 0
  const limit = limitOf(tool)
  if (terms.includes('latest') && !isRecord && limit && !inName) {
    if (!args.has(limit)) args.set(limit, [items.some(({ text }) => /s$/.test(text)) ? 10 : 1])
    return 1
  }
  if (inName !== undefined && !terms.some((term) => valueTerms.has(term) && term !== inName)) return valueTerms.has(inName) ? 3.5 : subjectTerms.has(inName) ? 3 : 2
  const hasTime = items.some(({ time }) => time)
  if (terms.includes('succeeded') && hasTime && !isNamed && tool.nameTerms.has('failed')) {
    fit.notes.push('I looked for failures: what is not listed did not fail in this time.')
    return 1
  }
  if (terms.includes('planned') && tool.isPlanned && (hasTime || !terms.includes('scheduled'))) return 1
  if (terms.includes('opened') && hasTime) return 1
  const isMeant = (one: Parameter) => one.kind === 'enum' && terms.some((term) => valueFor(one, term) !== undefined)
  const named = items.flatMap((item) => item.terms)
  const enums = tool.parameters.filter(isMeant)
  const parameter = enums.find((one) => [...one.terms].some((term) => named.includes(term))) ?? enums[0]
  if (parameter) {
    if (isNamed || isRecord) return 2
    for (const term of terms) {
      const value = valueFor(parameter, term)
      if (value !== undefined) add(fit, parameter, value)
    }
    return 3
  }
  if (inName !== undefined) return valueTerms.has(inName) ? 3.5 : subjectTerms.has(inName) ? 3 : 2
  if (isRecord) return terms.some((term) => tool.describedTerms.has(term)) ? 1 : 0.2
  if (tool.parameters.some((one) => terms.some((term) => one.terms.has(term)))) return 1
  const described = terms.find((term) => tool.describedTerms.has(term) && !valueTerms.has(term))
  if (described !== undefined) return 1
  return terms.some((term) => aspectTerms.has(term)) ? 0.1 : undefined
}

function valueFor({ values }: Parameter, term: string): unknown {
  return values.find(({ terms }) => terms.includes(term))?.value
}

function add({ args }: Fit, parameter: Parameter, value: unknown): void {
  const given = args.get(parameter) ?? []
  if (!given.includes(value)) args.set(parameter, [...given, value])
}

/** One call, or one for each value where a parameter takes one only. */
function callsOf({ tool, args }: Fit): Call[] {
  let calls: Record<string, unknown>[] = [{}]
  for (const [{ name, isList }, values] of args) {
    const options = isList ? [values] : values
    calls = calls.flatMap((call) => options.map((value) => ({ ...call, [name]: value })))
  }
  return calls.map((given) => ({ tool: tool.name, args: given }))
}

function unique(calls: Call[]): Call[] {
  return [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()]
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
