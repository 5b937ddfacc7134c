import { OpsError } from '../core/errors.ts'

/**
 * The arguments of a tool as the model wrote them, as an object.
 * @throws OpsError `tool_arguments` for anything else
 */
export function readJsonArguments(raw: string): Record<string, unknown> {
  try {
    const given: unknown = raw.trim() === '' ? {} : JSON.parse(raw)
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) return { ...given }
  } catch {
    // The sentence below says it.
  }
  throw new OpsError('tool_arguments', { message: 'The arguments are not a JSON object.' })
}
