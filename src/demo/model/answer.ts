import type { CatalogueTool } from './catalogue.ts'
import type { Plan } from './plan.ts'
import type { Call } from './protocol.ts'
import { bySeverity, cell, escaped, markOf, momentsIn, rankOf, type Row, type Shape, shapeOf, spaced, statusField, timeText } from './records.ts'

/** A call and what it answered. */
export type Result = { call: Call; result: string }

type Writer = { now: number; asked: ReadonlySet<string>; tools: readonly CatalogueTool[] }

const maxRows = 50
const maxColumns = 7

/** Writes the answer of a specialist: how the question was read, the verdict, then the records. */
export function writeAnswer(results: readonly Result[], { notes, declined, asked }: Plan, tools: readonly CatalogueTool[], now: number): string {
  const writer = { now, asked, tools }
  const readings = results.map(({ call }) => readingOf(call, writer))
  const shapes = results.map(({ result }) => shapeOf(result))
  const lines = [...notes, ...missingFields(shapes, asked)]
  if (declined.length > 0) lines.unshift(sayUnread(declined))
  return [
    `*${[...new Set(readings)].join('; ')}.*`,
    ...results.map(({ call }, index) => section(call, shapes[index] ?? { kind: 'failure', text: '' }, writer)),
    ...lines.map((line) => `ℹ️ ${line}`),
  ].join('\n\n')
}

/** Says why a question is not answered, and what can be asked. */
export function decline(words: readonly string[], tools: readonly CatalogueTool[]): string {
  const offers = tools.map(({ noun, parameters }) => {
    const filters = parameters.filter(({ kind }) => kind !== 'limit').map(({ name }) => spaced(name))
    return `- ${noun}${filters.length > 0 ? ` (by ${filters.join(', ')})` : ''}`
  })
  return `${sayUnread(words)}\n\nI can look up:\n\n${offers.join('\n')}`
}

/** Names the words that were not understood. */
export function sayUnread(words: readonly string[]): string {
  const named = [...new Set(words)].slice(0, 6).map((word) => `“${escaped(word.slice(0, 60))}”`)
  if (named.length === 0) return 'I did not find a question that I can answer here.'
  return `I cannot apply ${named.join(', ')}, so I do not answer this rather than guess.`
}

/** How a call reads as a sentence; it names what was sent and nothing else. */
export function readingOf({ tool: name, args }: Call, { tools, now }: Writer): string {
  const tool = tools.find((one) => one.name === name)
  const parameters = tool?.parameters ?? []
  const before: string[] = []
  const behind: string[] = []
  const times: Record<string, { from?: string; to?: string }> = {}
  for (const [key, value] of Object.entries(args)) {
    const kind = parameters.find((one) => one.name === key)?.kind
    const text = [value].flat().map((one) => escaped(spaced(String(one)))).join(' or ')
    if (kind === 'from' || kind === 'to') {
      const about = key.replace(/_?[a-z]+$/, '')
      times[about] = { ...times[about], [kind]: timeText(String(value), now) }
    } else if (kind === 'enum' && /^(?:state|status|type)$/.test(key)) before.push(text)
    else if (kind === 'limit') behind.push(Number(value) < maxRows ? `at most ${text}` : '')
    else if (kind === 'id' && tool?.isSingle) behind.push(text)
    else if (kind === 'search') behind.push(`with the words “${text}”`)
    else behind.push(`${kind === 'enum' ? 'with' : 'for'} ${spaced(key)} ${text}`)
  }
  for (const [about, { from, to }] of Object.entries(times)) {
    const span = from && to ? `from ${from} to ${to}` : from ? `since ${from}` : `until ${to}`
    behind.push(`${spaced(about)} ${span}`.trim())
  }
  const noun = tool?.noun ?? spaced(name)
  const words = [...before, noun, ...behind].filter((word) => word !== '').join(' ')
  return capital(tool ? withNames(words, tool) : words)
}

function withNames(words: string, { properNames }: CatalogueTool): string {
  return words.replace(/[a-z]+/g, (word) => properNames.get(word) ?? word)
}

