import type { ChangeFilter, IncidentFilter } from '../../tools/connectors.ts'
import { type ChangeState, openChangeStates } from '../../tools/records.ts'
import { type Condition, contains, is, isFrom, isOneOf, isUntil } from './encoded-query.ts'
import { changeStateCodes, incidentStateCodes, priorityCodes, riskCodes } from './tickets.ts'

/** The conditions of a filter without its states. @throws OpsError `tool_arguments` */
export function changeConditions(filter: Omit<ChangeFilter, 'state' | 'limit'>): Condition[] {
  const { type, risk, planned_from, planned_to } = filter
  return [
    ...(type ? [isOneOf('type', type)] : []),
    ...(risk
      ? [
          isOneOf(
            'risk',
            risk.flatMap((one) => riskCodes[one]),
          ),
        ]
      : []),
    ...(planned_from ? [isFrom('end_date', planned_from)] : []),
    ...(planned_to ? [isUntil('start_date', planned_to)] : []),
    ...ticketConditions(filter),
  ]
}

/** The conditions of open changes and of the others, as far as a filter wants them, each with its order. */
export function openAndOver(states: readonly ChangeState[] | undefined) {
  const isOpen = (state: ChangeState) => openChangeStates.some((open) => open === state)
  const groups = [
    { order: 'ORDERBYstart_date', active: 'true', states: states?.filter(isOpen) },
    {
      order: 'ORDERBYDESCstart_date',
      active: 'false',
      states: states?.filter((state) => !isOpen(state)),
    },
  ]
  return groups
    .filter((group) => group.states?.length !== 0)
    .map((group) => ({
      order: group.order,
      // An instance may have more states than those with a name here.
      condition: group.states
        ? isOneOf(
            'state',
            group.states.flatMap((state) => changeStateCodes[state]),
          )
        : is('active', group.active),
    }))
}

/** The conditions of a filter. @throws OpsError `tool_arguments` */
export function incidentConditions(filter: Omit<IncidentFilter, 'limit'>): Condition[] {
  const { state, priority, opened_from, opened_to, caused_by_change: change } = filter
  return [
    ...(state
      ? [
          isOneOf(
            'state',
            state.flatMap((one) => incidentStateCodes[one]),
          ),
        ]
      : []),
    ...(priority
      ? [
          isOneOf(
            'priority',
            priority.flatMap((one) => priorityCodes[one]),
          ),
        ]
      : []),
    ...(opened_from ? [isFrom('opened_at', opened_from)] : []),
    ...(opened_to ? [isUntil('opened_at', opened_to)] : []),
    ...(change ? [is('caused_by.number', change)] : []),
    ...ticketConditions(filter),
  ]
}

const serviceNames = ['business_service.name', 'cmdb_ci.name']

function ticketConditions(filter: {
  service?: string
  assignment_group?: string
  text?: string
}): Condition[] {
  const { service, assignment_group, text } = filter
  const fields = ['number', 'short_description', 'description', ...serviceNames]
  const words = text?.split(/\s+/).filter((word) => word !== '') ?? []
  return [
    ...(service ? [contains(serviceNames, service)] : []),
    ...(assignment_group ? [contains(['assignment_group.name'], assignment_group)] : []),
    ...words.map((word) => contains(fields, word)),
  ]
}
