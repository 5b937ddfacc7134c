import { extend, subjectTerms, tokenise, type Vocabulary, valueTerms } from './vocabulary.ts'

type Schema = Record<string, unknown>

/** A tool as a request offers it, with the JSON Schema of its arguments. */
export type OfferedTool = { name: string; description: string; parameters: Schema }

/** A parameter of a tool, and a tool, with what the planner reads in them. */
export type Parameter = ReturnType<typeof readParameter>
export type Tool = ReturnType<typeof readTool>
type Kind = 'enum' | 'id' | 'key' | 'from' | 'to' | 'limit' | 'search' | 'name' | 'other'

/** What the tools of a request can answer. `isOwn` knows subjects that only these tools have. */
export type Catalogue = {
  tools: readonly Tool[]
  vocabulary: Vocabulary
  isOwn: (term: string) => boolean
  /** Meanings of the nouns of lists and of the filters of all tools. */
  elsewhere: ReadonlySet<string>
}

const verbs = /^(?:list|get|query|check|find|show|fetch|search|read|describe|lookup|count)_(?=.)/
/** Without the name of the MCP server or API: "nodes" for `memory__search_nodes`. */
const nounOf = (name: string) => ownNameOf(name).replace(verbs, '').replaceAll(/[_-]/g, ' ')
const ownNameOf = (name: string) => name.replace(/^.*?__/, '').replaceAll('-', '_')
const wordsOf = (text: string) => tokenise(text.replaceAll('_', ' ')).map(({ word }) => word)
const exampleIn = ({ description }: Schema) =>
  /Example: (.*?)\.?$/m.exec(`${description}`)?.[1] ?? ''

/** Whether the noun or the description of a tool has a meaning. */
export const knows = ({ terms, describedTerms }: Tool, term: string) =>
  terms.has(term) || describedTerms.has(term)

/** Whether a value is an object with fields. */
export const isRecord = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value of a JSON text, or nothing. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The lengths of the runs of digits, which tell one kind of identifier from another: "8-4" for a run id. */
export const digitsIn = (text: string) =>
  (text.match(/\d+/g) ?? []).map(({ length }) => length).join('-')

/** Reads the offered tools. Callers keep the result, because an agent offers the same tools in each request. */
export function readCatalogue(offered: readonly OfferedTool[], base: Vocabulary): Catalogue {
  const schemas = offered.flatMap(({ parameters }) => schemasOf(parameters))
  const words = [
    ...offered.flatMap(({ name, description }) => wordsOf(`${nounOf(name)} ${description}`)),
    ...schemas.flatMap(([name, schema]) => wordsOf(`${name} ${valuesIn(schema).join(' ')}`)),
  ]
  const vocabulary = extend(base, words)
  const tools = offered.map((tool) => readTool(tool, vocabulary))
  const lists = tools.filter(({ isSingle }) => !isSingle).flatMap(({ terms }) => [...terms])
  const filters = tools.flatMap((tool) => tool.parameters).filter(({ kind }) => kind === 'enum')
  const elsewhere = new Set([...lists, ...filters.flatMap(({ terms }) => terms)])
  const isNew = (term: string) => base.meaningsOf(term).length === 0
  const isOwn = (term: string) => isNew(term) && tools.some((tool) => knows(tool, term))
  return { tools, vocabulary, elsewhere, isOwn }
}

function readTool({ name, description, parameters: schema }: OfferedTool, vocabulary: Vocabulary) {
  const required = Array.isArray(schema.required) ? schema.required : []
  const parameters = schemasOf(schema).map(([field, one]) =>
    readParameter(field, one, required.includes(field), vocabulary),
  )
  const needsName = parameters.some(({ isRequired, kind }) => isRequired && kind !== 'search')
  const isNamed = parameters.some(({ kind }) => /^(?:id|key|name)$/.test(kind))
  return {
    name,
    /** "change requests" for `list_change_requests`. */
    noun: nounOf(name),
    parameters,
    /** Meanings of the words in the noun, and of those in the description that have one meaning. */
    terms: new Set(termsOf(nounOf(name), vocabulary)),
    describedTerms: new Set(termsOf(description, vocabulary, 1)),
    /** It returns one record and needs its name. */
    isSingle: needsName || (isNamed && /^(?:get|fetch|read|describe|show)_/.test(ownNameOf(name))),
    /** Its times are those of plans. */
    isPlanned: parameters.some((one) => one.kind === 'from' && /plan|schedul|due/.test(one.name)),
  }
}