function section(call: Call, shape: Shape, writer: Writer): string {
  switch (shape.kind) {
    case 'failure':
      return `❌ \`${call.tool}\` gave no data: ${escaped(shape.text)} So this part is not known.`
    case 'none':
      return `Nothing named **${escaped(shape.name)}** is known there.`
    case 'record':
      return writeRecord(shape.row, writer)
    case 'list':
      return shape.rows.length === 0 ? writeNothing(call, shape.noun, writer) : writeList(shape, writer)
  }
}

/** An empty list says nothing about health, and a name that matches nothing may not exist. */
function writeNothing({ tool: name, args }: Call, noun: string, { tools }: Writer): string {
  const tool = tools.find((one) => one.name === name)
  const named = Object.entries(args).filter(([key]) => tool?.parameters.some((one) => one.name === key && (one.kind === 'name' || one.kind === 'search' || one.kind === 'key')))
  if (named.length === 0) return `**None**: no ${noun} match.`
  const words = named.map(([, value]) => `**${escaped(String(value))}**`).join(' and ')
  return `**None**: no ${noun} match ${words}. Either nothing of that name is known there, or nothing about it fits; it does not mean that all is well.`
}

function writeList({ noun, rows, total }: Extract<Shape, { kind: 'list' }>, writer: Writer): string {
  const sorted = bySeverity(rows)
  const fine = sorted.filter((row) => rankOf(row) === 8)
  const isCollapsed = fine.length > 3 && statusField(rows) === 'status'
  const shown = (isCollapsed ? sorted.filter((row) => rankOf(row) !== 8) : sorted).slice(0, maxRows)
  const parts = [verdict(noun, sorted, total, writer)]
  if (shown.length > 0) parts.push(table(shown, writer))
  if (isCollapsed) parts.push(`✅ ${capital(String(fine[0]?.status ?? ''))}: ${fine.map((row) => nameOf(row, writer.now)).join(', ')}.`)
  if (total > rows.length) parts.push(`The source gives ${rows.length} of **${total}**. To see the rest, ask for a shorter time, one service or one state.`)
  return parts.join('\n\n')
}

