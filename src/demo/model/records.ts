/** A record of a tool's result; nested objects are flattened. */
export type Row = Record<string, unknown>

/** What a tool's result is, by its shape. */
export type Shape =
  | { kind: 'list'; noun: string; rows: Row[]; total: number }
  | { kind: 'record'; noun: string; row: Row }
  | { kind: 'none'; name: string }
  | { kind: 'failure'; text: string }

/** Tells by its shape what a tool answered: a list of records, one record, nothing, or a failure. */
export function shapeOf(result: string): Shape {
  const data = parse(result)
  if (Array.isArray(data)) return { kind: 'list', noun: 'results', rows: data.filter(isRow).map(flat), total: data.length }
  if (!isRow(data)) return { kind: 'failure', text: result.trim() || 'It answered nothing.' }
  if (typeof data.not_found === 'string') return { kind: 'none', name: data.not_found }
  const entries = Object.entries(data)
  const list = entries.find(([, value]) => Array.isArray(value) && value.every(isRow))
  if (list && entries.every(([, value]) => value === list[1] || !isRow(value))) {
    const rows = Array.isArray(list[1]) ? list[1].filter(isRow).map(flat) : []
    const isRecordOfIts = entries.length > 4 && !('total' in data)
    if (!isRecordOfIts) return { kind: 'list', noun: spaced(list[0]), rows, total: typeof data.total === 'number' ? data.total : rows.length }
  }
  if (entries.length === 1 && typeof data.error === 'string') return { kind: 'failure', text: data.error }
  const [inner] = entries
  if (entries.length === 1 && inner && isRow(inner[1])) return { kind: 'record', noun: spaced(inner[0]), row: flat(inner[1]) }
  return { kind: 'record', noun: 'result', row: flat(data) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Lifts the fields of a nested record that has a status, such as `latest_run`; writes other nested objects in one cell. */
function flat(row: Row): Row {
  const result: Row = {}
  for (const [name, value] of Object.entries(row)) {
    if (!isRow(value)) result[name] = value
    else if ('status' in value || 'state' in value) {
      for (const [inner, one] of Object.entries(value)) if (!(inner in row)) result[inner] = one
    } else result[name] = inOneCell(value)
  }
  return result
}

/** `{activity, code, message}` as "code: message (activity)"; other fields by name. */
function inOneCell({ code, message, ...rest }: Row): string {
  const others = Object.entries(rest).filter(([, value]) => typeof value !== 'object')
  if (typeof message !== 'string') return [...others, ...Object.entries({ code })].filter(([, value]) => value !== undefined).map(([name, value]) => `${spaced(name)} ${value}`).join(', ')
  const where = others.length > 0 ? ` (${others.map(([name, value]) => `${spaced(name)} ${value}`).join(', ')})` : ''
  return `${code === undefined ? '' : `${code}: `}${message}${where}`
}

/** The fields that tell how bad a record is. */
export function statusField(rows: readonly Row[]): string | undefined {
  return ['status', 'state'].find((name) => rows.some((row) => typeof row[name] === 'string'))
}

const ranks: Record<string, number> = {
  ...{ outage: 0, down: 0, failed: 0, critical: 0, degraded: 1, warning: 1, maintenance: 2, in_progress: 3, running: 3 },
  ...{ new: 3, on_hold: 3, healthy: 8, succeeded: 8, ok: 8, up: 8, resolved: 9, closed: 9, canceled: 9 },
}
const marks: Record<string, string> = {
  ...{ outage: '❌', down: '❌', failed: '❌', critical: '❌', degraded: '⚠️', warning: '⚠️' },
  ...{ maintenance: '🔧', in_progress: '⏳', running: '⏳', healthy: '✅', succeeded: '✅', ok: '✅', up: '✅' },
}

/** 0 is the worst; from 8 on nothing is wrong, or it is over. */
export function rankOf(row: Row): number {
  return ranks[String(row.status ?? row.state)] ?? 4
}

/** The mark of a status, or an empty text. */
export function markOf(status: unknown): string {
  return marks[String(status)] ?? ''
}

/** Severe records first: what is not over, then by status where it tells health, then by priority. */
export function bySeverity(rows: readonly Row[]): Row[] {
  const keyOf = (row: Row) => {
    const rank = rankOf(row)
    return typeof row.priority === 'number' ? (rank >= 8 ? 100 : 0) + row.priority : rank
  }
  const isRanked = rows.some((row) => 'priority' in row || 'status' in row)
  return isRanked ? rows.toSorted((a, b) => keyOf(a) - keyOf(b)) : [...rows]
}

const isoTime = /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g
const days = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ')
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** "Mon 24 Nov 09:00 UTC"; with the year where it is not that of `now`. */
export function timeText(iso: string, now: number): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  const year = at.getUTCFullYear() === new Date(now).getUTCFullYear() ? '' : ` ${at.getUTCFullYear()}`
  return `${days[at.getUTCDay()]} ${at.getUTCDate()} ${months[at.getUTCMonth()]}${year} ${at.toISOString().slice(11, 16)} UTC`
}

/** The moments in the texts of a record, in ms. */
export function momentsIn(row: Row): number[] {
  return Object.values(row).flatMap((value) => (typeof value === 'string' ? (value.match(isoTime) ?? []) : [])).map((text) => Date.parse(text))
}

/** A value as Markdown on one line: text of a source system is data and never markup. */
export function cell(value: unknown, now: number): string {
  if (value === undefined || value === null || value === '') return '–'
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map((one) => (isRow(one) ? inOneCell(one) : String(one))).map((text) => cell(text, now)).join(', ')
  const text = String(isRow(value) ? inOneCell(value) : value).replace(isoTime, (iso) => timeText(iso, now))
  return escaped(/^[a-z]+(?:_[a-z]+)+$/.test(text) ? spaced(text) : text)
}

/** Text without any effect as Markdown, on one line and of bounded length. */
export function escaped(text: string): string {
  const line = text.length > 600 ? `${text.slice(0, 600).toWellFormed()}…` : text
  return line
    .replace(/\s+/g, ' ')
    .replace(/[\\|*`[\]<>~!#]/g, '\\$&')
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .trim()
}

/** "short_description" as "short description". */
export function spaced(name: string): string {
  return name.replaceAll('_', ' ')
}
