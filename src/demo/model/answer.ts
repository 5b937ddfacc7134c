import { isRecord, type Tool } from './catalogue.ts'
import type { Call, Plan } from './plan.ts'

/** A call and what it answered. */
export type Result = { call: Call; result: string }
type Row = Record<string, unknown>
/** A list of records, one record (without a total), nothing of a name, or a failure in words. */
type Shape = { noun: string; rows: Row[]; total?: number; missing?: string; failure?: string }

const maxRows = 50
const maxColumns = 7
/** 0 is the worst. At 8 nothing is wrong, at 9 it is over. */
const ranks: Record<string, [rank: number, mark: string]> = {
  ...{
    outage: [0, '❌'],
    down: [0, '❌'],
    failed: [0, '❌'],
    degraded: [1, '⚠️'],
    warning: [1, '⚠️'],
  },
  ...{ maintenance: [2, '🔧'], in_progress: [3, '⏳'], running: [3, '⏳'], healthy: [8, '✅'] },
  ...{ succeeded: [8, '✅'], ok: [8, '✅'], resolved: [9, ''], closed: [9, ''], canceled: [9, ''] },
}
/** Fields in the order in which a table shows them. */
const order =
  'short_description title priority severity status state risk error summary service planned_start since opened_at started_at planned_end assigned_to caused_by_change incident region'.split(
    ' ',
  )
/** The fields that answer what a question asks for. */
const fieldsAsked: Record<string, RegExp> = {
  owner: /assigned|owner|group/,
  cause: /caus|error|notes|summary|description/,
  duration: /duration|minutes|_at$|start|end/,
  rows: /rows/,
  advice: /advice|notes/,
  schedule: /schedule/,
}
const isoTime = /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g

const spaced = (name: string) => name.replaceAll('_', ' ')
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
const statusOf = (row: Row) => `${row.status ?? row.state ?? ''}`
const rankOf = (row: Row) => ranks[statusOf(row)]?.[0] ?? 4
const markOf = (status: unknown) => ranks[`${status}`]?.[1] ?? ''

/** Tells by its shape what a tool answered. */
export function shapeOf(result: string): Shape {
  let data: unknown
  try {
    data = JSON.parse(result)
  } catch {
    // Words instead of data say what went wrong.
  }
  if (Array.isArray(data)) data = { results: data }
  const noun = 'result'
  if (!isRecord(data)) return { noun, rows: [], failure: result || 'It answered nothing.' }
  const entries = Object.entries(data)
  const [[name, inner] = ['', undefined]] = entries
  if (typeof data.not_found === 'string') return { noun, rows: [], missing: data.not_found }
  if (name === 'error' && typeof inner === 'string') return { noun, rows: [], failure: inner }
  if (entries.length === 1 && isRecord(inner)) return { noun: spaced(name), rows: [flat(inner)] }
  const lists = entries.filter(([, value]) => Array.isArray(value) && value.every(isRecord))
  const [[plural, list] = ['', undefined]] = lists
  if (!Array.isArray(list) || lists.length > 1 || entries.some(([, value]) => isRecord(value))) {
    return { noun, rows: [flat(data)] }
  }
  const total = typeof data.total === 'number' ? data.total : list.length
  return { noun: spaced(plural), rows: list.filter(isRecord).map(flat), total }
}

/** Lifts the fields of a nested record that has a status, such as `latest_run`. */
function flat(row: Row): Row {
  const lifted = Object.entries(row).filter(([, one]) => isRecord(one) && 'status' in one)
  const own = Object.entries(row).filter(([name]) => !lifted.some(([other]) => other === name))
  return Object.assign({}, ...lifted.map(([, one]) => one), Object.fromEntries(own))
}