/** What somebody at 3 a.m. needs first: how many, how bad, the worst of them. */
function verdict(noun: string, rows: readonly Row[], total: number, { now }: Writer): string {
  const field = rows.some(({ priority }) => priority !== undefined) ? 'priority' : (statusField(rows) ?? 'risk')
  const counts = new Map<string, number>()
  for (const row of rows) {
    const value = field === 'priority' ? `priority ${row.priority}` : spaced(String(row[field] ?? 'unknown'))
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  const told = [...counts].map(([value, count]) => `${markOf(value.replaceAll(' ', '_'))} ${count} ${value}`.trim())
  const lines = [`**${total}** ${total === 1 ? noun.replace(/s$/, '') : noun}${counts.size > 0 && rows[0]?.[field] !== undefined ? `: ${told.join(', ')}` : ''}.`]
  const worst = rows.filter((row) => rankOf(row) < 8).slice(0, 3).filter((row) => isAsBad(row, rows[0]))
  for (const row of worst.length < rows.length || rows.length <= 3 ? worst : []) lines.push(`${headline(row, now)}`)
  return lines.join('  \n')
}

function isAsBad(row: Row, worst: Row | undefined): boolean {
  return worst !== undefined && row.priority === worst.priority && (row.status === undefined || rankOf(row) === rankOf(worst))
}

/** One record in a line: its name, what is known, since when. */
function headline(row: Row, now: number): string {
  const status = row.status ?? row.state
  const isAhead = row.status === 'maintenance' && momentsIn(row).some((at) => at > now)
  const what = [row.short_description, row.title, row.summary, row.error].find((text) => typeof text === 'string')
  const since = [row.since, row.opened_at, row.planned_start, row.started_at].find((text) => typeof text === 'string')
  const details = [isAhead ? 'maintenance is announced, it works now' : cell(status, now), row.assigned_to ?? '', since === undefined || isAhead ? '' : `since ${cell(since, now)}`]
  const mark = markOf(status)
  return `${mark === '' ? '▸' : mark} **${nameOf(row, now)}**${what ? `: ${cell(what, now)}` : ''} (${details.filter((one) => one !== '' && one !== '–').map((one) => cell(one, now)).join(', ')})`
}

/** What a record is called, with its place where it has one. */
function nameOf(row: Row, now: number): string {
  const name = cell(row[keyOf([row])], now)
  return row.region === undefined ? name : `${name} (${cell(row.region, now)})`
}

function keyOf(rows: readonly Row[]): string {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return ['number', 'pipeline', 'name', 'service'].find((name) => fields.includes(name)) ?? fields.find((name) => /id$|name$/.test(name)) ?? fields[0] ?? ''
}

/** Fields in the order in which a table shows them. */
const order = [
  /^(?:short_description|title)$/, /^(?:priority|severity)$/, /^(?:status|state)$/, /^risk$/, /^summary$/, /^error$/,
  /^(?:service|platform|region)$/, /^since$|_at$|_start$/, /_end$/, /assigned_to|owner/, /caus|incident$/, /group/, /^type$/,
]

/** What fields an aspect of a question asks for. */
const fieldsAsked: Record<string, RegExp> = {
  owner: /assigned|owner|group/,
  cause: /caus|error|notes|summary|description|advice/,
  duration: /duration|minutes|_at$|start|end/,
  rows: /rows/,
  advice: /advice|notes|summary/,
  schedule: /schedule/,
}

function table(rows: readonly Row[], { now, asked }: Writer): string {
  const key = keyOf(rows)
  const wanted = [...asked].flatMap((aspect) => fieldsAsked[aspect] ?? [])
  const rank = (name: string) => {
    if (name === key) return -2
    const at = order.findIndex((pattern) => pattern.test(name))
    const found = at < 0 ? order.length : at
    return wanted.some((pattern) => pattern.test(name)) ? Math.min(found, 5) : found
  }
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => rows.some((row) => isShort(row[name])) && name !== `${key}_id` && !(name.endsWith('_id') && name !== key))
  const columns = fields.toSorted((a, b) => rank(a) - rank(b)).slice(0, maxColumns)
  const lines = rows.map((row) => columns.map((name) => statusCell(name, row[name], now)))
  return [columns.map(heading), columns.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function isShort(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0) && (typeof value !== 'object' || Array.isArray(value))
}

function statusCell(name: string, value: unknown, now: number): string {
  const mark = name === 'status' || name === 'state' ? markOf(value) : ''
  return `${mark} ${cell(value, now)}`.trim()
}

/** One record: its name and state, what was asked, then the rest of it. */
function writeRecord(row: Row, { now, asked }: Writer): string {
  const key = keyOf([row])
  const wanted = [...asked].flatMap((aspect) => fieldsAsked[aspect] ?? [])
  const fields = Object.keys(row).filter((name) => name !== key && !isEmpty(row[name]))
  const first = fields.filter((name) => wanted.some((pattern) => pattern.test(name)))
  const rest = fields.filter((name) => !first.includes(name) && !/^(?:short_description|title|status|state)$/.test(name))
  const title = row.short_description ?? row.title
  const status = row.status ?? row.state
  const head = `${markOf(status)} **${cell(row[key], now)}**${title === undefined ? '' : `: ${cell(title, now)}`}${status === undefined ? '' : ` – **${cell(status, now)}**`}`.trim()
  return [head, [...first, ...rest].map((name) => fieldLine(name, row[name], now)).join('\n')].join('\n\n')
}

function fieldLine(name: string, value: unknown, now: number): string {
  if (Array.isArray(value) && value.every((one) => typeof one === 'object')) {
    const items = value.map((one) => `  - ${Object.values(one ?? {}).map((part) => cell(part, now)).join(', ')}`)
    return [`- **${heading(name)}:**`, ...items].join('\n')
  }
  return `- **${heading(name)}:** ${cell(value, now)}`
}

/** Fields that were asked for and that no result has. */
function missingFields(shapes: readonly Shape[], asked: ReadonlySet<string>): string[] {
  const rows = shapes.flatMap((shape) => (shape.kind === 'list' ? shape.rows : shape.kind === 'record' ? [shape.row] : []))
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const missing = [...asked].filter((aspect) => {
    const pattern = fieldsAsked[aspect]
    return pattern !== undefined && rows.length > 0 && !fields.some((name) => pattern.test(name))
  })
  return missing.length === 0 ? [] : [`The result does not say: ${missing.join(', ')}.`]
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

function heading(name: string): string {
  return capital(spaced(name))
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
