import type { Tool } from './catalogue.ts'
import type { Call, Plan } from './plan.ts'
import {
  cell,
  escaped,
  headlineOf,
  keyOf,
  markOf,
  nameOf,
  type Row,
  rankOf,
  type Shape,
  severeFirst,
  shapeOf,
  spaced,
  table,
  timeText,
} from './records.ts'

/** A call and what it answered. */
export type Result = { call: Call; result: string }

/** What fields answer what a question asks for. */
const fieldsAsked: Record<string, RegExp> = {
  owner: /assigned|owner|group/,
  cause: /caus|error|notes|summary|description|advice/,
  duration: /duration|minutes|_at$|start|end/,
  rows: /rows/,
  advice: /advice|notes|summary/,
  schedule: /schedule/,
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Writes the answer of a specialist: how the question was read, the verdict, the records, what is missing. */
export function writeAnswer(
  results: readonly Result[],
  { notes, declined, asked }: Plan,
  tools: readonly Tool[],
  now: number,
): string {
  const shapes = results.map(({ result }) => shapeOf(result))
  const toolOf = ({ tool }: Call) => tools.find(({ name }) => name === tool)
  const readings = results.map(({ call }, i) => readingOf(call, toolOf(call), shapes[i], now))
  const fields = new Set(
    shapes.flatMap((shape) => ('rows' in shape ? shape.rows.flatMap(Object.keys) : [])),
  )
  const missing = [...asked].filter((aspect) => {
    const pattern = fieldsAsked[aspect]
    return pattern && fields.size > 0 && ![...fields].some((name) => pattern.test(name))
  })
  const wanted = [...asked].flatMap((aspect) => fieldsAsked[aspect] ?? [])
  const remarks = [
    ...(declined.length > 0 ? [sayUnread(declined)] : []),
    ...notes,
    ...(missing.length > 0 ? [`The result does not say: ${missing.join(', ')}.`] : []),
  ]
  return [
    `*${[...new Set(readings)].join('; ')}.*`,
    ...results.map(({ call }, i) => section(call, toolOf(call), shapes[i], wanted, now)),
    ...[...new Set(remarks)].map((line) => `ℹ️ ${line}`),
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
  return `${sayUnread(words)}\n\nI can look up:\n\n${offers.join('\n')}`
}

/** Names the words that no tool can apply. */
export function sayUnread(words: readonly string[]): string {
  const named = [...new Set(words)].slice(0, 6).map((word) => `“${escaped(word.slice(0, 60))}”`)
  if (named.length === 0) return 'I did not find a question that I can answer here.'
  return `I cannot apply ${named.join(', ')}. I do not guess, so that part is not answered.`
}

/** How a call reads as a sentence. It names what was sent and nothing else. */
function readingOf(
  { tool: name, args }: Call,
  tool: Tool | undefined,
  shape: Shape | undefined,
  now: number,
): string {
  const [before, behind]: [string[], string[]] = [[], []]
  const times = new Map<string, { from?: string; to?: string }>()
  for (const [key, value] of Object.entries(args)) {
    const kind = tool?.parameters.find((one) => one.name === key)?.kind
    const text = [value]
      .flat()
      .map((one) => escaped(spaced(`${one}`)))
      .join(' or ')
    const about = spaced(key.replace(/_?[a-z]+$/, ''))
    if (kind === 'from' || kind === 'to')
      times.set(about, { ...times.get(about), [kind]: timeText(`${value}`, now) })
    else if (kind === 'enum' && /^(?:state|status|type)$/.test(key)) before.push(text)
    else if (kind === 'limit')
      behind.push(shape?.kind === 'list' && shape.total > Number(value) ? `the first ${text}` : '')
    else if (kind === 'id' && tool?.isSingle) behind.push(text)
    else if (kind === 'search') behind.push(`with the words “${text}”`)
    else behind.push(`${kind === 'enum' ? 'with' : 'for'} ${spaced(key)} ${text}`)
  }
  for (const [about, { from, to }] of times) {
    behind.push(
      `${about} ${from && to ? `from ${from} to ${to}` : from ? `since ${from}` : `until ${to}`}`.trim(),
    )
  }
  const noun = (tool?.noun ?? spaced(name)).replace(
    /[a-z]+/g,
    (word) => tool?.properNames.get(word) ?? word,
  )
  return capital([...before, noun, ...behind].filter((word) => word !== '').join(' '))
}

function section(
  call: Call,
  tool: Tool | undefined,
  shape: Shape | undefined,
  wanted: RegExp[],
  now: number,
): string {
  if (shape === undefined || shape.kind === 'failure') {
    return `❌ \`${call.tool}\` gave no data: ${escaped(shape?.text ?? '')} So this part is not known.`
  }
  if (shape.kind === 'none') return `Nothing named **${escaped(shape.name)}** is known there.`
  const [row] = shape.rows
  if (shape.kind === 'record') return row ? writeRecord(row, wanted, now) : ''
  return row ? writeList(shape, wanted, now) : writeNothing(call, tool, shape.noun)
}

/** An empty list says nothing about health, and a name that matches nothing may not exist. */
function writeNothing({ args }: Call, tool: Tool | undefined, noun: string): string {
  const kinds = new Map(tool?.parameters.map(({ name, kind }) => [name, kind]))
  const named = Object.entries(args).filter(([key]) =>
    /^(?:name|search|key)$/.test(kinds.get(key) ?? ''),
  )
  if (named.length === 0) return `**None**: no ${noun} match.`
  const words = named.map(([, value]) => `**${escaped(`${value}`)}**`).join(' and ')
  return `**None**: no ${noun} match ${words}. Nothing of that name is known there, or nothing about it fits. It does not mean that all is well.`
}

/** What somebody at 3 a.m. needs first: how many, how bad, the worst of them. Then the table. */
function writeList(
  { noun, rows, total }: Extract<Shape, { kind: 'list' }>,
  wanted: RegExp[],
  now: number,
): string {
  const sorted = severeFirst(rows)
  const fine = rows.filter((row) => 'status' in row && rankOf(row) === 8)
  const isLong = fine.length > 3
  const shown = isLong ? sorted.filter((row) => !fine.includes(row)) : sorted
  const field =
    ['priority', 'status', 'state', 'risk'].find((name) =>
      rows.some((row) => row[name] !== undefined),
    ) ?? ''
  const groups = [...Map.groupBy(sorted, (row) => `${row[field] ?? ''}`)]
  const counts = groups.map(([value, { length }]) =>
    `${markOf(value)} ${length} ${field === 'priority' ? 'priority ' : ''}${spaced(value)}`.trim(),
  )
  const over = rows.filter((row) => rankOf(row) === 9).length
  const open = over > 0 && over < rows.length ? ` (${over} of them over)` : ''
  const [worst] = sorted
  const isWorst = (row: Row) =>
    rankOf(row) < 8 &&
    row.priority === worst?.priority &&
    ('priority' in row || rankOf(row) === rankOf(worst ?? {}))
  const top = sorted.filter(isWorst).slice(0, 3)
  return [
    [
      `**${total}** ${total === 1 ? noun.replace(/s$/, '') : noun}${field === '' ? '' : `: ${counts.join(', ')}`}${open}.`,
      ...top.map((row) => headlineOf(row, now)),
    ].join('  \n'),
    ...(shown.length > 0 ? [table(shown, wanted, now)] : []),
    ...(isLong
      ? [`✅ ${capital(`${fine[0]?.status}`)}: ${fine.map((row) => nameOf(row, now)).join(', ')}.`]
      : []),
    ...(total > rows.length
      ? [
          `The list holds ${rows.length} of **${total}**. To see the rest, ask for a shorter time, one service or one state.`,
        ]
      : []),
  ].join('\n\n')
}

/** One record: its name and state, what was asked, then the rest of it. */
function writeRecord(row: Row, wanted: RegExp[], now: number): string {
  const [key, title, status] = [
    keyOf([row]),
    row.short_description ?? row.title,
    row.status ?? row.state,
  ]
  const isShown = (name: string) =>
    name !== key &&
    !/^(?:short_description|title|status|state)$/.test(name) &&
    cell(row[name], now) !== '–'
  const fields = Object.keys(row).filter(isShown)
  const isWanted = (name: string) => wanted.some((pattern) => pattern.test(name))
  const lines = [...fields.filter(isWanted), ...fields.filter((name) => !isWanted(name))].map(
    (name) => {
      const value = row[name]
      const isList = Array.isArray(value) && value.every((one) => typeof one === 'object')
      const items = isList
        ? value.map(
            (one) =>
              `\n  - ${Object.values(one ?? {})
                .map((part) => cell(part, now))
                .join(', ')}`,
          )
        : []
      return `- **${capital(spaced(name))}:** ${isList ? items.join('') : cell(value, now)}`
    },
  )
  const head = [
    `${markOf(status)} **${cell(row[key], now)}**`.trim(),
    ...(title ? [`: ${cell(title, now)}`] : []),
    ...(status ? [` – **${cell(status, now)}**`] : []),
  ]
  return `${head.join('')}\n\n${lines.join('\n')}`
}
