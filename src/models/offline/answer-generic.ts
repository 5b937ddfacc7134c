import { moment } from './dates.ts'
import { spaced } from './marks.ts'
import { isRecord } from './schema.ts'
import { counted, fieldList, table } from './tables.ts'
import { rowsOf, type Thread } from './thread.ts'

const maxColumns = 5

/** Writes about the result of a tool that no rule knows: its list as a table, else its fields. */
export function writeGeneric({ steps }: Thread, now: number | undefined): string {
  const step = steps.at(-1)
  if (step === undefined || !('data' in step.outcome)) return ''
  const { data } = step.outcome
  const title = spaced(step.call.tool)
  const rows = rowsOf(step.outcome)
  if (rows.length > 0) {
    const columns = columnsOf(rows)
    const total = isRecord(data) && typeof data.total === 'number' ? data.total : rows.length
    const cells = rows.map((row) => columns.map((column) => readable(row[column], now)))
    return `${counted(total, 'result')} from **${title}**.\n\n${table(columns.map(heading), cells, total)}`
  }
  const record = isRecord(data) ? flat(data) : {}
  const fields = Object.entries(record).map(([name, value]): [string, string] => [
    heading(name),
    readable(value, now),
  ])
  return fields.length === 0
    ? `**${title}** found nothing that matches.`
    : `This is what **${title}** says:\n\n${fieldList(fields)}`
}

/** The columns that most rows fill with something short, in their own order. */
function columnsOf(rows: Record<string, unknown>[]): string[] {
  const [first = {}] = rows
  const names = Object.keys(first).filter((name) => typeof first[name] !== 'object')
  return (names.length > 0 ? names : Object.keys(first)).slice(0, maxColumns)
}

/** A single record within a record is the record that matters. */
function flat(data: Record<string, unknown>): Record<string, unknown> {
  const [inner, ...others] = Object.values(data)
  return others.length === 0 && isRecord(inner) ? inner : data
}

function heading(name: string): string {
  const words = spaced(name)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function readable(value: unknown, now: number | undefined): string {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value))
    return moment(value, now)
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  return spaced(value)
}
