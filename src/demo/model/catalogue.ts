import { type KnownName, subjectTerms, type Vocabulary, valueTerms } from './vocabulary.ts'
import { tokenise } from './words.ts'

type Schema = Record<string, unknown>

/** A tool as a request offers it, with the JSON Schema of its arguments. */
export type OfferedTool = {
  name: string
  description?: string | undefined
  parameters?: Schema | undefined
}

/** A parameter of a tool: a `key` is an identifier with digits, `search` takes any words, `name` those of a name. */
export type Parameter = {
  name: string
  kind: 'enum' | 'id' | 'key' | 'from' | 'to' | 'limit' | 'search' | 'name' | 'other'
  isList: boolean
  isRequired: boolean
  /** The values of an enum, each with its meanings. */
  values: { value: unknown; terms: readonly string[] }[]
  /** Meanings of the words in its name. */
  terms: readonly string[]
  example: string
  max: number
}

/** A tool and what it can answer. */
export type Tool = {
  name: string
  /** "change requests" for `list_change_requests`. */
  noun: string
  /** Words as the description writes them: "Databricks". */
  properNames: ReadonlyMap<string, string>
  /** Meanings of the words in the noun, and of those in the description that have one meaning. */
  terms: ReadonlySet<string>
  describedTerms: ReadonlySet<string>
  parameters: readonly Parameter[]
  /** It answers one record, and needs to know which. */
  isSingle: boolean
  /** Its times are those of plans. */
  isPlanned: boolean
}

/** What the tools of a request can answer, with a vocabulary that has their words. */
export type Catalogue = { tools: readonly Tool[]; vocabulary: Vocabulary }

const verbs = /^(?:list|get|query|check|find|show|fetch|search|read|describe|lookup|count)_(?=.)/
const nounOf = (name: string) => name.replace(verbs, '').replaceAll(/[_-]/g, ' ')
const wordsOf = (text: string) => tokenise(text.replaceAll('_', ' ')).map(({ word }) => word)
const exampleIn = ({ description = '' }: Schema) =>
  /Example: ([^\n]*?)\.?$/m.exec(`${description}`)?.[1] ?? ''

