import type { ChangeRequest, ChangeState } from '../../tools/records.ts'
import { isoOf, type When } from './day.ts'
import { type Person, people } from './people.ts'

/**
 * A change as the tables write it: what it is, its times (the last is when it was closed) and what
 * is said of it.
 */
export type ChangeRow = [
  head: [
    number: string,
    state: ChangeState,
    type: ChangeRequest['type'],
    risk: ChangeRequest['risk'],
    service: string,
    assigned_to: Person,
  ],
  times: [opened: When, planned_start: When, planned_end: When, closed?: When],
  short_description: string,
  description: string,
  close_notes?: string,
]

/**
 * The change of a row, on the day that began at `today`. `causedBy` knows which incidents a change
 * caused.
 */
export function changeOf(
  [head, times, short_description, description, close_notes]: ChangeRow,
  today: number,
  causedBy: (change: string) => string[],
): ChangeRequest {
  const [number, state, type, risk, service, assigned_to] = head
  const [opened, planned_start, planned_end, closed] = times
  return {
    number,
    short_description,
    description,
    state,
    type,
    risk,
    service,
    assignment_group: people[assigned_to],
    assigned_to,
    opened_at: isoOf(today, opened),
    planned_start: isoOf(today, planned_start),
    planned_end: isoOf(today, planned_end),
    ...(closed && { closed_at: isoOf(today, closed) }),
    ...(close_notes && { close_notes }),
    caused_incidents: causedBy(number),
  }
}