/** "Mon 24 Nov 09:00 UTC", with the year where it is not that of `now` (ms). */
function timeText(iso: string, now: number): string {
  const [day, date, month, year, time] = new Date(iso).toUTCString().replace(',', '').split(' ')
  const other = Number(year) === new Date(now).getUTCFullYear() ? '' : ` ${year}`
  return time === undefined
    ? iso
    : `${day} ${Number(date)} ${month}${other} ${time.slice(0, 5)} UTC`
}

/** A value on one line of bounded length, without effect as Markdown: text of a source system is data. */
function cell(value: unknown, now: number): string {
  if (Array.isArray(value)) return value.map((one) => cell(one, now)).join(', ') || '–'
  if (isRecord(value)) {
    const { message, ...rest } = value
    const others = Object.entries(rest).map(([name, one]) => `${spaced(name)} ${cell(one, now)}`)
    return message ? `${cell(message, now)} (${others.join(', ')})` : others.join(', ')
  }
  const text = `${value ?? ''}`.slice(0, 600).replace(isoTime, (iso) => timeText(iso, now))
  const words = /^[a-z]+(?:_[a-z]+)+$/.test(text) ? spaced(text) : text
  return escaped(words) || '–'
}

const escaped = (text: string) =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[\\|*`[\]<>~!#]|(?<!\w)_|_(?!\w)/g, '\\$&')
    .trim()

/** The field by which records are called. */
function keyOf(row: Row): string {
  const names = Object.keys(row)
  const key = ['number', 'pipeline', 'name', 'service'].find((name) => name in row)
  return key ?? names.find((name) => /(?:id|name)$/.test(name)) ?? names[0] ?? ''
}

function nameOf(row: Row, now: number): string {
  const place = row.region === undefined ? '' : ` (${cell(row.region, now)})`
  return `${cell(row[keyOf(row)], now)}${place}`
}

/** Writes the answer of a specialist: how the question was read, the verdicts, the records, what is missing. */
export function writeAnswer(
  results: readonly Result[],
  plan: Plan,
  tools: readonly Tool[],
  now: number,
): string {
  const wanted = Object.entries(fieldsAsked).filter(([aspect]) => plan.asked.has(aspect))
  const toolOf = ({ call }: Result) => tools.find(({ name }) => name === call.tool)
  const readings = results.map((one) => readingOf(one.call, toolOf(one), now))
  const shapes = results.map(({ result }) => shapeOf(result))
  const fields = shapes.flatMap(({ rows }) => rows.flatMap((row) => Object.keys(row)))
  const unsaid = wanted.filter(
    ([, pattern]) => fields.length > 0 && !fields.some((name) => pattern.test(name)),
  )
  const notes = [
    ...(plan.declined.length > 0 ? [sayUnread(plan.declined)] : []),
    ...plan.notes,
    ...unsaid.map(([aspect]) => `The result does not say: ${aspect}.`),
  ]
  const patterns = wanted.map(([, pattern]) => pattern)
  return [
    `*${[...new Set(readings)].join('; ')}.*`,
    ...results.map((one, i) => section(one.call, toolOf(one), shapes[i], patterns, now)),
    ...[...new Set(notes)].map((note) => `ℹ️ ${escaped(note)}`),
  ].join('\n\n')
}

/** Says why a question is not answered, and what can be asked. */
export function decline(words: readonly string[], tools: readonly Tool[]): string {
  const offers = tools.map(({ noun, parameters }) => {
    const filters = parameters
      .filter(({ kind }) => kind !== 'limit')
      .map(({ name }) => spaced(name))
    return `- ${noun}${filters.length > 0 ? ` (by ${filters.join(', ')})` : ''}`
  })
  return `${escaped(sayUnread(words))}\n\nI can look up:\n\n${offers.join('\n')}`
}

/** Names the words that no tool can apply. */
export function sayUnread(words: readonly string[]): string {
  const named = [...new Set(words)].slice(0, 6).map((word) => `“${word.slice(0, 60)}”`)
  if (named.length === 0) return 'I did not find a question that I can answer here.'
  return `I cannot apply ${named.join(', ')}. I do not guess, so that part is not answered.`
}

/** How a call reads as a sentence. It names what was sent and nothing else. */
function readingOf({ tool: name, args }: Call, tool: Tool | undefined, now: number): string {
  const [before, behind, times]: string[][] = [[], [], []]
  for (const [key, value] of Object.entries(args)) {
    const kind = tool?.parameters.find((one) => one.name === key)?.kind ?? 'other'
    const text = [value]
      .flat()
      .map((one) => cell(one, now))
      .join(' or ')
    const about = key.replace(/_?[a-z]+$/, '')
    if (kind === 'from' || kind === 'to')
      times?.push(`${times.length ? '' : about} ${kind} ${text}`.trim())
    else if (kind === 'enum' && /^(?:state|status|type)$/.test(key)) before?.push(text)
    else if (kind === 'id' && tool?.isSingle) behind?.push(text)
    else if (kind === 'limit') behind?.push(Number(value) < maxRows ? `at most ${text}` : '')
    else behind?.push(`${kind === 'enum' ? 'with' : 'for'} ${spaced(key)} ${text}`)
  }
  const noun = (tool?.noun ?? spaced(name)).replace(
    /[a-z]+/g,
    (word) => tool?.properNames.get(word) ?? word,
  )
  return capital([before, noun, behind, times].flat().filter(Boolean).join(' '))
}

function section(
  call: Call,
  tool: Tool | undefined,
  shape: Shape | undefined,
  wanted: RegExp[],
  now: number,
): string {
  const { failure, missing, rows = [], noun = '', total } = shape ?? {}
  if (failure !== undefined)
    return `❌ \`${call.tool}\` gave no data: ${escaped(failure.slice(0, 600))} So this part is not known.`
  if (missing !== undefined) return `Nothing named **${escaped(missing)}** is known there.`
  const [row] = rows
  if (row && total === undefined) return record(row, wanted, now)
  if (row && total) return list(noun, rows, total, wanted, now)
  const kinds = new Map(tool?.parameters.map(({ name, kind }) => [name, kind]))
  const named = Object.entries(call.args).filter(([key]) =>
    /^(?:name|search|key)$/.test(kinds.get(key) ?? ''),
  )
  const words = named.map(([, value]) => `**${cell(value, now)}**`).join(' and ')
  // An empty list says nothing about health, and a name that matches nothing may not exist.
  const caution =
    'Nothing of that name is known there, or nothing about it fits. It does not mean that all is well.'
  return named.length > 0
    ? `**None**: no ${noun} match ${words}. ${caution}`
    : `**None**: no ${noun} match.`
}

