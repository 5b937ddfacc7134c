import { z } from 'zod'
import { OpsError } from '../core/errors.ts'

/** A tool as an agent offers it to the model. */
export type Tool = {
  /** Snake case, in the words of the source system: `list_change_requests`. */
  name: string
  /** What it does and when to call it, for the model. */
  description: string
  /** The arguments as JSON Schema, for the model. */
  parameters: Record<string, unknown>
  /** Whether it changes data, so that a user has to approve each call. */
  needsApproval?: boolean
  /**
   * Checks the arguments of a call that needs an approval, so that no user is asked about a call that cannot work.
   * @throws OpsError `tool_arguments`
   */
  check?: (rawArguments: string) => void
  /**
   * Runs the tool with the arguments as the model wrote them. Returns the text for the model.
   * @throws OpsError `tool_arguments` if they do not match the schema; the message says what to change.
   */
  execute: (
    rawArguments: string,
    signal: AbortSignal,
    report?: (progress: ToolProgress) => void,
  ) => Promise<string>
  followUp?: FollowUp
}

/** How far a call is: `progress` of `total`, in units of the tool, and what it does now. */
export type ToolProgress = { progress: number; total?: number; message?: string }

/** Tools that another process offers. They can change between two questions. */
export type ToolSource = {
  /** The tools that can be called now, or a sentence for users and the model that says why there are none. */
  list: (signal: AbortSignal) => Promise<{ tools: readonly Tool[]; absence?: string }>
}

/**
 * A question that this tool answers, suggested after an answer. With `{}` it is about something that the answer names, and
 * `about` finds its name. Otherwise it is suggested unless `about` matches the question before.
 */
export type FollowUp = { question: string; about: RegExp }

/**
 * Creates a tool from a schema and a function. Describe every field of the schema: the model sees
 * nothing else. Arguments that the schema does not name are refused.
 */
export function defineTool<Shape extends z.ZodRawShape>(definition: {
  name: string
  description: string
  parameters: z.ZodObject<Shape>
  followUp?: FollowUp
  needsApproval?: boolean
  /** Its result goes to the model: a string as it is, anything else as JSON. */
  run: (args: Arguments<Shape>, signal: AbortSignal) => Promise<unknown>
}): Tool {
  const { name, description, run, followUp, needsApproval } = definition
  // Both are made once: zod compiles a schema at its first use, which costs about a millisecond.
  const schema = definition.parameters.strict()
  const { $schema: _, ...parameters } = z.toJSONSchema(schema, { io: 'input' })
  return {
    name,
    description,
    parameters,
    ...(followUp && { followUp }),
    ...(needsApproval && { needsApproval }),
    check(rawArguments) {
      readArguments(schema, rawArguments)
    },
    async execute(rawArguments, signal) {
      const result = await run(readArguments(schema, rawArguments), signal)
      if (typeof result === 'string') return result
      return result === undefined ? '' : JSON.stringify(result)
    },
  }
}

type Arguments<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape, z.core.$strict>>

function readArguments<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape, z.core.$strict>,
  raw: string,
): Arguments<Shape> {
  let given: unknown
  try {
    given = raw.trim() === '' ? {} : JSON.parse(raw)
  } catch (cause) {
    throw new OpsError('tool_arguments', { message: 'The arguments are not valid JSON.', cause })
  }
  const parsed = schema.safeParse(withoutEmpty(given))
  if (parsed.success) return parsed.data
  throw new OpsError('tool_arguments', { message: z.prettifyError(parsed.error) })
}

/** Drops null and "": models write them for arguments that they leave out. */
function withoutEmpty(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== null && value !== ''),
  )
}
