import type {
  ChangeRequest,
  ChangeRisk,
  ChangeState,
  ChangeType,
  Incident,
  IncidentState,
  Priority,
} from '../../tools/records.ts'
import { iso, momentOf, type Timed, type When } from './day.ts'

/** A change in the tables. The last of its times is when it was closed or canceled. */
export type ChangeRow = [
  head: [number: string, ChangeState, ChangeType, ChangeRisk, service: string, assignee: Person],
  times: [opened: When, planned_start: When, planned_end: When, closed?: When],
  short_description: string,
  description: string,
  close_notes?: string,
]

/** An incident in the tables. A group in place of a person means that it is not assigned yet. */
export type IncidentRow = [
  head: [number: string, IncidentState, Priority, service: string, Assignee, When, resolved?: When],
  short_description: string,
  description: string,
  ...notes: [close_notes: string] | WorkNote[],
]
type WorkNote = [at: When, by: Person, text: string]

/** The group of each person. */
export const people = {
  'Amara Okafor': 'Data Platform',
  'Kenji Watanabe': 'Data Platform',
  'Mateusz Kowalczyk': 'Data Platform',
  'Priya Raman': 'Data Platform',
  'Sofia Lindqvist': 'Data Platform',
  'Fatima El-Sayed': 'Cloud Operations',
  'Ingrid Haugen': 'Cloud Operations',
  "Liam O'Connor": 'Cloud Operations',
  'Thabo Nkosi': 'Cloud Operations',
  'Chen Wei': 'Network',
  'Leila Haddad': 'Network',
  'Aroha Ngata': 'Analytics Engineering',
  'Juliette Moreau': 'Analytics Engineering',
  'Noor Rahman': 'Analytics Engineering',
  'Tomás Silva': 'Analytics Engineering',
  'Hannah Becker': 'Service Desk',
} as const
type Person = keyof typeof people
type Assignee = Person | (typeof people)[Person]

/** The change that caused an incident, by the number of the incident. */
const causes: Record<string, string> = {
  INC0010005: 'CHG0030384',
  INC0010015: 'CHG0030393',
  INC0010023: 'CHG0030396',
  INC0010025: 'CHG0030397',
  INC0010030: 'CHG0030400',
  INC0010031: 'CHG0030404',
  INC0010033: 'CHG0030410',
  INC0010034: 'CHG0030408',
  INC0010036: 'CHG0030412',
  INC0010038: 'CHG0030409',
}

/** The change of a row with its planned window, on the day that starts at `todayMs`. */
export function changeOf(row: ChangeRow, todayMs: number): Timed<ChangeRequest> {
  const [head, times, short_description, description, close_notes] = row
  const [number, state, type, risk, service, assigned_to] = head
  const [opened, start, end, closed] = times
  const startMs = momentOf(todayMs, start)
  const endMs = momentOf(todayMs, end)
  const item = {
    number,
    short_description,
    description,
    state,
    type,
    risk,
    service,
    assignment_group: people[assigned_to],
    assigned_to,
    opened_at: iso(momentOf(todayMs, opened)),
    planned_start: iso(startMs),
    planned_end: iso(endMs),
    ...(closed && { closed_at: iso(momentOf(todayMs, closed)) }),
    ...(close_notes && { close_notes }),
    caused_incidents: Object.keys(causes).filter((incident) => causes[incident] === number),
  }
  return { item, startMs, endMs }
}

/** The incident of a row at the moment it was opened; `pipeline_run` is the run that raised it. */
export function incidentOf(
  row: IncidentRow,
  todayMs: number,
  pipeline_run: string | undefined,
): Timed<Incident> {
  const [head, short_description, description, ...notes] = row
  const [number, state, priority, service, assignee, opened, resolved] = head
  const openedMs = momentOf(todayMs, opened)
  const caused_by_change = causes[number]
  const item = {
    number,
    short_description,
    description,
    state,
    priority,
    service,
    ...(isPerson(assignee)
      ? { assignment_group: people[assignee], assigned_to: assignee }
      : { assignment_group: assignee }),
    opened_at: iso(openedMs),
    ...(resolved && { resolved_at: iso(momentOf(todayMs, resolved)) }),
    ...(typeof notes[0] === 'string' && { close_notes: notes[0] }),
    ...(caused_by_change && { caused_by_change }),
    ...(pipeline_run && { pipeline_run }),
    work_notes: notes
      .filter((note) => typeof note !== 'string')
      .map(([at, by, text]) => ({ at: iso(momentOf(todayMs, at)), by, text })),
  }
  return { item, startMs: openedMs, endMs: openedMs }
}

function isPerson(assignee: Assignee): assignee is Person {
  return assignee in people
}
