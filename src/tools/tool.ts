import { z } from 'zod'
import { OpsError } from '../core/errors.ts'

/** A tool as an agent offers it to the model. */
export type Tool = {
  /** The name in the source system's own words: `list_change_requests`. */
  name: string
  /** What it does and when to call it, for the model. */
  description: string
  /** The arguments as JSON Schema, for the model. */
  parameters: Record<string, unknown>
  /**
   * Runs the tool with the arguments as the model wrote them and answers the text that the model reads.
   * @throws OpsError `tool_arguments` when they do not fit, with a message that says how.
   */
  execute: (rawArguments: string, signal: AbortSignal) => Promise<string>
}

/** Makes a tool of a schema and a function. Every field of the schema needs a description: the model sees nothing else. */
export function defineTool<Schema extends z.ZodObject>(definition: {
  name: string
  description: string
  parameters: Schema
  run: (args: z.output<Schema>, signal: AbortSignal) => Promise<unknown>
}): Tool {
  const { name, description, parameters, run } = definition
  const { $schema: _, ...schema } = z.toJSONSchema(parameters, { io: 'input' })
  return {
    name,
    description,
    parameters: schema,
    async execute(rawArguments, signal) {
      const result = await run(readArguments(parameters, rawArguments), signal)
      if (typeof result === 'string') return result
      return result === undefined ? '' : JSON.stringify(result)
    },
  }
}

function readArguments<Schema extends z.ZodObject>(schema: Schema, raw: string): z.output<Schema> {
  let given: unknown
  try {
    given = raw.trim() === '' ? {} : JSON.parse(raw)
  } catch (cause) {
    throw new OpsError('tool_arguments', { message: 'The arguments are not valid JSON.', cause })
  }
  const parsed = schema.strict().safeParse(withoutEmpty(given))
  if (!parsed.success) {
    throw new OpsError('tool_arguments', { message: z.prettifyError(parsed.error) })
  }
  return parsed.data as z.output<Schema>
}

/** Models write null or "" for "not given"; an optional field takes neither. */
function withoutEmpty(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== null && value !== ''),
  )
}
