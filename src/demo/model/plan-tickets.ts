import type { Ask } from './ask.ts'

/** A call as one would like to make it; a tool may not take every argument. */
export type Wish = { tool: string; args: Record<string, unknown> }

const changeStates: Record<string, string> = {
  open: 'open',
  new: 'new',
  assess: 'assess',
  authorize: 'authorize',
  scheduled: 'scheduled',
  implement: 'implement',
  in_progress: 'implement',
  running: 'implement',
  review: 'review',
  closed: 'closed',
  resolved: 'closed',
  succeeded: 'closed',
  canceled: 'canceled',
}

const incidentStates: Record<string, string> = {
  open: 'open',
  new: 'new',
  in_progress: 'in_progress',
  implement: 'in_progress',
  on_hold: 'on_hold',
  resolved: 'resolved',
  closed: 'closed',
  canceled: 'closed',
}

/** More than this many rows are never shown, but filters on our side need them to look through. */
const wholePage = 50

/** The calls for an ask about changes. */
export function changeCalls(ask: Ask, now: number | undefined): Wish[] {
  const changes = numbersOf(ask, 'CHG')
  const incidents = numbersOf(ask, 'INC')
  if (ask.about === 'ticket' && ask.numbers.length > 0 && changes.length === 0) return []
  // The change behind an incident is told by the incident.
  if (incidents.length > 0 && changes.length === 0) return incidents.map(getIncident)
  if (changes.length > 0) return [...changes.map(getChange), ...incidents.map(getIncident)]
  const urgent = ask.priorities.some((priority) => Number(priority) <= 2)
  const risks = ask.risks.length > 0 || !urgent ? ask.risks : ['high']
  return combinations(ask, changeStates, risks).map(
    ({ state, type, risk, service, group, text }) => ({
      tool: 'list_change_requests',
      args: {
        state: state ?? (defaultOpen(ask) ? 'open' : undefined),
        type,
        risk,
        service,
        assignment_group: group,
        planned_from: isoFrom(ask, now),
        planned_to: isoTo(ask),
        text,
        limit: limitOf(ask),
      },
    }),
  )
}

/** The calls for an ask about incidents. */
export function incidentCalls(ask: Ask, now: number | undefined): Wish[] {
  const changes = numbersOf(ask, 'CHG')
  const incidents = numbersOf(ask, 'INC')
  if (incidents.length > 0)
    return [
      ...incidents.map(getIncident),
      ...(ask.about === 'incident' ? changes.map(getChange) : []),
    ]
  if (ask.about === 'ticket' && changes.length > 0) return []
  if (changes.length > 0 && asksWhether(ask)) return changes.map(getChange)
  if (changes.length > 0) {
    return changes.map((change) => ({ tool: 'list_incidents', args: { caused_by_change: change } }))
  }
  const priorities = ask.priorities.length > 0 ? ask.priorities.map(Number) : [undefined]
  return combinations(ask, incidentStates).flatMap(({ state, service, group, text }) =>
    priorities.map((priority) => ({
      tool: 'list_incidents',
      args: {
        state: newlyOpened(ask, state)
          ? undefined
          : (state ?? (defaultOpen(ask) ? 'open' : undefined)),
        priority,
        service,
        assignment_group: group,
        ...(!asksWhenResolved(ask) && { opened_from: isoFrom(ask, now), opened_to: isoTo(ask) }),
        text,
        limit: limitOf(ask),
      },
    })),
  )
}

/** "Did it cause incidents?" is answered by the change itself; "which ones" by a list. */
function asksWhether({ text }: Ask): boolean {
  return /^\W*(?:and |so |but |also )?(?:did|has|have|does|do|was|were|is|are)\b/i.test(text)
}

/** Whether the time of an ask is that of the resolution, which no filter of the list knows. */
export function asksWhenResolved({ states, time, text }: Ask): boolean {
  const over = states.some((state) => state === 'resolved' || state === 'closed')
  return over && time !== undefined && !/\b(opened|raised|created|reported|logged)\b/i.test(text)
}

/** "New incidents since Monday" are those opened since then, whatever has become of them. */
function newlyOpened(ask: Ask, state: string | undefined): boolean {
  return state === 'new' && ask.time !== undefined
}

/** Who works on something works on what is open; so does who asks for what nobody has. */
function defaultOpen({ wants, text, groups }: Ask): boolean {
  return (
    wants.includes('unassigned') ||
    (groups.length > 0 && /\b(working|works?) on\b/i.test(text)) ||
    /\bworking on\b/i.test(text)
  )
}

function numbersOf({ numbers }: Ask, prefix: string): string[] {
  return numbers.filter((number) => number.startsWith(prefix))
}

function getChange(number: string): Wish {
  return { tool: 'get_change_request', args: { number } }
}

function getIncident(number: string): Wish {
  return { tool: 'get_incident', args: { number } }
}

type Combination = Partial<Record<'state' | 'type' | 'risk' | 'service' | 'group' | 'text', string>>

/** One call for each value where a question names several: "P1 and P2", "Snowflake and Databricks". */
function combinations(
  ask: Ask,
  states: Record<string, string>,
  risks: string[] = [],
): Combination[] {
  const values: [keyof Combination, string[]][] = [
    ['state', unique(ask.states.flatMap((state) => states[state] ?? []))],
    ['type', ask.types],
    ['risk', risks],
    ['service', placesOf(ask)],
    ['group', ask.groups],
    ['text', ask.texts],
  ]
  return values.reduce<Combination[]>(
    (found, [name, some]) =>
      some.length === 0
        ? found
        : found.flatMap((one) => some.map((value) => ({ ...one, [name]: value }))),
    [{}],
  )
}

/** The services, and the platforms that are not only the home of one: "Power BI and Snowflake". */
function placesOf({ services, platforms }: Ask): string[] {
  const homes = services.map((service) => service.split('/')[0])
  return [
    ...services.map((service) => service.split('/').at(-1) ?? ''),
    ...platforms.filter((platform) => !homes.includes(platform)),
  ]
}

function unique(values: string[]): string[] {
  return [...new Set(values)]
}

/** What is counted, sorted or looked through here needs all that a list can hold. */
function limitOf(ask: Ask): number | undefined {
  const { limit, per, order, wants } = ask
  if (per || order || asksWhenResolved(ask)) return wholePage
  if (wants.includes('unassigned') || wants.includes('compare')) return wholePage
  return limit === undefined ? undefined : Math.min(limit, wholePage)
}

/** The first moment of the time of an ask. */
export function isoFrom({ time }: Ask, now: number | undefined): string | undefined {
  if (now === undefined || time?.span.from === undefined) return undefined
  return new Date(time.span.from).toISOString()
}

/** The last millisecond of the time of an ask: the tools take both ends as included. */
export function isoTo({ time }: Ask): string | undefined {
  return time?.span.to === undefined ? undefined : new Date(time.span.to - 1).toISOString()
}
