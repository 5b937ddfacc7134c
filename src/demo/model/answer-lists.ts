import { cannotNote, dimensionOf, writeGroups } from './answer-groups.ts'
import type { Ask } from './ask.ts'
import { moment, since, window } from './dates.ts'
import { type FilterWords, filterList, filterWords, timePhrase, timeWords } from './filters.ts'
import { foundTogether } from './found.ts'
import { enumerated, oneLine, priorityName, riskName, spaced, table } from './markdown.ts'
import { asksWhenResolved } from './plan-tickets.ts'
import type { Call } from './protocol.ts'
import { droppedNames, type Thread } from './thread.ts'

type Row = Record<string, unknown>

/** How one kind of ticket is listed. */
type Listing = {
  noun: string
  timeVerb: string
  /** What the first rows of such a list are. */
  first: string
  head: string[]
  cells: (row: Row, now: number | undefined) => unknown[]
  highlight: (rows: Row[]) => string
}

const changes: Listing = {
  noun: 'change request',
  timeVerb: 'planned',
  first: 'first',
  head: ['Change', 'What', 'State', 'Risk', 'Planned'],
  cells: (row, now) => [
    row.number,
    row.short_description,
    spaced(row.state),
    riskName(row.risk),
    window(row.planned_start, row.planned_end, now),
  ],
  highlight: (rows) =>
    highlighted(rows.filter(({ risk }) => risk === 'high').length, rows, 'high risk'),
}

const incidents: Listing = {
  noun: 'incident',
  timeVerb: 'opened',
  first: 'latest',
  head: ['Incident', 'What', 'Priority', 'State', 'Opened'],
  cells: (row, now) => [
    row.number,
    row.short_description,
    priorityName(row.priority),
    spaced(row.state),
    moment(row.opened_at, now),
  ],
  highlight: (rows) =>
    highlighted(rows.filter(({ priority }) => priority === 1).length, rows, 'critical (P1)'),
}

/** Writes about a list of changes. */
export function writeChanges(threads: Thread[], now: number | undefined): string {
  return writeList(changes, threads, now)
}

/** Writes about a list of incidents. */
export function writeIncidents(threads: Thread[], now: number | undefined): string {
  return writeList(incidents, threads, now)
}

const over = ['closed', 'canceled', 'resolved']

/** Of all that is on record, what is open is what matters. */
function openOf(rows: Row[]): string {
  const open = rows.filter(({ state }) => !over.includes(String(state))).length
  if (rows.length < 2 || open === 0) return ''
  return open === rows.length ? ', all of them open' : `, **${open}** of them open`
}

function highlighted(count: number, rows: Row[], what: string): string {
  if (count > 0 && rows.length === 1) return `, and it is ${what}`
  if (count > 0 && count === rows.length) return `, all of them ${what}`
  return count > 0 ? `, **${count}** of them ${what}` : ''
}

function writeList(listing: Listing, threads: Thread[], now: number | undefined): string {
  const ask = threads[0]?.ask
  const { rows, total, note } = foundTogether(threads)
  if (rows.length === 0 || ask === undefined) return nothing(listing, threads)
  const lead = `${leadOf(listing, threads, rows, total)}${closeNote(threads, rows)}`
  const notes = `${note}${mineNote(threads)}${cannotNote(ask)}`
  const per = dimensionOf(ask)
  if (per) {
    const what = subjectOf(listing, threads, total)
    const words = { nouns: `${listing.noun}s`, what, lead, key: (row: Row) => row.number }
    return `${writeGroups(rows, ask, per, words, now)}${notes}`
  }
  const isOldest = ask.order === 'oldest' || ask.order === 'longest'
  const sorted = isOldest ? rows.toSorted(byTime) : rows
  const first = isOldest
    ? oldest(listing, sorted[0] ?? {}, `**${total}** ${subjectOf(listing, threads, total)}`, now)
    : lead
  const { head, cells } = columnsOf(listing, threads)
  const limit = ask.limit ?? (isOldest ? maxOldest : sorted.length)
  const shown = sorted.slice(0, limit).map((row) => cells(row, now))
  return `${first}\n\n${table(head, shown, ask.limit ? shown.length : total)}${notes}`
}

const maxOldest = 5

