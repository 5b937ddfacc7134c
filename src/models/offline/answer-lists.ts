import { moment, window } from './dates.ts'
import { filterList, filterWords } from './filters.ts'
import { priorityName, riskName, spaced } from './marks.ts'
import { asksWhenResolved } from './plan-tickets.ts'
import { isRecord } from './schema.ts'
import { counted, table } from './tables.ts'
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
  return count > 0 ? `**${count}** of them ${what}` : ''
}

function writeList(listing: Listing, threads: Thread[], now: number | undefined): string {
  const [first] = threads
  if (first === undefined) return ''
  const calls = threads.flatMap(({ steps }) => steps[0]?.call ?? [])
  const found = threads.map((thread) => ({ ...foundIn(thread), thread }))
  const rows = withoutRepeats(found.flatMap((part) => part.rows))
  const counts = found.reduce((sum, part) => sum + part.total, 0)
  const total = Math.max(rows.length, found.length === 1 ? counts : Math.min(counts, counts))
  if (rows.length === 0) return nothing(listing, threads)
  const ask = first.ask
  const resolved = listing === incidents && asksWhenResolved(ask)
  const words = filterWords(calls, ask, listing.timeVerb)
  const subject = [
    counted(total, ''),
    words.before,
    total === 1 ? listing.noun : `${listing.noun}s`,
    words.behind,
  ]
  const verb = total === 1 ? 'is' : 'are'
  const state = `${words.state || 'on record'}${resolved ? ` ${ask.time?.words}` : ''}`
  const ends = words.state === '' && words.behind !== '' ? '' : ` ${verb} ${state}`
  const highlight =
    rows.length === total &&
    !Object.keys(Object.assign({}, ...calls.map(({ args }) => args))).some(
      (name) => name === 'risk' || name === 'priority',
    )
      ? listing.highlight(rows)
      : ''
  const people = ask.wants.includes('who') || ask.groups.length > 0
  const lead = `${subject
    .map((word) => word.trim())
    .filter(Boolean)
    .join(' ')}${ends}${highlight === '' ? '' : `, ${highlight}`}.`
  const head = people ? [...listing.head.slice(0, 4), 'Assigned to'] : listing.head
  const cells = rows.map((row) => {
    const all = listing.cells(row, now)
    return people ? [...all.slice(0, 4), assignee(row)] : all
  })
  return `${lead}\n\n${table(head, cells, total)}${mineNote(threads)}`
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
  const calls = threads.flatMap(({ steps }) => steps[0]?.call ?? [])
  const filters = filterList(calls, first.ask, timeVerb)
  const own = first.ask.wants.includes('unassigned') ? 'unassigned ' : ''
  const none = `**0** ${own}${noun}s: none matches${filters === '' ? '' : ` ${filters}`}.`
  return `${none}${mineNote(threads)}`
}

/** Who "I" am is nowhere in a request, and guessing would be worse than saying so. */
function mineNote([thread]: Thread[]): string {
  return thread?.ask.wants.includes('mine') && thread.ask.groups.length === 0
    ? '\n\nI cannot tell which of them are yours; name a person or a team to narrow it.'
    : ''
}
