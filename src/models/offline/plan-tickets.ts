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
  return combinations(ask, changeStates).map(({ state, service, group, text }) => ({
    tool: 'list_change_requests',
    args: {
      state: state ?? (defaultOpen(ask) ? 'open' : undefined),
      type: only(ask.types),
      risk:
        only(ask.risks) ??
        (ask.priorities.some((priority) => Number(priority) <= 2) ? 'high' : undefined),
      service,
      assignment_group: group,
      planned_from: isoFrom(ask, now),
      planned_to: isoTo(ask),
      text,
      limit: limitOf(ask),
    },
  }))
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
        limit: asksWhenResolved(ask) || ask.wants.includes('unassigned') ? wholePage : limitOf(ask),
      },
    })),
  )
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

type Combination = { state?: string; service?: string; group?: string; text?: string }

/** One call for each value where a question names several: "P1 and P2", "Snowflake and Databricks". */
function combinations(ask: Ask, states: Record<string, string>): Combination[] {
  const known = unique(ask.states.flatMap((state) => states[state] ?? []))
  const parts = ask.services.map((service) => service.split('/').at(-1) ?? '')
  const services = parts.length > 0 ? parts : ask.platforms
  return orNothing(known).flatMap((state) =>
    orNothing(services).flatMap((service) =>
      orNothing(ask.groups).flatMap((group) =>
        orNothing(ask.texts).map((text) => ({
          ...(state !== undefined && { state }),
          ...(service !== undefined && { service }),
          ...(group !== undefined && { group }),
          ...(text !== undefined && { text }),
        })),
      ),
    ),
  )
}

function orNothing(values: string[]): (string | undefined)[] {
  return values.length > 0 ? values : [undefined]
}

function unique(values: string[]): string[] {
  return [...new Set(values)]
}

function only(values: string[]): string | undefined {
  return values.length === 1 ? values[0] : undefined
}

function limitOf({ limit }: Ask): number | undefined {
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
