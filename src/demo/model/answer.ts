import { isRecord, parseJson, type Tool } from './catalogue.ts'
import type { Call, Plan } from './plan.ts'

/** A call and what it answered. `cite` is the reference to it, after a space. */
export type Result = { call: Call; result: string; cite: string }
type Row = Record<string, unknown>
/** The result of a tool: a list, a record (without a total), a name that is not found, or a failure. */
type Shape = { noun: string; rows: Row[]; total?: number; missing?: string; failure?: string }

const maxRows = 50
/** States by severity, with their marks: at 8 nothing is wrong, at 9 it is over. */
const levels: [states: string[], rank: number, mark: string][] = [
  [['outage', 'down', 'failed'], 0, '❌'],
  [['degraded', 'warning'], 1, '⚠️'],
  [['maintenance'], 2, '🔧'],
  [['in_progress', 'running'], 3, '⏳'],
  [['healthy', 'succeeded', 'ok', 'up'], 8, '✅'],
  [['resolved', 'closed', 'canceled'], 9, ''],
]
const levelBy = new Map(levels.flatMap((level) => level[0].map((state) => [state, level])))
/** Fields in the order in which a table shows them. */
const order =
  'short_description title priority severity status state risk error summary service planned_start since opened_at started_at planned_end assigned_to caused_by_change incident region'
const isoTime = /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g

const spaced = (name: string) => name.replaceAll('_', ' ')
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
const statusOf = (row: Row) => `${row.status ?? row.state ?? ''}`
const isEmpty = (value: unknown) => value === null || `${value ?? ''}` === ''
const rankOf = (row: Row) => levelBy.get(statusOf(row))?.[1] ?? 4
const markOf = (status: string) => levelBy.get(status)?.[2] ?? ''
const isFine = (row: Row) => rankOf(row) === 8
const isOver = (row: Row) => rankOf(row) === 9

const timeText = (iso: string) =>
  new Date(iso).toUTCString().replace(/, 0?(.*) \d{4} (.*):\d\d GMT/, ' $1 $2 UTC')

