import type { Dimension } from './ask.ts'

const names: Record<Dimension, string> = {
  priority: 'prio(?:rity|rities)?|severit(?:y|ies)|urgency',
  service: 'services?|platforms?|components?|systems?|applications?|areas?',
  team: '(?:assignment )?groups?|teams?|squads?|departments?',
  person: 'persons?|people|assignees?|owners?|engineers?|colleagues?|users?|whom',
  state: 'states?|status|statuses|stages?',
  risk: 'risks?(?: levels?)?',
  type: '(?:change )?types?|categor(?:y|ies)|kinds?',
  day: 'days?|dates?|weekdays?',
  pipeline: 'pipelines?|jobs?',
  error: 'errors?(?: codes?)?|reasons?|causes?|failure (?:types?|reasons?)',
}

const dimensions = Object.entries(names) as [Dimension, string][]
const any = `(?:(?:the|each|every|their|its|single) )*(${dimensions.map(([, words]) => words).join('|')})`

/** Every way to ask for a number per something. The last group of each is the something. */
const patterns = [
  `\\b(?:per|for each|for every|in each|of each|by each|grouped by|group by|group .{0,40} by|broken down by|break .{0,40} by|break down .{0,40} by|split .{0,40} by|sorted by|sort by|sort .{0,40} by|order(?:ed)? by|ranked by|breakdown by|breakdown of .{0,40} by|by) ${any}\\b`,
  `\\b(?:distribution|spread|split|share) (?:of .{0,40} )?(?:over|across|among|between|by) ${any}\\b`,
  `\\bacross (?:the )?(?:different |various |all )?(services|teams|groups|pipelines|priorities|states|types)\\b`,
  `\\b(?:which|what) ${any} (?:has|have|had|is|are|was|were|does|do|did|fails?|failed|breaks?|broke|causes?|caused|gets?|got|sees?|saw|creates?|created|opens?|opened|owns?|handles?)\\b(?=.*\\b(?:most|fewest|least|more often|highest|worst)\\b)`,
  `\\b(?:which|what) (services|teams|groups|people|persons|pipelines|days|day) (?:has|have|had|were hit|got|saw|are affected|were affected|caused)\\b(?=.*\\b(?:incidents?|tickets?|changes?|chgs?)\\b)`,
  `\\b(?:who) (?:has|have|had|owns?|handles?|holds?)\\b(?=.*\\b(most|fewest|least)\\b)`,
].map((pattern) => new RegExp(pattern))

/** What things are to be counted by; `text` is in lower case with one blank between words. */
export function dimensionIn(text: string): Dimension | undefined {
  for (const pattern of patterns) {
    const word = pattern.exec(text)?.at(-1)
    if (word === undefined) continue
    if (/^(?:most|fewest|least)$/.test(word)) return 'person'
    return dimensions.find(([, words]) => new RegExp(`^(?:${words})$`).test(word))?.[0]
  }
  return undefined
}

/** Who has what nobody has taken. */
export const unassigned = 'nobody yet'

/** What a row is counted under. */
export function groupOf(row: Record<string, unknown>, per: Dimension): string {
  const text = (value: unknown) => (value === undefined || value === '' ? '' : String(value))
  const error = row.error
  const moment = text(row.opened_at ?? row.planned_start ?? row.started_at)
  switch (per) {
    case 'team':
      return text(row.assignment_group)
    case 'person':
      return text(row.assigned_to) || unassigned
    case 'day':
      return moment.slice(0, 10)
    case 'error':
      return typeof error === 'object' && error !== null && 'code' in error ? text(error.code) : ''
    default:
      return text(row[per])
  }
}
