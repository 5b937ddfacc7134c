/** A cell without what would end it: pipes and line breaks. */
export function cell(value: unknown): string {
  if (value === undefined || value === null || value === '') return '–'
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .trim()
}

/** The most rows that a table shows. */
export const maxRows = 15

/** A Markdown table of at most 15 rows; the lines that are left out are counted, up to `total`. */
export function table(head: string[], rows: unknown[][], total = rows.length): string {
  const shown = rows.slice(0, maxRows)
  const more = total - shown.length
  const lines = [
    line(head),
    line(head.map(() => '---')),
    ...shown.map((row) => line(row.map(cell))),
    ...(more > 0 ? ['', `… and ${more} more`] : []),
  ]
  return lines.join('\n')
}

function line(cells: string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** A Markdown list of fields; those without a value are left out. */
export function fieldList(fields: [name: string, value: string | undefined][]): string {
  return fields
    .flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [`- **${name}:** ${oneLine(value)}`],
    )
    .join('\n')
}

/** A text on one line. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** "1 incident", "4 incidents". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `**${count}** ${count === 1 ? noun : plural}`
}

/** "a, b and c". */
export function enumerated(items: string[], link = 'and'): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} ${link} ${items.at(-1)}`
}

/** A status as people read it: a mark, which alone would not do, and a word. */
const marks: Record<string, string> = {
  healthy: '✅ healthy',
  degraded: '⚠️ degraded',
  outage: '❌ outage',
  maintenance: '🔧 maintenance',
  unknown: '❔ unknown',
  succeeded: '✅ succeeded',
  failed: '❌ failed',
  in_progress: '⏳ in progress',
  skipped: '⏭️ skipped',
}

/** The status of a run or a part of a platform with its mark; an unknown one as it is. */
export function marked(status: unknown): string {
  return marks[String(status)] ?? spaced(status)
}

/** A value of the source system in words: "in_progress" is "in progress". */
export function spaced(value: unknown): string {
  return value === undefined || value === null ? '' : String(value).replaceAll('_', ' ')
}

const states: Record<string, string> = {
  assess: 'in state assess',
  authorize: 'awaiting authorization',
  implement: 'in state implement',
  review: 'in review',
}

/** The state of a ticket as a sentence says it behind "is": "in review", "on hold". */
export function stateName(state: unknown): string {
  return states[String(state)] ?? spaced(state)
}

const priorities: Record<string, string> = { 1: 'critical', 2: 'high', 3: 'moderate', 4: 'low' }

/** "P1 critical" for 1. */
export function priorityName(priority: unknown): string {
  const name = priorities[String(priority)]
  return name === undefined ? spaced(priority) : `P${priority} ${name}`
}

/** The risk of a change; a high one carries a mark. */
export function riskName(risk: unknown): string {
  return risk === 'high' ? '⚠️ high' : spaced(risk)
}