/** What somebody at 3 a.m. needs first: how many, how bad, the worst of them. Then the table. */
function list(
  noun: string,
  rows: readonly Row[],
  total: number,
  wanted: RegExp[],
  now: number,
): string {
  const weigh = (row: Row) =>
    (rankOf(row) === 9 ? 90 : 0) + (typeof row.priority === 'number' ? row.priority : rankOf(row))
  const isRanked = rows.some((row) => 'priority' in row || 'status' in row)
  const sorted = isRanked ? rows.toSorted((a, b) => weigh(a) - weigh(b)) : [...rows]
  const field =
    ['priority', 'status', 'state', 'risk'].find((name) => rows.some((row) => name in row)) ?? ''
  const groups = [...Map.groupBy(sorted, (row) => row[field])]
  const counts = groups.map(([value, { length }]) =>
    `${markOf(value)} ${length} ${field === 'priority' ? 'of priority ' : ''}${cell(value, now)}`.trim(),
  )
  const over = rows.filter((row) => rankOf(row) === 9).length
  const name = total === 1 ? noun.replace(/s$/, '') : noun
  const verdict = `**${total}** ${name}${field ? `: ${counts.join(', ')}` : ''}${over > 0 && over < total ? ` (${over} over)` : ''}.`
  const worst = sorted
    .filter((row) => rankOf(row) < 8 && weigh(row) === weigh(sorted[0] ?? {}))
    .slice(0, 3)
  const fine = sorted.filter((row) => rankOf(row) === 8)
  const shown = fine.length > 3 ? sorted.filter((row) => !fine.includes(row)) : sorted
  return [
    [verdict, ...worst.map((row) => headline(row, now))].join('  \n'),
    ...(shown.length > 0 ? [table(shown.slice(0, maxRows), wanted, now)] : []),
    ...(fine.length > 3
      ? [
          `✅ ${capital(statusOf(fine[0] ?? {}))}: ${fine.map((row) => nameOf(row, now)).join(', ')}.`,
        ]
      : []),
    ...(total > rows.length
      ? [
          `The list holds ${rows.length} of **${total}**. To see the rest, ask for a shorter time, one service or one state.`,
        ]
      : []),
  ].join('\n\n')
}

