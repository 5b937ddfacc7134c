import { type Catalogue, digitsIn, type Parameter, type Tool } from './catalogue.ts'
import { type Item, isNamed } from './reading.ts'
import { aspectTerms, platformTerms, subjectTerms, valueTerms } from './vocabulary.ts'

/** How well a tool answers a clause: its arguments, the items that it cannot apply, and notes for the user. */
export type Fit = {
  tool: Tool
  args: Map<Parameter, unknown[]>
  score: number
  missing: Item[]
  notes: string[]
}

/** Whether two collections of meanings have one in common. */
export function meets(some: readonly string[], others: readonly string[] | ReadonlySet<string>) {
  return some.some((term) => ('has' in others ? others.has(term) : others.includes(term)))
}

/** Applies every item to a tool, names first. A tool whose name says more than was asked fits less. */
export function fitOf(items: Item[], tool: Tool, catalogue: Catalogue, now: number): Fit {
  const { parameters, terms: noun } = tool
  const args: Fit['args'] = new Map()
  const notes: string[] = []
  const said = items.flatMap(({ terms }) => terms)
  const isDated = items.some(({ time }) => time)
  const find = (kind: Parameter['kind']) => parameters.find((one) => one.kind === kind)
  const add = (to: Parameter, ...values: unknown[]) =>
    args.set(to, [...new Set([...(args.get(to) ?? []), ...values])])
  const isOpen = (one: { terms: readonly string[] }) => one.terms.includes('open')
  const isOwn = ({ kind, terms }: Parameter) =>
    tool.isSingle || (kind === 'name' && meets(terms, noun))
  const isTimed = () => [...args.keys()].some(({ kind }) => kind === 'from' || kind === 'to')
  // A value is no filter if the question names one thing: the record shows the value.
  const isAboutOne = () => [...args.keys()].some(isOwn)

  function applyId({ id, terms }: Item): number | undefined {
    const { prefix = '', digits = '' } = id ?? {}
    const parameter = parameters.find(({ kind, example, isRequired }) => {
      const isAlike = prefix !== '' && example.toLowerCase().startsWith(prefix)
      const isAbout = meets(isRequired && prefix ? terms : said, noun)
      // A number of another kind narrows a list that is named: "incidents caused by CHG0030409".
      return kind === 'id' && (isRequired ? isAlike || isAbout : isAlike && isAbout)
    })
    const [, letters = '', zeros = ''] = /^([A-Z]+)(\d+)$/.exec(parameter?.example ?? '') ?? []
    const number = letters + digits.replace(/^0+/, '').padStart(zeros.length, '0')
    return parameter && add(parameter, number) && 5
  }

  function applyTime({ time }: Item): number | undefined {
    const span = tool.isPlanned ? time?.planned : time?.past
    const { from: start = 0, to: end = Number.MAX_VALUE } = span ?? {}
    if (!(start <= end) || (!tool.isPlanned && start > now) || isTimed()) return undefined
    const [from, to] = [find('from'), find('to')]
    const isPast = end < now
    if (from === undefined) {
      // A tool without time filters shows the present. The record of a named thing shows its times.
      if (isPast && !isAboutOne()) return undefined
      if (isPast) notes.push('This tool has no filter for a time: compare the times shown.')
      return 0.1
    }
    const isCut = end < Number.MAX_VALUE && (tool.isPlanned || isPast)
    if (isCut && !to) return undefined
    if (from.name.startsWith('opened') && meets(said, ['closed', 'resolved']))
      notes.push('The time is that of opening.')
    if (start > 0) add(from, new Date(start).toISOString())
    if (isCut && to) add(to, new Date(end).toISOString())
    return 2
  }

  function applySearch({ search = '', isGuess }: Item): number | undefined {
    const shape = digitsIn(search)
    const key = parameters.find((one) => one.kind === 'key' && digitsIn(one.example) === shape)
    const parameter = key ?? find('search') ?? (isGuess ? undefined : find('name'))
    return parameter && add(parameter, key ? search.toLowerCase() : search) && (key ? 5 : 1)
  }

  function applyNumbers({ numbers = [], terms }: Item): number | undefined {
    const parameter = parameters.find((one) => one.kind === 'enum' && meets(terms, one.terms))
    const known = parameter?.values.map(({ value }) => Number(value)) ?? []
    const wanted = known.filter((value) => numbers.includes(value))
    if (parameter) return wanted.length > 0 ? add(parameter, ...wanted) && 3 : undefined
    const [limit, count = 0] = [find('limit'), ...numbers]
    const isCount = terms.length === 0 ? said.includes('latest') : terms.includes('latest')
    if (!limit || !isCount || count < 1 || count > limit.max) return undefined
    return args.set(limit, [count]) && 1
  }

  function applyName({ names, terms, text }: Item): number | undefined {
    const own = [...platformTerms].find((platform) => noun.has(platform))
    if (own && terms.includes(own)) return 3
    const known = names.filter(({ platform }) => !own || !platform || platform === own)
    const parameter = parameters.find((one) => known.some(({ field }) => field === one.name))
    const meant = known.filter(({ field }) => field === parameter?.name)
    const [first = '', second] = new Set(meant.map(({ name }) => name))
    if (parameter) return add(parameter, second ? text : first) && 3
    const search = own || names.length === 0 ? undefined : find('search')
    return search && add(search, names[1] ? text : names[0]?.name) && 0.5
  }

  function applyTerms({ terms, text }: Item): number | undefined {
    const [inName] = terms.filter((term) => noun.has(term))
    const nameScore = inName && (valueTerms.has(inName) ? 3.5 : subjectTerms.has(inName) ? 3 : 2)
    const isPlan = terms.includes('planned') && tool.isPlanned
    if (isPlan && (isDated || !terms.includes('scheduled'))) return 1
    if (terms.includes('opened') && isDated) return 1
    if (terms.every((term) => term === inName || !valueTerms.has(term)) && nameScore)
      return nameScore
    if (terms.includes('now')) {
      // "right now" means open, where the tool has states and the question names none.
      const state = isAboutOne() ? undefined : parameters.find(({ values }) => values.some(isOpen))
      const isSaid = state?.values.some((one) => meets(one.terms, said))
      const open = state?.values.filter(isOpen).map(({ value }) => value) ?? []
      return state && !isSaid ? add(state, ...open) && 0.1 : 0.1
    }
    const isMeant = (one: { terms: readonly string[] }) => meets(one.terms, terms)
    const enums = parameters.filter(({ values }) => values.some(isMeant))
    const parameter = enums.find((one) => meets(one.terms, said)) ?? enums[0]
    const values = parameter?.values.filter(isMeant).map(({ value }) => value) ?? []
    if (parameter) return isAboutOne() ? 2 : add(parameter, ...values) && 3
    if (tool.isSingle && args.size > 0) return meets(terms, tool.describedTerms) ? 1 : 0.4
    const limit = find('limit')
    if (terms.includes('latest') && limit) {
      const isPlural = items.some((item) => item.text.endsWith('s') && item.text !== text)
      return (args.has(limit) || add(limit, isPlural ? 10 : 1)) && 1
    }
    const aspects = terms.filter((term) => aspectTerms.has(term))
    if (parameters.some((one) => meets(aspects, one.terms))) return 1
    if (meets(terms, catalogue.elsewhere)) return undefined
    const described = terms.filter((term) => tool.describedTerms.has(term) && !valueTerms.has(term))
    return described.length > 0 ? 1 : aspects.length > 0 ? 0.1 : undefined
  }

  function apply(item: Item): number | undefined {
    if (item.id) return applyId(item)
    if (item.time) return applyTime(item)
    if (item.search !== undefined) return applySearch(item)
    return item.numbers ? applyNumbers(item) : (applyName(item) ?? applyTerms(item))
  }

  const missing: Item[] = []
  const neutral = [...said, 'health', 'overview', 'state']
  let score = ([...noun].filter((term) => !neutral.includes(term)).length / noun.size) * -0.8
  for (const item of items.toSorted((a, b) => Number(isNamed(b)) - Number(isNamed(a)))) {
    const gain = apply(item)
    score += gain ?? 0
    if (gain === undefined && !item.isOptional) missing.push(item)
  }
  return { tool, args, score, missing, notes }
}
