import type { ApiOperation, ApiParameter, Fields } from './document.ts'

/** What of a schema a model can use. The rest is examples, names and formats of other programs. */
const keptKeys = new Set(
  `type format description enum const default items properties required additionalProperties allOf anyOf oneOf minimum
  maximum minLength maxLength pattern minItems maxItems`.split(/\s+/),
)
/** Schemas can refer to themselves. Deeper parts are left open. */
const maxDepth = 6
/** The most parts of the schema of one tool, because the model reads it with every request. */
const maxParts = 400
const maxDescriptionCharacters = 300

/** A parameter under the name that the model uses. OpenAI accepts letters, digits, `_`, `.` and `-`. */
export type NamedParameter = { key: string; parameter: ApiParameter }

/** Gives each parameter a different name, because a path and a query may use the same one. */
export function namedParameters({ parameters }: ApiOperation): NamedParameter[] {
  const used = new Set(['body'])
  return parameters.map((parameter) => {
    const plain = parameter.name.replaceAll(/[^\w.-]/g, '_').slice(0, 60)
    let key = plain
    for (let count = 2; used.has(key); count += 1) key = `${plain}_${count}`
    used.add(key)
    return { key, parameter }
  })
}

/** The arguments of an operation as JSON Schema. */
export function toolSchema(operation: ApiOperation, named: readonly NamedParameter[]): Fields {
  const budget = { parts: maxParts }
  const properties: Fields = {}
  const required: string[] = []
  for (const { key, parameter } of named) {
    const description = parameter.description ?? parameter.schema?.description
    properties[key] = {
      ...simplify(schemaOf(parameter), budget, 0),
      ...(typeof description === 'string' && { description: shortText(description) }),
    }
    if (isRequired(parameter)) required.push(key)
  }
  if (operation.body !== undefined) {
    properties.body = simplify(operation.body.schema, budget, 0)
    if (operation.body.isRequired) required.push('body')
  }
  return { type: 'object', properties, required, additionalProperties: false }
}

/** A path has a value for each of its parameters. */
export const isRequired = ({ in: place, required }: ApiParameter) =>
  place === 'path' || required === true

/** A parameter without a schema is a text; one with `content` is JSON. */
function schemaOf({ schema, content }: ApiParameter): Fields {
  return schema ?? (content ? {} : { type: 'string' })
}

function simplify(schema: Fields, budget: { parts: number }, depth: number): Fields {
  budget.parts -= 1
  if (depth > maxDepth || budget.parts < 0) return {}
  const simple: Fields = {}
  for (const [key, value] of Object.entries(schema)) {
    if (keptKeys.has(key)) simple[key] = simplifyValue(key, value, budget, depth)
  }
  // OpenAPI 3.0 has its own keyword for it.
  if (schema.nullable === true && typeof schema.type === 'string') {
    simple.type = [schema.type, 'null']
  }
  return simple
}

function simplifyValue(
  key: string,
  value: unknown,
  budget: { parts: number },
  depth: number,
): unknown {
  if (key === 'description') return shortText(String(value))
  if (key === 'properties' && isFields(value)) {
    const entries = Object.entries(value).filter(([, one]) => isFields(one))
    return Object.fromEntries(
      entries.map(([name, one]) => [name, isFields(one) ? simplify(one, budget, depth + 1) : {}]),
    )
  }
  if (['allOf', 'anyOf', 'oneOf'].includes(key) && Array.isArray(value)) {
    return value.filter(isFields).map((one) => simplify(one, budget, depth + 1))
  }
  if (key === 'items' || key === 'additionalProperties') {
    return isFields(value) ? simplify(value, budget, depth + 1) : value
  }
  return value
}

function shortText(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length <= maxDescriptionCharacters
    ? line
    : `${line.slice(0, maxDescriptionCharacters)}…`
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
