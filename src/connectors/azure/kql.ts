import { OpsError } from '../../core/errors.ts'
import { normalizedName } from '../../tools/name-match.ts'

/**
 * A string literal of KQL. https://learn.microsoft.com/kusto/query/scalar-data-types/string
 * @throws OpsError `tool_arguments` for control characters
 */
export function kqlString(text: string): string {
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) {
    throw new OpsError('tool_arguments', { message: 'The name must not have control characters.' })
  }
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}

/** A datetime literal of KQL from ISO 8601. */
export function kqlTime(iso: string): string {
  return `datetime(${new Date(iso).toISOString()})`
}

/**
 * A condition that matches part of a name as the tools do: in any case, with hyphens, underscores or spaces.
 * @throws OpsError `tool_arguments` for a part that would match every name
 */
export function kqlPartOfName(column: string, part: string): string {
  const wanted = normalizedName(part)
  if (wanted === '') throw new OpsError('tool_arguments', { message: 'The name is empty.' })
  return `replace_regex(tolower(${column}), @"[\\s_-]+", "") contains ${kqlString(wanted)}`
}
