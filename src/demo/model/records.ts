/** A record of a tool's result. Nested records are flattened. */
export type Row = Record<string, unknown>

/** What a tool's result is, by its shape. */
export type Shape =
  | { kind: 'list'; noun: string; rows: Row[]; total: number }
  | { kind: 'record'; rows: Row[] }
  | { kind: 'none'; name: string }
  | { kind: 'failure'; text: string }

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** "short_description" as "short description". */
export const spaced = (name: string): string => name.replaceAll('_', ' ')

/** Tells by its shape what a tool answered: a list of records, one record, nothing, or a failure. */
export function shapeOf(result: string): Shape {
  let data: unknown
  try {
    data = JSON.parse(result)
  } catch {
    // A text is a failure in words.
  }
  if (Array.isArray(data)) data = { results: data }
  if (!isRow(data)) return { kind: 'failure', text: result.trim() || 'It answered nothing.' }
  const entries = Object.entries(data)
  const [, [first, inner] = ['', undefined]] = [0, entries[0]]
  if (typeof data.not_found === 'string') return { kind: 'none', name: data.not_found }
  if (first === 'error' && typeof inner === 'string') return { kind: 'failure', text: inner }
  if (entries.length === 1 && isRow(inner)) return { kind: 'record', rows: [flat(inner)] }
  const isList = ([, value]: [string, unknown]) => Array.isArray(value) && value.every(isRow)
  const [noun, list] = entries.find(isList) ?? []
  if (
    noun === undefined ||
    !Array.isArray(list) ||
    entries.some(([, value]) => isRow(value)) ||
    entries.length > 5
  ) {
    return { kind: 'record', rows: [flat(data)] }
  }
  const rows = list.filter(isRow).map(flat)
  return {
    kind: 'list',
    noun: spaced(noun),
    rows,
    total: typeof data.total === 'number' ? data.total : rows.length,
  }
}

/** Lifts the fields of a nested record that has a status, such as `latest_run`; others become one text. */
function flat(row: Row): Row {
  const lifted = Object.values(row)
    .filter(isRow)
    .filter((value) => 'status' in value || 'state' in value)
  const own = Object.entries(row).filter(([, value]) => !lifted.some((one) => one === value))
  return Object.assign(
    {},
    ...lifted,
    Object.fromEntries(own.map(([name, value]) => [name, isRow(value) ? inOneText(value) : value])),
  )
}

/** `{activity, code, message}` as "code: message (activity x)"; other fields by name. */
function inOneText({ code, message, ...rest }: Row): string {
  const others = Object.entries(rest)
    .map(([name, value]) => `${spaced(name)} ${value}`)
    .join(', ')
  if (message === undefined) return [code, others].filter(Boolean).join(', ')
  return `${code === undefined ? '' : `${code}: `}${message}${others === '' ? '' : ` (${others})`}`
}

const ranks = new Map([
  ...['outage', 'down', 'failed', 'critical'].map((status): [string, [number, string]] => [
    status,
    [0, '❌'],
  ]),
  ...['degraded', 'warning'].map((status): [string, [number, string]] => [status, [1, '⚠️']]),
  ...['maintenance'].map((status): [string, [number, string]] => [status, [2, '🔧']]),
  ...['in_progress', 'running'].map((status): [string, [number, string]] => [status, [3, '⏳']]),
  ...['healthy', 'succeeded', 'ok', 'up'].map((status): [string, [number, string]] => [
    status,
    [8, '✅'],
  ]),
  ...['resolved', 'closed', 'canceled'].map((status): [string, [number, string]] => [
    status,
    [9, ''],
  ]),
])

/** 0 is the worst. At 8 nothing is wrong, at 9 it is over. */
export const rankOf = (row: Row): number => ranks.get(`${row.status ?? row.state}`)?.[0] ?? 4

/** The mark of a status, or an empty text. */
export const markOf = (status: unknown): string => ranks.get(`${status}`)?.[1] ?? ''

/** Severe records first: what is not over, by priority or by status. Others keep their order. */
export function severeFirst(rows: readonly Row[]): Row[] {
  const weigh = (row: Row) =>
    typeof row.priority === 'number' ? row.priority + (rankOf(row) === 9 ? 100 : 0) : rankOf(row)
  return rows.some((row) => 'priority' in row || 'status' in row)
    ? rows.toSorted((a, b) => weigh(a) - weigh(b))
    : [...rows]
}

