import type { OfferedTool } from './protocol.ts'

/** One argument of a tool, as its JSON Schema describes it. */
export type Parameter = {
  name: string
  type: string
  values: unknown[]
  required: boolean
  description: string
}

/** The arguments that a tool takes. */
export function parametersOf(tool: OfferedTool): Parameter[] {
  const { properties, required } = tool.parameters ?? {}
  if (!isRecord(properties)) return []
  return Object.entries(properties).flatMap(([name, given]) => {
    if (!isRecord(given)) return []
    const { type, description } = given
    return {
      name,
      type: typeof type === 'string' ? type : 'string',
      values: valuesOf(given),
      required: Array.isArray(required) && required.includes(name),
      description: typeof description === 'string' ? description : '',
    }
  })
}

function valuesOf(schema: Record<string, unknown>): unknown[] {
  if (Array.isArray(schema.enum)) return schema.enum
  if ('const' in schema) return [schema.const]
  const options = schema.anyOf ?? schema.oneOf
  return Array.isArray(options) ? options.filter(isRecord).flatMap(valuesOf) : []
}

/** The arguments that a tool takes, of those that one would like to give; a value it does not know is left out. */
export function fittingArgs(
  tool: OfferedTool,
  wished: Record<string, unknown>,
): Record<string, unknown> {
  const known = new Map(parametersOf(tool).map((parameter) => [parameter.name, parameter]))
  return Object.fromEntries(
    Object.entries(wished).filter(([name, value]) => {
      const parameter = known.get(name)
      if (parameter === undefined || value === undefined) return false
      return parameter.values.length === 0 || parameter.values.includes(value)
    }),
  )
}

/** Whether a value is an object with fields. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
