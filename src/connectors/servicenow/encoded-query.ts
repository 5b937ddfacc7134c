import { OpsError } from '../../core/errors.ts'

/** A condition of an encoded query, which may be several joined with `^OR`. */
export type Condition = string

/** The field has this value. */
export function is(field: string, value: string): Condition {
  return `${field}=${literal(value)}`
}

/** The field has one of these values, which must not have commas. */
export function isOneOf(field: string, values: readonly string[]): Condition {
  return `${field}IN${values.map(literal).join(',')}`
}

/** One of the fields contains the text, in any case. */
export function contains(fields: readonly string[], text: string): Condition {
  return fields.map((field) => `${field}LIKE${literal(text)}`).join('^OR')
}

/** The time in the field is at or after `time`, ISO 8601. */
export function isFrom(field: string, time: string): Condition {
  return `${field}>=${timeOf(time)}`
}

/** The time in the field is at or before `time`, ISO 8601. */
export function isUntil(field: string, time: string): Condition {
  return `${field}<=${timeOf(time)}`
}

/** The value of `sysparm_query`: all conditions, then the order, such as `ORDERBYpriority`. */
export function encodedQuery(conditions: readonly Condition[], ...order: string[]): string {
  return [...conditions, ...order].join('^')
}

/**
 * A value of the user. A caret ends a value, and ServiceNow documents no way to write it; a value that begins with
 * `javascript:` is run as a script. https://www.servicenow.com/docs/ (Encoded query strings)
 * @throws OpsError `tool_arguments`
 */
function literal(text: string): string {
  const value = text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
  const refused = value === '' ? text : /\^|javascript:/i.exec(value)?.[0]
  if (refused === undefined) return value
  const message = `ServiceNow cannot search for ${JSON.stringify(refused)}. Leave it out.`
  throw new OpsError('tool_arguments', { message })
}

/** ServiceNow stores UTC and writes it as `2026-08-01 06:00:00`. */
function timeOf(iso: string): string {
  return new Date(iso).toISOString().slice(0, 19).replace('T', ' ')
}
