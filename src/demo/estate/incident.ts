import type { Incident, IncidentState } from '../../tools/records.ts'
import { isoOf, type When } from './day.ts'
import { type Group, type Person, people } from './people.ts'

/**
 * An incident as the tables write it. Who has it is a person, or a group that has not handed it on
 * yet.
 */
export type IncidentRow = [
  head: [
    number: string,
    state: IncidentState,
    priority: Incident['priority'],
    service: string,
    who: Person | Group,
    caused_by_change?: string,
  ],
  times: [opened: When, resolved?: When],
  short_description: string,
  description: string,
  ...told: [close_notes: string] | NoteRow[],
]
type NoteRow = [at: When, by: Person, text: string]

/**
 * The incident of a row, on the day that began at `today`. `raisedBy` knows which run raised an
 * incident.
 */
export function incidentOf(
  [head, times, short_description, description, ...told]: IncidentRow,
  today: number,
  raisedBy: (incident: string) => string | undefined,
): Incident {
  const [number, state, priority, service, who, caused_by_change] = head
  const [opened, resolved] = times
  const pipeline_run = raisedBy(number)
  return {
    number,
    short_description,
    description,
    state,
    priority,
    service,
    ...(isPerson(who)
      ? { assignment_group: people[who], assigned_to: who }
      : { assignment_group: who }),
    opened_at: isoOf(today, opened),
    ...(resolved && { resolved_at: isoOf(today, resolved) }),
    ...(typeof told[0] === 'string' && { close_notes: told[0] }),
    ...(caused_by_change && { caused_by_change }),
    ...(pipeline_run && { pipeline_run }),
    work_notes: told
      .filter((note) => typeof note !== 'string')
      .map(([at, by, text]) => ({ at: isoOf(today, at), by, text })),
  }
}

function isPerson(who: Person | Group): who is Person {
  return who in people
}
