import type { Ask, PlannedCall } from './ask.ts'
import { moment } from './dates.ts'
import { counted, fieldList, spaced, table } from './markdown.ts'
import { isRecord, type OfferedTool, type Parameter, parametersOf } from './protocol.ts'
import { rowsOf, type Thread } from './thread.ts'
import { isSameWord, plainWords } from './words.ts'

/** Words of a question that say nothing about which tool is meant. */
const muted = new Set(
  'a an the is are was were do does did what which who when where why how many much of in on at for to from with by and or me my i you we us show list get give tell check find please can could there any all'.split(
    ' ',
  ),
)

/** Two words in common, or one that stands in the tool's own name, are enough to call a tool we know nothing of. */
const enough = 2

/**
 * Picks among tools that no rule knows: the one whose name, description and arguments share most words with the
 * question, and its equals. A tool is left alone when something it needs is not in the question.
 */
export function planGenerically(question: string, offered: OfferedTool[], ask: Ask): PlannedCall[] {
  const asked = plainWords(question).filter((word) => !muted.has(word))
  const scored = offered
    .map((tool) => ({ tool, score: scoreOf(tool, asked), args: argsFor(tool, question) }))
    .filter(({ score, args }) => score >= enough && args !== undefined)
  const best = Math.max(...scored.map(({ score }) => score))
  return scored
    .filter(({ score }) => score === best)
    .map(({ tool, args }) => ({ tool: tool.name, args: args ?? {}, ask }))
}

function scoreOf(tool: OfferedTool, asked: string[]): number {
  const inName = plainWords(tool.name.replaceAll('_', ' ')).filter((word) => !muted.has(word))
  const described = [
    ...plainWords(tool.description ?? ''),
    ...parametersOf(tool).flatMap(({ name, description, values }) =>
      plainWords(`${name.replaceAll('_', ' ')} ${description} ${values.join(' ')}`),
    ),
  ]
  return asked.reduce((score, word) => {
    const has = (words: string[]) => words.some((other) => isAlike(word, other))
    return score + (has(inName) ? 2 : 0) + (has(described) ? 1 : 0)
  }, 0)
}

function isAlike(word: string, other: string): boolean {
  return isSameWord(word, other) || `${word}s` === other || word === `${other}s`
}

/** The arguments that the question holds, or nothing when one that is required is missing. */
function argsFor(tool: OfferedTool, question: string): Record<string, unknown> | undefined {
  const args: Record<string, unknown> = {}
  for (const parameter of parametersOf(tool)) {
    const value = valueFor(parameter, question)
    if (value !== undefined) args[parameter.name] = value
    else if (parameter.required) return undefined
  }
  return args
}

function valueFor({ name, type, values, required }: Parameter, question: string): unknown {
  const words = plainWords(question)
  const spokenName = name.replaceAll('_', ' ')
  if (values.length > 0) {
    return values.find((value) => {
      const parts = plainWords(String(value).replaceAll('_', ' '))
      return parts.length > 0 && parts.every((part) => words.some((word) => isAlike(word, part)))
    })
  }
  if (type === 'integer' || type === 'number') {
    const near = new RegExp(`${spokenName}\\D{0,10}(\\d+(?:\\.\\d+)?)`, 'i').exec(question)?.[1]
    const found = near ?? (required ? /\d+(?:\.\d+)?/.exec(question)?.[0] : undefined)
    return found === undefined ? undefined : Number(found)
  }
  if (type !== 'string') return undefined
  const quoted = /["“]([^"”]+)["”]/.exec(question)?.[1]
  const behindName = new RegExp(
    `\\b${spokenName}\\s+(?:is\\s+|called\\s+|named\\s+)?([\\w.@/-]+)`,
    'i',
  )
  const found = behindName.exec(question)?.[1] ?? codeIn(question) ?? quoted
  if (found !== undefined || !required) return found
  return /\b(?:for|of|about|on)\s+(?:the\s+)?([\w.@/-]+(?:\s+[A-Z][\w.@/-]*)*)/.exec(question)?.[1]
}

/** A word with a digit in it, such as an id: nothing else in a question looks like a value by itself. */
function codeIn(question: string): string | undefined {
  return /\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]+\b/.exec(question)?.[0]
}

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
