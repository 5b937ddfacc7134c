import { moment, window } from './dates.ts'
import { filterList, filterWords } from './filters.ts'
import { priorityName, riskName, spaced } from './marks.ts'
import { asksWhenResolved } from './plan-tickets.ts'
import type { Call } from './protocol.ts'
import { isRecord } from './schema.ts'
import { enumerated, table } from './tables.ts'
import { droppedNames, rowsMentioning, rowsOf, type Thread } from './thread.ts'

type Row = Record<string, unknown>

/** How one kind of ticket is listed. */
type Listing = {
  noun: string
  timeVerb: string
  head: string[]
  cells: (row: Row, now: number | undefined) => unknown[]
  highlight: (rows: Row[]) => string
}

const changes: Listing = {
  noun: 'change request',
  timeVerb: 'planned',
  head: ['Change', 'What', 'State', 'Risk', 'Planned'],
  cells: (row, now) => [
    row.number,
    row.short_description,
    spaced(row.state),
    riskName(row.risk),
    window(row.planned_start, row.planned_end, now),
  ],
  highlight: (rows) => highlighted(rows.filter(({ risk }) => risk === 'high').length, 'high risk'),
}

const incidents: Listing = {
  noun: 'incident',
  timeVerb: 'opened',
  head: ['Incident', 'What', 'Priority', 'State', 'Opened'],
  cells: (row, now) => [
    row.number,
    row.short_description,
    priorityName(row.priority),
    spaced(row.state),
    moment(row.opened_at, now),
  ],
  highlight: (rows) =>
    highlighted(rows.filter(({ priority }) => priority === 1).length, 'critical (P1)'),
}

/** Writes about a list of changes. */
export function writeChanges(threads: Thread[], now: number | undefined): string {
  return writeList(changes, threads, now)
}

/** Writes about a list of incidents. */
export function writeIncidents(threads: Thread[], now: number | undefined): string {
  return writeList(incidents, threads, now)
}

function highlighted(count: number, what: string): string {
  return count > 0 ? `, **${count}** of them ${what}` : ''
}

function writeList(listing: Listing, threads: Thread[], now: number | undefined): string {
  const found = threads.map(foundIn)
  const all = found.flatMap((part) => part.rows)
  const rows = withoutRepeats(all)
  const counts = found.reduce((sum, part) => sum + part.total, 0)
  const total = counts - (all.length - rows.length)
  if (rows.length === 0) return nothing(listing, threads)
  const lead = leadOf(listing, threads, rows, total)
  const { head, cells } = columnsOf(listing, threads)
  const shown = rows.map((row) => cells(row, now))
  return `${lead}${closeNote(threads, rows)}\n\n${table(head, shown, total)}${mineNote(threads)}`
}

function leadOf(listing: Listing, threads: Thread[], rows: Row[], total: number): string {
  const calls = firstCalls(threads)
  const ask = threads[0]?.ask
  const words = filterWords(calls, ask, listing.timeVerb)
  const noun = total === 1 ? listing.noun : `${listing.noun}s`
  const subject = [`**${total}**`, words.before, noun, words.behind].filter(Boolean).join(' ')
  const resolved = ask && listing === incidents && asksWhenResolved(ask)
  const is = resolved ? ['was', 'were'] : ['is', 'are']
  const state = resolved ? `${words.state} ${ask.time?.words}` : words.state || 'on record'
  const narrowed = calls.some(({ args }) => 'risk' in args || 'priority' in args)
  const highlight = rows.length === total && !narrowed ? listing.highlight(rows) : ''
  return `${subject} ${total === 1 ? is[0] : is[1]} ${state}${highlight}.`
}

/** The last column tells what was asked about: people, or when it was resolved. */
function columnsOf(listing: Listing, [first]: Thread[]): Pick<Listing, 'head' | 'cells'> {
  const ask = first?.ask
  const lastColumn = (name: string, cell: (row: Row, now: number | undefined) => unknown) => ({
    head: [...listing.head.slice(0, 4), name],
    cells: (row: Row, now: number | undefined) => [
      ...listing.cells(row, now).slice(0, 4),
      cell(row, now),
    ],
  })
  if (ask && (ask.wants.includes('who') || ask.groups.length > 0))
    return lastColumn('Assigned to', assignee)
  if (ask && listing === incidents && asksWhenResolved(ask)) {
    return lastColumn('Resolved', (row, now) => moment(row.resolved_at, now))
  }
  return listing
}

function firstCalls(threads: Thread[]): Call[] {
  return threads.flatMap(({ steps }) => steps[0]?.call ?? [])
}

/** A name that was not found as it is spelled, but nearly so. */
function closeNote(threads: Thread[], rows: Row[]): string {
  const text = JSON.stringify(rows).toLowerCase()
  const names = threads.flatMap(({ steps }) => Object.values(droppedNames(steps)))
  const strange = [...new Set(names)].filter((name) => !text.includes(name.toLowerCase()))
  return strange.length === 0
    ? ''
    : ` Nothing is spelled exactly ${enumerated(
        strange.map((name) => `“${name}”`),
        'or',
      )}; these come close.`
}

/** What a thread found, after the filters that no tool has. */
function foundIn({ ask, steps }: Thread): { rows: Row[]; total: number } {
  const outcome = steps.at(-1)?.outcome
  const all = rowsOf(outcome)
  const names = droppedNames(steps)
  const kept = rowsMentioning(all, names).filter((row) => {
    if (ask.wants.includes('unassigned') && row.assigned_to) return false
    return !(asksWhenResolved(ask) && 'opened_at' in row) || isWithin(row.resolved_at, ask)
  })
  const filtered = kept.length < all.length || Object.keys(names).length > 0
  const told =
    outcome && 'data' in outcome && isRecord(outcome.data) ? outcome.data.total : undefined
  return { rows: kept, total: filtered || typeof told !== 'number' ? kept.length : told }
}

function isWithin(iso: unknown, { time }: Thread['ask']): boolean {
  const at = typeof iso === 'string' ? Date.parse(iso) : Number.NaN
  const { from = -Infinity, to = Infinity } = time?.span ?? {}
  return at >= from && at < to
}

function withoutRepeats(rows: Row[]): Row[] {
  const numbers = rows.map(({ number }) => number)
  return rows.filter(({ number }, index) => numbers.indexOf(number) === index)
}

function assignee({ assigned_to, assignment_group }: Row): string {
  return assigned_to ? `${assigned_to} (${assignment_group})` : `nobody yet (${assignment_group})`
}

function nothing({ noun, timeVerb }: Listing, threads: Thread[]): string {
  const [first] = threads
  if (first === undefined) return ''
  const filters = filterList(firstCalls(threads), first.ask, timeVerb)
  const own = first.ask.wants.includes('unassigned') ? 'unassigned ' : ''
  const none =
    filters === '' ? `There is no ${own}${noun}.` : `No ${own}${noun} matches: ${filters}.`
  return `${none}${mineNote(threads)}`
}

/** Who "I" am is nowhere in a request, and guessing would be worse than saying so. */
function mineNote([thread]: Thread[]): string {
  return thread?.ask.wants.includes('mine') && thread.ask.groups.length === 0
    ? '\n\nI cannot tell which of them are yours; name a person or a team to narrow it.'
    : ''
}
