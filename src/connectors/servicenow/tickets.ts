import { z } from 'zod'
import type {
  ChangeRequest,
  ChangeRisk,
  ChangeState,
  ChangeSummary,
  ChangeType,
  Incident,
  IncidentState,
  IncidentSummary,
  Priority,
} from '../../tools/records.ts'

/** A field with `sysparm_display_value=all`. Fields that the user may not read are missing or empty. */
const field = z
  .object({ value: z.string().nullish(), display_value: z.string().nullish() })
  .nullish()
  .transform((cell) => ({ value: cell?.value ?? '', shown: cell?.display_value ?? '' }))

const ticket = {
  number: field,
  short_description: field,
  state: field,
  active: field,
  business_service: field,
  cmdb_ci: field,
  assignment_group: field,
  assigned_to: field,
}

const ticketRow = z.object(ticket)

/** A row of `change_request` in a list. */
export const changeSummaryRow = z.object({
  ...ticket,
  type: field,
  risk: field,
  start_date: field,
  end_date: field,
})

/** A row of `change_request` in full. */
export const changeRow = changeSummaryRow.extend({
  description: field,
  opened_at: field,
  closed_at: field,
  close_notes: field,
})

/** A row of `incident` in a list. `caused_by` is the change. */
export const incidentSummaryRow = z.object({
  ...ticket,
  priority: field,
  opened_at: field,
  resolved_at: field,
  caused_by: field,
})

/** A row of `incident` in full. */
export const incidentRow = incidentSummaryRow.extend({
  description: field,
  close_notes: field,
  correlation_id: field,
  work_notes: field,
})

/** The states of `change_request` in the base system. */
export const changeStateCodes: Record<ChangeState, string[]> = {
  new: ['-5'],
  assess: ['-4'],
  authorize: ['-3'],
  scheduled: ['-2'],
  implement: ['-1'],
  review: ['0'],
  closed: ['3'],
  canceled: ['4'],
}

/** The states of `incident` in the base system. A canceled incident counts as closed. */
export const incidentStateCodes: Record<IncidentState, string[]> = {
  new: ['1'],
  in_progress: ['2'],
  on_hold: ['3'],
  resolved: ['6'],
  closed: ['7', '8'],
}

/** The risks of the base system. "Very High" counts as high. */
export const riskCodes: Record<ChangeRisk, string[]> = {
  high: ['1', '2'],
  moderate: ['3'],
  low: ['4'],
}

/** The priorities. "Planning" (5) counts as low. */
export const priorityCodes: Record<Priority, string[]> = {
  1: ['1'],
  2: ['2'],
  3: ['3'],
  4: ['4', '5'],
}

/** A change as lists show it. */
export function changeSummaryOf(row: z.output<typeof changeSummaryRow>): ChangeSummary {
  return {
    number: row.number.value,
    short_description: row.short_description.value,
    state: nameOf(changeStateCodes, row.state.value) ?? stateBy(row.active.value, 'new'),
    type: changeTypeOf(row.type.value),
    risk: nameOf(riskCodes, row.risk.value) ?? 'moderate',
    service: serviceOf(row),
    assignment_group: row.assignment_group.shown,
    assigned_to: row.assigned_to.shown,
    planned_start: isoOf(row.start_date.value),
    planned_end: isoOf(row.end_date.value),
  }
}

/** A change in full; `caused_incidents` are numbers. */
export function changeOf(
  row: z.output<typeof changeRow>,
  caused_incidents: string[],
): ChangeRequest {
  return {
    ...changeSummaryOf(row),
    description: row.description.value,
    opened_at: isoOf(row.opened_at.value),
    ...(row.closed_at.value && { closed_at: isoOf(row.closed_at.value) }),
    ...(row.close_notes.value && { close_notes: row.close_notes.value }),
    caused_incidents,
  }
}

/** An incident as lists show it. */
export function incidentSummaryOf(row: z.output<typeof incidentSummaryRow>): IncidentSummary {
  return {
    number: row.number.value,
    short_description: row.short_description.value,
    state: nameOf(incidentStateCodes, row.state.value) ?? stateBy(row.active.value, 'in_progress'),
    priority: priorityOf(row.priority.value),
    service: serviceOf(row),
    assignment_group: row.assignment_group.shown,
    ...(row.assigned_to.shown && { assigned_to: row.assigned_to.shown }),
    opened_at: isoOf(row.opened_at.value),
    ...(row.resolved_at.value && { resolved_at: isoOf(row.resolved_at.value) }),
    ...(row.caused_by.shown && { caused_by_change: row.caused_by.shown }),
  }
}

/** An incident in full. */
export function incidentOf(row: z.output<typeof incidentRow>): Incident {
  const { value: correlation } = row.correlation_id
  return {
    ...incidentSummaryOf(row),
    description: row.description.value,
    ...(row.close_notes.value && { close_notes: row.close_notes.value }),
    // The id of a run of Data Factory, which its alert writes into the incident.
    ...(/^[\da-f-]{36}$/i.test(correlation) && { pipeline_run: correlation }),
    work_notes: workNotesOf(row.work_notes.shown),
  }
}

/** The name of a code, without those that an instance has added. */
function nameOf<Name extends string>(codes: Record<Name, string[]>, code: string) {
  const names = Object.keys(codes).filter((name): name is Name => name in codes)
  return names.find((name) => codes[name].includes(code))
}

/** Instances may have more states. */
function stateBy<Open extends string>(active: string, open: Open): Open | 'closed' {
  return active === 'true' ? open : 'closed'
}

function changeTypeOf(value: string): ChangeType {
  return value === 'standard' || value === 'emergency' ? value : 'normal'
}

function priorityOf(value: string): Priority {
  return value === '1' ? 1 : value === '2' ? 2 : value === '3' ? 3 : 4
}

function serviceOf({ business_service, cmdb_ci }: z.output<typeof ticketRow>): string {
  return business_service.shown || cmdb_ci.shown
}

/** `2026-08-01 06:00:00` in UTC as ISO 8601; an empty text stays empty. */
function isoOf(value: string): string {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value) ? `${value.replace(' ', 'T')}Z` : value
}

const noteHead =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) - (.+) \((?:Work notes|Additional comments)\)$/gm

/** Reads the journal as ServiceNow shows it: newest first, a line `2026-08-01 06:00:00 - Ann Lee (Work notes)` before each note. */
function workNotesOf(journal: string): Incident['work_notes'] {
  const heads = [...journal.matchAll(noteHead)]
  const notes = heads.map((head, index) => {
    const [line, at = '', by = ''] = head
    const text = journal.slice(head.index + line.length, heads[index + 1]?.index).trim()
    return { at: isoOf(at), by, text }
  })
  return notes.toReversed()
}