const isoTime = /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g

/** "Mon 24 Nov 09:00 UTC", with the year where it is not that of `now` (ms). */
export function timeText(iso: string, now: number): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  const [day, date, month, year] = at.toUTCString().replace(',', '').split(' ')
  const own = Number(year) === new Date(now).getUTCFullYear() ? '' : ` ${year}`
  return `${day} ${Number(date)} ${month}${own} ${at.toISOString().slice(11, 16)} UTC`
}

/** A value on one line, without any effect as Markdown: text of a source system is data. */
export function cell(value: unknown, now: number): string {
  if (
    value === undefined ||
    value === null ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  )
    return '–'
  if (Array.isArray(value)) return value.map((one) => cell(one, now)).join(', ')
  const text = (isRow(value) ? inOneText(value) : `${value}`).replace(isoTime, (iso) =>
    timeText(iso, now),
  )
  return escaped(/^[a-z]+(?:_[a-z]+)+$/.test(text) ? spaced(text) : text)
}

/** Text without any effect as Markdown, on one line and of bounded length. */
export function escaped(text: string): string {
  const short = text.length > 600 ? `${text.slice(0, 600).toWellFormed()}…` : text
  const line = short.replace(/\s+/g, ' ').replace(/[\\|*`[\]<>~!#]/g, '\\$&')
  return line.replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_').trim()
}

/** The field by which records are called. */
export function keyOf(rows: readonly Row[]): string {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return (
    ['number', 'pipeline', 'name', 'service'].find((name) => fields.includes(name)) ??
    fields.find((name) => /id$|name$/.test(name)) ??
    fields[0] ??
    ''
  )
}

/** What a record is called, with its region where it has one. */
export function nameOf(row: Row, now: number): string {
  return `${cell(row[keyOf([row])], now)}${row.region === undefined ? '' : ` (${cell(row.region, now)})`}`
}

/** One record in a line: its name, what is known, who and since when. Maintenance may lie ahead. */
export function headlineOf(row: Row, now: number): string {
  const status = row.status ?? row.state
  const times = JSON.stringify(row).match(isoTime) ?? []
  const isAhead = status === 'maintenance' && times.some((iso) => Date.parse(iso) > now)
  const what = row.short_description ?? row.title ?? row.summary ?? row.error
  const since = row.since ?? row.opened_at ?? row.planned_start ?? row.started_at
  const facts = isAhead
    ? ['announced, not yet in effect']
    : [cell(status, now), cell(row.assigned_to, now), `since ${cell(since, now)}`]
  const known = facts.filter((fact) => !fact.endsWith('–')).join(', ')
  return `${markOf(status) || '▸'} **${nameOf(row, now)}**${what ? `: ${cell(what, now)}` : ''} (${known})`
}

/** Fields in the order in which a table shows them; what is asked for comes after the status. */
const order = [
  /^(?:short_description|title)$/,
  /^(?:priority|severity)$/,
  /^(?:status|state)$/,
  /^risk$/,
  /^summary$/,
  /^error$/,
  /^(?:service|platform|region)$/,
  /^since$|_at$|_start$/,
  /_end$/,
  /assigned_to|owner/,
  /caus|incident$/,
  /group/,
  /^type$/,
]
const maxColumns = 7

/** A table of records with the most telling fields; `wanted` fields are among them. */
export function table(rows: readonly Row[], wanted: readonly RegExp[], now: number): string {
  const key = keyOf(rows)
  const rank = (name: string) => {
    const at = name === key ? -1 : order.findIndex((pattern) => pattern.test(name))
    const place = name === key ? -1 : at < 0 ? order.length : at
    return wanted.some((pattern) => pattern.test(name)) ? Math.min(place, 4) : place
  }
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (name) =>
      (name === key || !name.endsWith('_id')) && rows.some((row) => cell(row[name], now) !== '–'),
  )
  const columns = fields.toSorted((a, b) => rank(a) - rank(b)).slice(0, maxColumns)
  const head = columns.map((name) => spaced(name.charAt(0).toUpperCase() + name.slice(1)))
  const lines = rows.map((row) =>
    columns.map((name) =>
      `${/^stat/.test(name) ? markOf(row[name]) : ''} ${cell(row[name], now)}`.trim(),
    ),
  )
  return [head, columns.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}