/** One record in a line: its name, what is known, who and since when. Maintenance may lie ahead. */
function headline(row: Row, now: number): string {
  const times = JSON.stringify(row).match(isoTime) ?? []
  const isAhead = row.status === 'maintenance' && times.some((iso) => Date.parse(iso) > now)
  const what = row.short_description ?? row.title ?? row.summary ?? row.error
  const since = row.since ?? row.opened_at ?? row.planned_start ?? row.started_at
  const facts = isAhead
    ? ['announced, not yet in effect']
    : [cell(statusOf(row), now), cell(row.assigned_to, now), `since ${cell(since, now)}`]
  const known = facts.filter((fact) => !fact.endsWith('–')).join(', ')
  return `${markOf(statusOf(row)) || '▸'} **${nameOf(row, now)}**${what ? `: ${cell(what, now)}` : ''} (${known})`
}

/** A table of the most telling fields, with those that are asked for. */
function table(rows: readonly Row[], wanted: readonly RegExp[], now: number): string {
  const key = keyOf(rows[0] ?? {})
  const rank = (name: string) => {
    const place = order.indexOf(name)
    if (name === key) return -1
    return wanted.some((pattern) => pattern.test(name)) ? 4 : place < 0 ? order.length : place
  }
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const isShown = (name: string) =>
    name === key || (!/_id$/.test(name) && rows.some((row) => cell(row[name], now) !== '–'))
  const columns = names
    .filter(isShown)
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, maxColumns)
  const lines = rows.map((row) =>
    columns.map((name) =>
      `${/^stat/.test(name) ? markOf(row[name]) : ''} ${cell(row[name], now)}`.trim(),
    ),
  )
  const head = columns.map((name) => capital(spaced(name)))
  return [head, columns.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** One record: its name and state, what was asked, then the rest of it. */
function record(row: Row, wanted: readonly RegExp[], now: number): string {
  const [key, title, status] = [keyOf(row), row.short_description ?? row.title, statusOf(row)]
  const isHead = (name: string) =>
    name === key || /^(?:short_description|title|status|state)$/.test(name)
  const names = Object.keys(row).filter((name) => !isHead(name) && cell(row[name], now) !== '–')
  const isWanted = (name: string) => wanted.some((pattern) => pattern.test(name))
  const lines = names
    .toSorted((a, b) => Number(isWanted(b)) - Number(isWanted(a)))
    .map((name) => {
      const value = row[name]
      const items = Array.isArray(value) && value.some(isRecord) ? value : []
      const inner = items.map(
        (one) =>
          `\n  - ${Object.values(one)
            .map((part) => cell(part, now))
            .join(', ')}`,
      )
      return `- **${capital(spaced(name))}:** ${items.length > 0 ? inner.join('') : cell(value, now)}`
    })
  const known = [
    title ? `: ${cell(title, now)}` : '',
    status ? ` – **${cell(status, now)}**` : '',
  ].join('')
  return `${markOf(status)} **${cell(row[key], now)}**${known}\n\n${lines.join('\n')}`.trim()
}