/** "open P1 incidents for Snowflake", without the number. */
function subjectOf(listing: Listing, threads: Thread[], total: number): string {
  const words = filterWords(firstCalls(threads), threads[0]?.ask, listing.timeVerb)
  const noun = total === 1 ? listing.noun : `${listing.noun}s`
  // "Open changes", and yet "changes in review".
  const parts = /\b(?:in|on|awaiting)\b/.test(words.state)
    ? [words.before, noun, words.state, words.behind]
    : [words.state, words.before, noun, words.behind]
  return parts.filter(Boolean).join(' ')
}

function timeOf({ opened_at, planned_start }: Row): string {
  return String(opened_at ?? planned_start ?? '')
}

function byTime(left: Row, right: Row): number {
  return timeOf(left).localeCompare(timeOf(right))
}

/** The list of changes does not tell when they were opened, so the first one planned is the oldest. */
function oldest({ timeVerb }: Listing, row: Row, all: string, now: number | undefined): string {
  const at = timeOf(row)
  const age = since(at, now)
  const ago = age ? `, ${age} ago` : ''
  return `The oldest of ${all} is **${row.number}: ${oneLine(String(row.short_description ?? ''))}**, ${timeVerb} ${moment(at, now)}${ago}, assigned to ${assignee(row)}.`
}

function leadOf(listing: Listing, threads: Thread[], rows: Row[], total: number): string {
  const calls = firstCalls(threads)
  const ask = threads[0]?.ask
  const words = filterWords(calls, ask, listing.timeVerb)
  const noun = total === 1 ? listing.noun : `${listing.noun}s`
  const { state, over: isOver, time } = predicateOf(listing, ask, words)
  const behind = time === '' ? words.behind : words.behind.replace(time, '').trim()
  const limit = ask?.limit !== undefined && ask.limit < total ? ask.limit : undefined
  const number = limit ? `The ${listing.first} **${limit}** of **${total}**` : `**${total}**`
  const subject = [number, words.before, noun, behind].filter(Boolean).join(' ')
  const narrowed = calls.some(({ args }) => 'risk' in args || 'priority' in args)
  const mixed = rows.length === total && words.state === '' ? openOf(rows) : ''
  const highlight = mixed || (rows.length === total && !narrowed ? listing.highlight(rows) : '')
  if (limit) return `${subject} that ${isOver ? 'were' : 'are'} ${state}:`
  return `${subject} ${verbs[isOver ? 'over' : 'now'][total === 1 ? 0 : 1]} ${state}${highlight}.`
}

const verbs = { now: ['is', 'are'], over: ['was', 'were'] }

/** "are open", "were opened yesterday", "are planned for Friday", "were resolved this week". */
function predicateOf(
  listing: Listing,
  ask: Ask | undefined,
  words: FilterWords,
): { state: string; over: boolean; time: string } {
  const when = timeWords(ask?.time?.words ?? '')
  if (ask && listing === incidents && asksWhenResolved(ask)) {
    return { state: `${words.state} ${when}`, over: true, time: '' }
  }
  const time = when === '' ? '' : timePhrase(listing.timeVerb, when)
  if (words.state !== '' || time === '' || !words.behind.includes(time)) {
    return { state: words.state || 'on record', over: false, time: '' }
  }
  const isPast = /\b(?:yesterday|last|past|ago|since|before|previous)\b/.test(when)
  return { state: time, over: listing === incidents || isPast, time }
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
  if (ask?.wants.includes('cause') && listing === incidents)
    return lastColumn('Caused by', ({ caused_by_change }) => caused_by_change ?? '–')
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
  // Where several words were looked for, one that is found is enough.
  if (threads.some(({ steps }) => Object.keys(droppedNames(steps)).length === 0)) return ''
  const strange = [...new Set(names)].filter((name) => !text.includes(name.toLowerCase()))
  return strange.length === 0
    ? ''
    : ` Nothing is spelled exactly ${enumerated(
        strange.map((name) => `“${name}”`),
        'or',
      )}; these come close.`
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
  return `${none}${mineNote(threads)}${cannotNote(first.ask)}`
}

/** Who "I" am is nowhere in a request, and guessing would be worse than saying so. */
function mineNote([thread]: Thread[]): string {
  return thread?.ask.wants.includes('mine') && thread.ask.groups.length === 0
    ? '\n\nI cannot tell which of them are yours; name a person or a team to narrow it.'
    : ''
}