function readParameter(name: string, schema: Schema, isRequired: boolean, vocabulary: Vocabulary) {
  return {
    name,
    kind: kindOf(name, schema),
    isList: schema.type === 'array',
    isRequired,
    values: readValues(schema, vocabulary),
    terms: termsOf(name, vocabulary),
    example: exampleIn(schema),
    max: typeof schema.maximum === 'number' ? schema.maximum : 50,
  }
}

function readValues(schema: Schema, vocabulary: Vocabulary) {
  // "1 = critical, 2 = high" in a description gives the numbers of an enum their names.
  const called = [...`${schema.description}`.matchAll(/(\d+) (?:= )?([a-z]+)/g)]
  return valuesIn(schema).map((value) => {
    const word = called.find(([, number]) => number === `${value}`)?.[2] ?? ''
    const all = termsOf(`${value} ${word}`, vocabulary)
    const own = all.filter((term) => valueTerms.has(term))
    // "degraded" asks for the health and is no filter: the other services matter as well.
    return { value, terms: own.length > 0 ? own : all.filter((term) => !subjectTerms.has(term)) }
  })
}

/** A `key` is an identifier with digits, `search` takes any words, `name` those of a name. */
function kindOf(name: string, schema: Schema): Kind {
  const { type, format, description } = schema
  if (valuesIn(schema).length > 0) return 'enum'
  if (type === 'integer' && /^(?:limit|max|top|count|page_size)/.test(name)) return 'limit'
  if (type !== 'string') return 'other'
  const isTime = /ISO 8601|date|time/i.test(`${format} ${description}`)
  if (isTime && /(?:^|_)(?:from|since|after|start|begin)$/.test(name)) return 'from'
  if (isTime && /(?:^|_)(?:to|until|before|end)$/.test(name)) return 'to'
  if (/^[A-Z]{2,6}\d{3,}$/.test(exampleIn(schema))) return 'id'
  if (/\d/.test(exampleIn(schema))) return 'key'
  return /^(?:text|query|q|search|keywords?)$/.test(name) ? 'search' : 'name'
}

/** The values of an enum, also of a list of them and of alternatives. */
function valuesIn({ enum: values, const: value, items, anyOf, oneOf = anyOf }: Schema): unknown[] {
  if (Array.isArray(values)) return values
  if (value !== undefined) return [value]
  if (isRecord(items)) return valuesIn(items)
  return Array.isArray(oneOf) ? oneOf.filter(isRecord).flatMap(valuesIn) : []
}

function schemasOf({ properties }: Schema): [string, Schema][] {
  const entries = isRecord(properties) ? Object.entries(properties) : []
  return entries.flatMap(([name, schema]) => (isRecord(schema) ? [[name, schema]] : []))
}

/** The meanings in a text, of words and phrases that have at most so many. */
export function termsOf(text: string, { meaningsOf, isStop }: Vocabulary, most = 9): string[] {
  const words = wordsOf(text)
  const terms: string[] = []
  for (let at = 0; at < words.length; ) {
    const phraseOf = (size: number) => words.slice(at, at + size).join(' ')
    const size = [3, 2].find((count) => meaningsOf(phraseOf(count)).length > 0) ?? 1
    const found = isStop(phraseOf(size)) ? [] : meaningsOf(phraseOf(size))
    if (found.length <= most) terms.push(...found)
    at += size
  }
  return terms
}
