import { digitsIn, type Parameter, type Tool } from './catalogue.ts'
import { type Item, isNamed } from './reading.ts'
import { aspectTerms, platformTerms, subjectTerms, valueTerms } from './vocabulary.ts'

/** How well a tool answers a clause, with its arguments and the items that it cannot apply. */
export type Fit = {
  tool: Tool
  args: Map<Parameter, unknown[]>
  score: number
  missing: Item[]
  notes: string[]
}

/** A clause, and the meanings of the nouns and filters of all tools. */
export type Context = { items: readonly Item[]; elsewhere: ReadonlySet<string>; now: number }

/** Whether two collections of meanings have one in common. */
export function meets(
  some: readonly string[],
  others: readonly string[] | ReadonlySet<string>,
): boolean {
  return some.some((term) => ('has' in others ? others.has(term) : others.includes(term)))
}

/** Applies every item to a tool, names first. A tool whose name says more than was asked fits less. */
export function fitOf({ items, elsewhere, now }: Context, tool: Tool): Fit {
  const { parameters, terms: noun } = tool
  const args: Fit['args'] = new Map()
  const notes: string[] = []
  const said = items.flatMap(({ terms }) => terms)
  const isDated = items.some(({ time }) => time)
  const find = (kind: Parameter['kind']) => parameters.find((one) => one.kind === kind)
  const add = (parameter: Parameter, ...values: unknown[]) =>
    args.set(parameter, [...new Set([...(args.get(parameter) ?? []), ...values])])
  // About one thing, which is named, a value is a question and no filter: the record tells whether it is so.
  const isAboutOne = () =>
    [...args.keys()].some(
      ({ kind, terms }) => tool.isSingle || (kind === 'name' && meets(terms, noun)),
    )

  function applyId({ id, terms }: Item): number | undefined {
    const { prefix = '', digits = '' } = id ?? {}
    // A number of another kind narrows a list, if the question names what is listed: "incidents caused by CHG0030409".
    const parameter = parameters.find(({ kind, example, isRequired }) => {
      const isOwn = prefix !== '' && example.toLowerCase().startsWith(prefix)
      const isAbout = meets(isRequired && prefix ? terms : said, noun)
      return kind === 'id' && (isRequired ? isOwn || isAbout : isOwn && isAbout)
    })
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
    if (from === undefined) {
      // Without a filter for times a tool tells the present. About a named thing its own times say the rest.
      if (end < now && !isAboutOne()) return undefined
      if (end < now) notes.push('This tool has no filter for a time: compare the times shown.')
      return 0.1
    }
    const isCut = end < Number.MAX_VALUE && (tool.isPlanned || end < now)
    if (isCut && !to) return undefined
    if (start > 0) add(from, new Date(start).toISOString())
    if (isCut && to) add(to, new Date(end).toISOString())
    return 2
  }

  function applySearch({ search = '', isGuess }: Item): number | undefined {
    const shape = digitsIn(search)
    const key = parameters.find(
      ({ kind, example }) => kind === 'key' && digitsIn(example) === shape,
    )
    const parameter = key ?? find('search') ?? (isGuess ? undefined : find('name'))
    if (parameter) add(parameter, key ? search.toLowerCase() : search)
    return parameter && (key ? 5 : 1)
  }

  function applyNumbers({ numbers = [], terms }: Item): number | undefined {
    const parameter = parameters.find((one) => one.kind === 'enum' && meets(terms, one.terms))
    if (parameter) {
      const known = parameter.values.map(({ value }) => Number(value))
      const wanted = known.filter((value) => numbers.includes(value))
      add(parameter, ...wanted)
      return wanted.length > 0 ? 3 : undefined
    }
    const [limit, count = 0] = [find('limit'), ...numbers]
    const isCount = terms.includes('latest') || (terms.length === 0 && said.includes('latest'))
    if (limit === undefined || !isCount || count < 1 || count > limit.max) return undefined
    args.set(limit, [count])
    return 1
  }

  function applyName({ names, terms, text }: Item): number | undefined {
    const own = [...platformTerms].find((platform) => noun.has(platform))
    if (own && terms.includes(own)) return 3
    const known = names.filter(({ platform }) => !own || !platform || platform === own)
    const parameter = parameters.find((one) => known.some(({ field }) => field === one.name))
    const [first, second] = new Set(
      known.filter(({ field }) => field === parameter?.name).map(({ name }) => name),
    )
    const [platform = '', ...rest] = (first ?? '').split(' ')
    const short =
      rest.length > 0 && platformTerms.has(platform.toLowerCase()) ? rest.join(' ') : first
    if (parameter) add(parameter, second ? text : short)
    const search = parameter || own || names.length === 0 ? undefined : find('search')
    if (search) add(search, names.length > 1 ? text : names[0]?.name)
    return parameter ? 3 : search && 0.5
  }

  function applyTerms({ terms, text }: Item): number | undefined {
    const inName = terms.find((term) => noun.has(term))
    const nameScore = inName && (valueTerms.has(inName) ? 3.5 : subjectTerms.has(inName) ? 3 : 2)
    const isPlan = terms.includes('planned') && tool.isPlanned
    if (isPlan && (isDated || !terms.includes('scheduled'))) return 1
    if (terms.includes('opened') && isDated) return 1
    if (nameScore && terms.every((term) => term === inName || !valueTerms.has(term)))
      return nameScore
    const isMeant = (one: { terms: readonly string[] }) => meets(one.terms, terms)
    const enums = parameters.filter(({ values }) => values.some(isMeant))
    const parameter = enums.find((one) => meets(one.terms, said)) ?? enums[0]
    if (parameter && isAboutOne()) return 2
    if (parameter) add(parameter, ...parameter.values.filter(isMeant).map(({ value }) => value))
    if (parameter) return 3
    if (nameScore) return nameScore
    if (tool.isSingle && args.size > 0) return meets(terms, tool.describedTerms) ? 1 : 0.4
    const limit = find('limit')
    if (terms.includes('latest') && limit) {
      const isPlural = items.some((item) => item.text.endsWith('s') && item.text !== text)
      if (!args.has(limit)) add(limit, isPlural ? 10 : 1)
      return 1
    }
    const aspects = terms.filter((term) => aspectTerms.has(term))
    if (parameters.some((one) => meets(aspects, one.terms))) return 1
    if (meets(terms, elsewhere)) return undefined
    if (terms.some((term) => tool.describedTerms.has(term) && !valueTerms.has(term))) return 1
    return aspects.length > 0 ? 0.1 : undefined
  }

  function apply(item: Item): number | undefined {
    if (item.id) return applyId(item)
    if (item.time) return applyTime(item)
    if (item.search !== undefined) return applySearch(item)
    if (item.numbers) return applyNumbers(item)
    return applyName(item) ?? applyTerms(item)
  }

  const missing: Item[] = []
  const isUnasked = (term: string) =>
    !said.includes(term) && !/^(?:health|overview|state)$/.test(term)
  let score = ([...noun].filter(isUnasked).length / noun.size) * -0.8
  for (const item of items.toSorted((a, b) => Number(isNamed(b)) - Number(isNamed(a)))) {
    const gain = apply(item)
    score += gain ?? 0
    if (gain === undefined && !item.isOptional) missing.push(item)
  }
  return { tool, args, score, missing, notes }
}
