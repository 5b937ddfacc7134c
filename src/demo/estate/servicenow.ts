import { throwIfAborted } from '../../core/errors.ts'
import type {
  ChangeFilter,
  ChangeRequest,
  Incident,
  IncidentFilter,
  ServiceNowConnector,
} from '../../tools/records.ts'
import type { Estate } from './estate.ts'
import { hasWords, isPartOf, touches } from './match.ts'

/** ServiceNow of the sample estate, as it is at the moment of the call. */
export function createSampleServiceNow(estate: () => Estate): ServiceNowConnector {
  return {
    async listChanges(filter, signal) {
      throwIfAborted(signal)
      const found = estate().changes.filter((change) => changeFits(change, filter))
      return { total: found.length, items: found.sort(nextFirst).slice(0, filter.limit) }
    },
    async findChange(number, signal) {
      throwIfAborted(signal)
      return estate().changes.find((change) => change.number === number)
    },
    async listIncidents(filter, signal) {
      throwIfAborted(signal)
      const found = estate().incidents.filter((incident) => incidentFits(incident, filter))
      return { total: found.length, items: found.sort(newestFirst).slice(0, filter.limit) }
    },
    async findIncident(number, signal) {
      throwIfAborted(signal)
      return estate().incidents.find((incident) => incident.number === number)
    },
  }
}

function changeFits(change: ChangeRequest, filter: ChangeFilter): boolean {
  return (
    (filter.state === 'open' ? isOpen(change) : isSame(filter.state, change.state)) &&
    isSame(filter.type, change.type) &&
    isSame(filter.risk, change.risk) &&
    ticketFits(change, filter) &&
    touches([change.planned_start, change.planned_end], filter.planned_from, filter.planned_to)
  )
}

function incidentFits(incident: Incident, filter: IncidentFilter): boolean {
  const isOpenIncident = incident.state !== 'resolved' && incident.state !== 'closed'
  return (
    (filter.state === 'open' ? isOpenIncident : isSame(filter.state, incident.state)) &&
    isSame(filter.priority, incident.priority) &&
    isSame(filter.caused_by_change, incident.caused_by_change) &&
    ticketFits(incident, filter) &&
    touches([incident.opened_at, incident.opened_at], filter.opened_from, filter.opened_to)
  )
}

function ticketFits(
  ticket: ChangeRequest | Incident,
  { service, assignment_group, text }: ChangeFilter | IncidentFilter,
): boolean {
  const { number, short_description, description } = ticket
  return (
    (service === undefined || isPartOf(service, ticket.service)) &&
    (assignment_group === undefined || isPartOf(assignment_group, ticket.assignment_group)) &&
    (text === undefined || hasWords(text, [number, short_description, description, ticket.service]))
  )
}

function isSame<Value>(wanted: Value | undefined, value: Value | undefined): boolean {
  return wanted === undefined || wanted === value
}

function isOpen({ state }: ChangeRequest): boolean {
  return state !== 'closed' && state !== 'canceled'
}

/** Open changes by when they are planned, then those that are over, the last first. */
function nextFirst(a: ChangeRequest, b: ChangeRequest): number {
  if (isOpen(a) !== isOpen(b)) return isOpen(a) ? -1 : 1
  const order = a.planned_start.localeCompare(b.planned_start)
  return isOpen(a) ? order : -order
}

function newestFirst(a: Incident, b: Incident): number {
  return b.opened_at.localeCompare(a.opened_at)
}
