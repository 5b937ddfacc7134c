import { isRecord, type OfferedTool } from './protocol.ts'
import { type KnownName, subjectTerms, valueTerms, type Vocabulary } from './vocabulary.ts'
import { tokenise } from './words.ts'

/** A parameter of an offered tool, as its JSON Schema describes it. */
export type Parameter = {
  name: string
  kind: 'enum' | 'id' | 'key' | 'from' | 'to' | 'limit' | 'search' | 'name' | 'other'
  /** It takes a list of values. */
  isList: boolean
  isRequired: boolean
  /** The values of an enum, each with the meanings of its name. */
  values: { value: unknown; terms: readonly string[] }[]
  /** Meanings of the words in its name. */
  terms: ReadonlySet<string>
  example: string
  max: number
}

/** An offered tool and what it can answer. */
export type CatalogueTool = {
  name: string
  /** "change requests" for `list_change_requests`. */
  noun: string
  /** Words of its name as the description writes them: "Databricks". */
  properNames: ReadonlyMap<string, string>
  /** Meanings of the words in its name, and of those in its description that have one meaning. */
  nameTerms: ReadonlySet<string>
  /** The same by word. */
  nameWords: readonly (readonly string[])[]
  describedTerms: ReadonlySet<string>
  parameters: readonly Parameter[]
  /** It answers one record, and needs to know which. */
  isSingle: boolean
  /** Its times lie ahead: they are those of plans. */
  isPlanned: boolean
}

/** What the tools of a request can answer, with a vocabulary that has their own words. */
export type Catalogue = { tools: readonly CatalogueTool[]; vocabulary: Vocabulary }

const verbs = new Set('list get query check find show fetch search read describe lookup count'.split(' '))
const singleVerbs = new Set('get fetch read describe show lookup'.split(' '))

/** Reads the offered tools. It is worth keeping: the tools of an agent stay the same. */
export function readCatalogue(offered: readonly OfferedTool[], base: Vocabulary): Catalogue {
  const examples = offered.flatMap(namesIn)
  const words = offered.flatMap((tool) => [
    ...wordsOf(nounOf(tool)),
    ...wordsOf(tool.description ?? ''),
    ...parametersIn(tool).flatMap(([name, schema]) => [
      ...wordsOf(name),
      ...valuesIn(schema).flatMap((value) => wordsOf(String(value))),
    ]),
  ])
  const vocabulary = base.extend(words, examples)
  return { vocabulary, tools: offered.map((tool) => readTool(tool, vocabulary)) }
}

function readTool(tool: OfferedTool, vocabulary: Vocabulary): CatalogueTool {
  const required = Array.isArray(tool.parameters?.required) ? tool.parameters.required : []
  const parameters = parametersIn(tool).map(([name, schema]) =>
    readParameter(name, schema, required.includes(name), vocabulary),
  )
  const isNamed = parameters.some(({ kind }) => kind === 'id' || kind === 'key' || kind === 'name')
  return {
    name: tool.name,
    noun: nounOf(tool),
    properNames: new Map(
      [...(tool.description ?? '').matchAll(/(?<!^|\. )\b[A-Z]\w+/g)].map(([word]) => [word.toLowerCase(), word]),
    ),
    nameWords: nounOf(tool).split(' ').map((word) => vocabulary.meaningsOf(word)),
    nameTerms: new Set(termsOf(nounOf(tool), vocabulary, 9)),
    describedTerms: new Set(termsOf(tool.description ?? '', vocabulary, 1)),
    parameters,
    isSingle:
      parameters.some(({ isRequired }) => isRequired) ||
      (isNamed && singleVerbs.has(tool.name.split('_')[0] ?? '')),
    isPlanned: parameters.some(({ kind, name }) => kind === 'from' && /plan|schedul|due/.test(name)),
  }
}