/** Escapes Markdown, because text of a source system is data. */
function escaped(text: string): string {
  const line = text.slice(0, 600).toWellFormed().replace(/\s+/g, ' ').trim()
  return line.replace(/[\\|*`[\]<>~!#]|(?<!\w)_|_(?!\w)/g, '\\$&')
}

function cell(value: unknown): string {
  if (Array.isArray(value)) return value.map(cell).join(', ') || '–'
  if (isRecord(value)) {
    const { message, ...rest } = value
    const others = Object.entries(rest).map(([name, one]) => `${spaced(name)} ${cell(one)}`)
    return message ? `${cell(message)} (${others.join(', ')})` : others.join(', ')
  }
  const text = `${value ?? ''}`.replace(isoTime, timeText)
  return escaped(/^[a-z]+(?:_[a-z]+)+$/.test(text) ? spaced(text) : text) || '–'
}

function shapeOf(result: string): Shape {
  const parsed = parseJson(result)
  const data = Array.isArray(parsed) ? { results: parsed } : parsed
  const noun = 'results'
  if (!isRecord(data)) return { noun, rows: [], failure: result || 'It answered nothing.' }
  const [[name, inner] = ['', undefined], ...others] = Object.entries(data)
  if (typeof data.not_found === 'string') return { noun, rows: [], missing: data.not_found }
  if (name === 'error' && typeof inner === 'string') return { noun, rows: [], failure: inner }
  if (others.length === 0 && isRecord(inner)) return { noun: spaced(name), rows: [flat(inner)] }
  const lists = Object.entries(data).filter(([, one]) => Array.isArray(one) && one.every(isRecord))
  const [plural, list] = lists.length === 1 ? (lists[0] ?? []) : []
  if (!plural || !Array.isArray(list)) return { noun, rows: [flat(data)] }
  const total = typeof data.total === 'number' ? data.total : list.length
  const of = typeof data.platform === 'string' ? ` of ${escaped(data.platform)}` : ''
  return { noun: spaced(plural) + of, rows: list.filter(isRecord).map(flat), total }
}

/** Moves the fields of a nested record with a status, such as `latest_run`, to the row. */
function flat(row: Row): Row {
  const inner = Object.entries(row).filter(([, one]) => isRecord(one) && 'status' in one)
  const names = inner.map(([name]) => name)
  const own = Object.entries(row).filter(([name]) => !names.includes(name))
  return Object.assign({}, ...inner.map(([, one]) => one), Object.fromEntries(own))
}

/** Writes the answer of a specialist: the verdicts and the records, how the question was read, then notes. */
export function writeAnswer(results: Result[], plan: Plan, tools: readonly Tool[]): string {
  const toolOf = ({ call }: Result) => tools.find(({ name }) => name === call.tool)
  const readings = results.map((one) => readingOf(one.call, toolOf(one)))
  const sections = results.map((one) => section(one, toolOf(one), shapeOf(one.result)))
  const declined = plan.declined.length > 0 ? [sayUnread(plan.declined)] : []
  const notes = [...new Set([...declined, ...plan.notes])].map((note) => `ℹ️ ${escaped(note)}`)
  return [...sections, `*${[...new Set(readings)].join('; ')}.*`, ...notes].join('\n\n')
}

/** Says why a question is not answered, and what can be asked. */
export function decline(words: readonly string[], tools: readonly Tool[]): string {
  const offers = tools.map(({ noun, parameters }) => {
    const filters = parameters.flatMap(({ kind, name }) => (kind === 'limit' ? [] : [spaced(name)]))
    return `- ${noun}${filters.length > 0 ? ` (by ${filters.join(', ')})` : ''}`
  })
  return `${escaped(sayUnread(words))}\n\nI can look up:\n\n${offers.join('\n')}`
}

/** Names the words that no tool can apply. */
export function sayUnread(words: readonly string[]): string {
  const named = [...new Set(words)].slice(0, 6).map((word) => `“${word.slice(0, 60)}”`)
  if (named.length === 0) return 'I did not find a question that I can answer here.'
  return `I do not understand ${named.join(', ')} here. I do not guess, so this has no answer.`
}

/** How a call reads as a sentence. It names what was sent and nothing else. */
function readingOf({ tool: name, args }: Call, tool: Tool | undefined): string {
  const before: string[] = []
  const behind: string[] = []
  const times: string[] = []
  for (const [key, value] of Object.entries(args)) {
    const kind = tool?.parameters.find((one) => one.name === key)?.kind ?? 'other'
    const text = (Array.isArray(value) ? value : [value]).map(cell).join(' or ')
    const about = times.length > 0 ? '' : key.replace(/_?[a-z]+$/, '')
    if (kind === 'from' || kind === 'to') times.push(about, kind, text)
    else if (kind === 'enum' && /^(?:state|status|type)$/.test(key)) before.push(text)
    else if (kind === 'id' && tool?.isSingle) behind.push(text)
    else if (kind !== 'limit')
      behind.push(`${kind === 'enum' ? 'with' : 'for'} ${spaced(key)} ${text}`)
    else if (Number(value) < maxRows) behind.push(`at most ${text}`)
  }
  const words = [...before, tool?.noun ?? spaced(name), ...behind, ...times]
  return capital(words.filter((word) => word !== '').join(' '))
}

function section({ call, cite }: Result, tool: Tool | undefined, shape: Shape): string {
  const { failure, missing, rows, noun, total } = shape
  const [row] = rows
  if (failure)
    return `❌ \`${call.tool}\` gave no data: ${escaped(failure)} So this part is not known.`
  if (missing) return `Nothing named **${escaped(missing)}** is known there.${cite}`
  if (row) return total === undefined ? writeRecord(row, cite) : writeList(noun, rows, total, cite)
  const isNamed = tool?.parameters.some(
    ({ kind, name }) => /^(?:name|search|key)$/.test(kind) && name in call.args,
  )
  if (!isNamed) return `**None**: no ${noun} match.${cite}`
  // An empty list says nothing about health, and a name that matches nothing may not exist.
  return `**None**: no ${noun} match. Nothing of that name is known there, or nothing about it fits. It does not mean that all is well.${cite}`
}

/** Puts the verdict first: the count, the severity and the worst records. The table follows. */
function writeList(noun: string, rows: readonly Row[], total: number, cite: string): string {
  const names = ['priority', 'status', 'state', 'risk']
  const field = names.find((name) => rows.some((row) => name in row)) ?? ''
  const weigh = (row: Row) =>
    (isOver(row) ? 90 : 0) +
    Number(row.priority ?? { high: 1, moderate: 2, low: 3 }[`${row.risk}`] ?? rankOf(row))
  // Changes stay in the order of their planned times.
  const sorted = field === 'state' ? [...rows] : rows.toSorted((a, b) => weigh(a) - weigh(b))
  const counts = [...Map.groupBy(sorted, (row) => `${row[field]}`)].map(([value, { length }]) =>
    `${markOf(value)} ${length} ${field === 'priority' ? 'of priority ' : ''}${cell(value)}`.trim(),
  )
  const fine = rows.filter(isFine)
  const worst = Math.min(...rows.map(weigh))
  const top = sorted.filter((row) => weigh(row) === worst && !isFine(row) && !isOver(row))
  const shown = fine.length > 3 ? sorted.filter((row) => !isFine(row)) : sorted
  const counted = field ? `: ${counts.join(', ')}` : ''
  const verdict = `**${total}** ${total === 1 ? noun.replace(/s(?= of |$)/, '') : noun}${counted}.${cite}`
  const lines = [[verdict, ...top.slice(0, 3).map((row) => headline(row) + cite)].join('  \n')]
  // Planned maintenance does not change the status of a service.
  for (const row of rows) {
    for (const [name, plan] of Object.entries(row).filter(([, one]) => isRecord(one)))
      if (/^planned_/.test(name))
        lines.push(`🔧 **${nameOf(row)}**: ${spaced(name)} ${cell(plan)}${cite}`)
  }
  if (shown.length > 0) lines.push(table(shown.slice(0, maxRows)))
  if (fine.length > 3)
    lines.push(`✅ ${capital(statusOf(fine[0] ?? {}))}: ${fine.map(nameOf).join(', ')}.${cite}`)
  const rest = 'To see the rest, narrow it by time, service or state.'
  if (total > rows.length) lines.push(`The list holds ${rows.length} of **${total}**. ${rest}`)
  return lines.join('\n\n')
}

function keyOf(row: Row): string {
  const names = Object.keys(row)
  const key = ['number', 'pipeline', 'name', 'service'].find((name) => name in row)
  return key ?? names.find((name) => /(?:id|name)$/.test(name)) ?? names[0] ?? ''
}

const nameOf = (row: Row) => `${cell(row[keyOf(row)])}${row.region ? ` (${cell(row.region)})` : ''}`

/** One record in a line: name, title, state, assignee and time. */
function headline(row: Row): string {
  const what = row.short_description ?? row.title ?? row.summary ?? row.error
  const since = row.since ?? row.opened_at ?? row.planned_start ?? row.started_at
  const facts = [statusOf(row), row.assigned_to, since].map(cell).filter((one) => one !== '–')
  return `${markOf(statusOf(row)) || '▸'} **${nameOf(row)}**${what ? `: ${cell(what)}` : ''} (${facts.join(', ')})`
}

function table(rows: readonly Row[]): string {
  const key = keyOf(rows[0] ?? {})
  const isShown = (name: string) => name === key || rows.some((row) => !isEmpty(row[name]))
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(isShown)
  const own = names.filter((name) => name === key || !name.endsWith('_id'))
  const sorted = new Set([key, ...order.split(' '), ...own])
  const columns = [...sorted].filter((name) => own.includes(name)).slice(0, 7)
  const marked = (name: string, value: unknown) =>
    (/^stat/.test(name) ? `${markOf(`${value}`)} ` : '') + cell(value)
  const lines = rows.map((row) => columns.map((name) => marked(name, row[name]).trim()))
  const head = [columns.map((name) => capital(spaced(name))), columns.map(() => '---')]
  return [...head, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function writeRecord(row: Row, cite: string): string {
  const names = Object.keys(row).filter((name) => name !== keyOf(row) && !isEmpty(row[name]))
  const lines = names.map((name) => {
    const value = row[name]
    const parts = Array.isArray(value) && value.some(isRecord) ? value : []
    const inner = parts.map((one) => `\n  - ${Object.values(one).map(cell).join(', ')}`).join('')
    return `- **${capital(spaced(name))}:** ${inner || cell(value)}`
  })
  return `${headline(row)}${cite}\n\n${lines.join('\n')}`
}