/** Whether a value is an object with fields. */
export function isRecord(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The lengths of the runs of digits, which tell one kind of identifier from another: "8-4" for a run id. */
export function digitsIn(text: string): string {
  return (text.match(/\d+/g) ?? []).map(({ length }) => length).join('-')
}

/** Reads the offered tools. It is worth keeping: the tools of an agent stay the same. */
export function readCatalogue(offered: readonly OfferedTool[], base: Vocabulary): Catalogue {
  const schemas = offered.flatMap(schemasOf)
  const words = [
    ...offered.flatMap(({ name, description = '' }) => wordsOf(`${nounOf(name)} ${description}`)),
    ...schemas.flatMap(([name, schema]) => wordsOf(`${name} ${valuesIn(schema).join(' ')}`)),
  ]
  const named = schemas.filter(([name, schema]) => kindOf(name, schema) === 'name')
  const examples = named.map(([field, schema]): KnownName => ({ name: exampleIn(schema), field }))
  const vocabulary = base.extend(
    words,
    examples.filter(({ name }) => name !== ''),
  )
  return { vocabulary, tools: offered.map((tool) => readTool(tool, vocabulary)) }
}

function readTool(
  { name, description = '', parameters: schema }: OfferedTool,
  vocabulary: Vocabulary,
): Tool {
  const required = Array.isArray(schema?.required) ? schema.required : []
  const parameters = schemasOf({ name, parameters: schema }).map(([field, one]) =>
    readParameter(field, one, required.includes(field), vocabulary),
  )
  const isNamed = parameters.some(({ kind }) => /^(?:id|key|name)$/.test(kind))
  const noun = nounOf(name)
  return {
    name,
    noun,
    properNames: new Map(
      [...description.matchAll(/(?<!^|\. )\b[A-Z]\w+/g)].map(([word]) => [
        word.toLowerCase(),
        word,
      ]),
    ),
    parameters,
    terms: new Set(termsOf(noun, vocabulary)),
    describedTerms: new Set(termsOf(description, vocabulary, 1)),
    isSingle: required.length > 0 || (isNamed && /^(?:get|fetch|read|describe|show)_/.test(name)),
    isPlanned: parameters.some((one) => one.kind === 'from' && /plan|schedul|due/.test(one.name)),
  }
}

function readParameter(
  name: string,
  schema: Schema,
  isRequired: boolean,
  vocabulary: Vocabulary,
): Parameter {
  // "1 critical, 2 high" in a description gives the numbers of an enum their names.
  const called = [...`${schema.description}`.matchAll(/(\d+) (?:= )?([a-z]+)/g)]
  const values = valuesIn(schema).map((value) => {
    const word = called.find(([, number]) => number === `${value}`)?.[2] ?? ''
    const all = termsOf(`${value} ${word}`, vocabulary)
    const own = all.filter((term) => valueTerms.has(term))
    // A word for a subject, such as "degraded" for health, asks for the subject and filters nothing.
    return { value, terms: own.length > 0 ? own : all.filter((term) => !subjectTerms.has(term)) }
  })
  return {
    name,
    kind: kindOf(name, schema),
    isList: schema.type === 'array',
    isRequired,
    values,
    terms: termsOf(name, vocabulary),
    example: exampleIn(schema),
    max: typeof schema.maximum === 'number' ? schema.maximum : 50,
  }
}

function kindOf(name: string, schema: Schema): Parameter['kind'] {
  if (valuesIn(schema).length > 0) return 'enum'
  if (/^(?:integer|number)$/.test(`${schema.type}`)) {
    return /^(?:limit|max|top|count|page_size)/.test(name) ? 'limit' : 'other'
  }
  if (!/^(?:string|array)$/.test(`${schema.type}`)) return 'other'
  const isTime = /ISO 8601|date|time/i.test(`${schema.format} ${schema.description}`)
  if (isTime && /(?:^|_)(?:from|since|after|start|begin)$/.test(name)) return 'from'
  if (isTime && /(?:^|_)(?:to|until|before|end)$/.test(name)) return 'to'
  const example = exampleIn(schema)
  if (/^[A-Z]{2,6}\d{3,}$/.test(example)) return 'id'
  if (/\d/.test(example)) return 'key'
  return /^(?:text|query|q|search|keywords?)$/.test(name) ? 'search' : 'name'
}

/** The values of an enum, also of a list of them and of alternatives. */
function valuesIn({ enum: values, const: value, items, anyOf, oneOf = anyOf }: Schema): unknown[] {
  if (Array.isArray(values)) return values
  if (value !== undefined) return [value]
  if (isRecord(items)) return valuesIn(items)
  return Array.isArray(oneOf) ? oneOf.filter(isRecord).flatMap(valuesIn) : []
}

function schemasOf({ parameters }: OfferedTool): [string, Schema][] {
  const entries = isRecord(parameters?.properties) ? Object.entries(parameters.properties) : []
  return entries.flatMap(([name, schema]) => (isRecord(schema) ? [[name, schema]] : []))
}

/** The meanings in a text, of words and phrases that have at most so many. */
export function termsOf(text: string, { meaningsOf, isStop }: Vocabulary, most = 9): string[] {
  const words = wordsOf(text)
  const terms: string[] = []
  for (let at = 0; at < words.length; ) {
    const phrases = [3, 2, 1].map((size) => words.slice(at, at + size))
    const phrase =
      phrases.find((one) => meaningsOf(one.join(' ')).length > 0) ?? words.slice(at, at + 1)
    const found = isStop(phrase.join(' ')) ? [] : meaningsOf(phrase.join(' '))
    if (found.length <= most) terms.push(...found)
    at += phrase.length
  }
  return terms
}