function readParameter(
  name: string,
  schema: Record<string, unknown>,
  isRequired: boolean,
  vocabulary: Vocabulary,
): Parameter {
  const description = String(schema.description ?? '')
  const aliases = new Map(
    [...description.matchAll(/(\d+) (?:is )?([a-z]+)/g)].map(([, number, word]) => [number, word]),
  )
  const values = valuesIn(schema).map((value) => {
    const spoken = `${String(value)} ${aliases.get(String(value)) ?? ''}`
    const all = termsOf(spoken.replaceAll('_', ' '), vocabulary, 9)
    const own = all.filter((term) => valueTerms.has(term))
    return { value, terms: own.length > 0 ? own : all }
  })
  const example = exampleIn(description)
  return {
    name,
    kind: kindOf(name, schema, description, example, values.length > 0),
    isList: schema.type === 'array',
    isRequired,
    values,
    terms: new Set(termsOf(name.replaceAll('_', ' '), vocabulary, 9)),
    example,
    max: typeof schema.maximum === 'number' ? schema.maximum : 50,
  }
}

function kindOf(
  name: string,
  { type, format }: Record<string, unknown>,
  description: string,
  example: string,
  hasValues: boolean,
): Parameter['kind'] {
  if (hasValues) return 'enum'
  if (type === 'integer' || type === 'number') {
    return /^(?:limit|max|top|count|page_size)/.test(name) ? 'limit' : 'other'
  }
  if (type !== 'string' && type !== 'array' && type !== undefined) return 'other'
  const isTime = /ISO 8601|date|time/i.test(`${String(format ?? '')} ${description}`)
  if (isTime && /(?:^|_)(?:from|since|after|start|begin)$/.test(name)) return 'from'
  if (isTime && /(?:^|_)(?:to|until|before|end)$/.test(name)) return 'to'
  if (/^[A-Z]{2,6}\d{3,}$/.test(example)) return 'id'
  if (digitsIn(example) !== '') return 'key'
  return /^(?:text|query|q|search|keywords?)$/.test(name) ? 'search' : 'name'
}

/** The lengths of the runs of digits, which tell one kind of identifier from another: "8-4" for a run id. */
export function digitsIn(identifier: string): string {
  return (identifier.match(/\d+/g) ?? []).map((run) => run.length).join('-')
}

function exampleIn(description: string): string {
  const at = description.indexOf('Example: ')
  return at < 0 ? '' : (description.slice(at + 9).split('\n')[0] ?? '').replace(/\.$/, '')
}

/** Names in examples of parameters are names that a question may hold. */
function namesIn(tool: OfferedTool): KnownName[] {
  return parametersIn(tool).flatMap(([field, schema]) => {
    const name = exampleIn(String(schema.description ?? ''))
    const isName = name !== '' && kindOf(field, schema, String(schema.description), name, valuesIn(schema).length > 0) === 'name'
    return isName ? [{ name, field }] : []
  })
}

/** The values of an enum, also of a list of them and of alternatives. */
function valuesIn(schema: Record<string, unknown>): unknown[] {
  if (Array.isArray(schema.enum)) return schema.enum
  if ('const' in schema) return [schema.const]
  if (isRecord(schema.items)) return valuesIn(schema.items)
  const options = schema.anyOf ?? schema.oneOf
  return Array.isArray(options) ? [...new Set(options.filter(isRecord).flatMap(valuesIn))] : []
}

function parametersIn(tool: OfferedTool): [string, Record<string, unknown>][] {
  const { properties } = tool.parameters ?? {}
  if (!isRecord(properties)) return []
  return Object.entries(properties).flatMap(([name, schema]) => (isRecord(schema) ? [[name, schema]] : []))
}

function nounOf({ name }: OfferedTool): string {
  const words = name.split(/[_-]/)
  return words.slice(verbs.has(words[0] ?? '') && words.length > 1 ? 1 : 0).join(' ')
}

function wordsOf(text: string): string[] {
  return tokenise(text).map(({ word }) => word)
}

/** The meanings in a text, of words and phrases that have at most so many. */
export function termsOf(text: string, vocabulary: Vocabulary, most: number): string[] {
  const words = wordsOf(text)
  const terms: string[] = []
  for (let at = 0; at < words.length; at++) {
    for (let to = Math.min(at + 3, words.length); to > at; to--) {
      const phrase = words.slice(at, to).join(' ')
      const found = vocabulary.isStop(phrase) ? [] : vocabulary.meaningsOf(phrase)
      if (found.length === 0) continue
      if (found.length <= most) terms.push(...found)
      at = to - 1
      break
    }
  }
  return terms
}

/** Whether a meaning names a subject. */
export function isSubject(term: string): boolean {
  return subjectTerms.has(term)
}
