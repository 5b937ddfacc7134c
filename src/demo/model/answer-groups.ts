import type { Ask, Dimension } from './ask.ts'
import { moment } from './dates.ts'
import { groupOf, unassigned } from './grouping.ts'
import { enumerated, priorityName, riskName, spaced, table } from './markdown.ts'

type Row = Record<string, unknown>
type Group = { name: string; rows: Row[] }

const headings: Record<Dimension, string> = {
  priority: 'Priority',
  service: 'Service',
  team: 'Team',
  person: 'Assigned to',
  state: 'State',
  risk: 'Risk',
  type: 'Type',
  day: 'Day',
  pipeline: 'Pipeline',
  error: 'Error',
}

const maxNamed = 4

/** What a list of rows is counted by: what is said, or the values that are compared. */
export function dimensionOf({ per, order, wants, ...ask }: Ask): Dimension | undefined {
  if (per) return per
  if (order === 'most' || order === 'fewest')
    return ask.about === 'pipeline' ? 'pipeline' : 'service'
  if (!wants.includes('compare') && !wants.includes('count')) return undefined
  const compared: [Dimension, number][] = [
    ['type', ask.types.length],
    ['priority', ask.priorities.length],
    ['risk', ask.risks.length],
    ['state', ask.states.length],
    ['service', ask.services.length + ask.platforms.length],
    ['team', ask.groups.length],
  ]
  return compared.find(([, values]) => values > 1)?.[0]
}

/** Rows counted by a dimension: the sentence about the largest or smallest where that is asked, and a table. */
export function writeGroups(
  rows: Row[],
  { order, ...ask }: Ask,
  per: Dimension,
  {
    nouns,
    what,
    lead,
    key,
  }: { nouns: string; what: string; lead: string; key: (row: Row) => unknown },
  now: number | undefined,
): string {
  const groups = ordered(grouped(rows, per), per, order === 'fewest')
  const asksEnd = order === 'most' || order === 'fewest'
  const first = asksEnd ? endOf(groups, per, order, `${rows.length}** ${what}`, now) : lead
  const cells = groups.map(({ name, rows: own }) => [
    nameOf(name, per, now),
    own.length,
    named(own, key),
  ])
  const head = [headings[per], capitalised(nouns), 'Which']
  const shown = ask.limit === undefined ? cells : cells.slice(0, ask.limit)
  return `${first}\n\n${table(head, shown)}`
}

function grouped(rows: Row[], per: Dimension): Group[] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const name = groupOf(row, per)
    groups.set(name, [...(groups.get(name) ?? []), row])
  }
  return [...groups].map(([name, own]) => ({ name, rows: own }))
}

const scales: Partial<Record<Dimension, string[]>> = { risk: ['high', 'moderate', 'low'] }

/** What has an order of its own keeps it; everything else goes by number. */
function ordered(groups: Group[], per: Dimension, fewestFirst: boolean): Group[] {
  const scale = scales[per]
  if (scale) return groups.toSorted((a, b) => scale.indexOf(a.name) - scale.indexOf(b.name))
  if (per === 'priority' || per === 'day') {
    return groups.toSorted((a, b) => a.name.localeCompare(b.name))
  }
  const direction = fewestFirst ? 1 : -1
  return groups.toSorted((a, b) => direction * (a.rows.length - b.rows.length))
}

/** "**Data Platform** has the most: **5** of **14** open incidents." */
function endOf(
  groups: Group[],
  per: Dimension,
  order: 'most' | 'fewest',
  total: string,
  now: number | undefined,
): string {
  const people = groups.filter(({ name }) => per !== 'person' || name !== unassigned)
  const numbers = people.map(({ rows }) => rows.length)
  const best = order === 'most' ? Math.max(...numbers) : Math.min(...numbers)
  const winners = people.filter(({ rows }) => rows.length === best)
  const names = winners.map(({ name }) => `**${nameOf(name, per, now)}**`)
  const each = winners.length > 1 ? ' each' : ''
  return `${enumerated(names)} ${winners.length > 1 ? 'have' : 'has'} the ${order}: **${best}**${each} of **${total}.`
}

function nameOf(name: string, per: Dimension, now: number | undefined): string {
  if (name === '') return 'not told'
  if (per === 'priority') return priorityName(name)
  if (per === 'risk') return riskName(name)
  if (per === 'day') return moment(`${name}T00:00:00Z`, now).replace(/ 00:00 UTC$/, '')
  return per === 'error' ? name : spaced(name)
}

function named(rows: Row[], key: (row: Row) => unknown): string {
  const names = [...new Set(rows.map((row) => String(key(row) ?? '')))].filter(Boolean)
  const more = names.length - maxNamed
  return `${names.slice(0, maxNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function capitalised(noun: string): string {
  return noun.charAt(0).toUpperCase() + noun.slice(1)
}

/** What no tool tells and nobody should guess: averages, trends, forecasts, the priority of a change. */
export function cannotNote({ text, about, priorities }: Ask): string {
  if (about === 'change' && priorities.length > 0) {
    const urgent = priorities.some((priority) => Number(priority) <= 2)
    const instead = urgent ? 'these are the high-risk ones' : 'these are all of them'
    return `\n\nChanges have a risk and no priority; ${instead}.`
  }
  const found =
    /\b(averages?|median|mean time|mttr|trends?|percentages?|percent|forecasts?|predict\w*|usual|usually|normal|normally|typical|typically)\b/i.exec(
      text,
    )
  return found
    ? `\n\nI cannot work out ${calculations[found[1]?.toLowerCase() ?? ''] ?? 'averages or trends'} from what the tools tell.`
    : ''
}

const calculations: Record<string, string> = {
  mttr: 'the mean time to resolve',
  percentage: 'percentages',
  percentages: 'percentages',
  percent: 'percentages',
  forecast: 'forecasts',
  forecasts: 'forecasts',
  usual: 'what is usual',
  usually: 'what is usual',
  normal: 'what is normal',
  normally: 'what is normal',
  typical: 'what is typical',
  typically: 'what is typical',
}

/** A list that is counted, sorted or looked through here may be longer than a tool shows. */
export function seenNote(seen: number, total: number): string {
  return total > seen
    ? `\n\nThis is based on the first **${seen}** of **${total}** that match; the source lists no more at once.`
    : ''
}
