import { z } from 'zod'
import { inOrder, limit, ticketNumber, time, words } from './parameters.ts'
import {
  type ChangeRequest,
  changeStates,
  type Incident,
  incidentStates,
  type ServiceNowConnector,
} from './records.ts'
import { defineTool, type Tool } from './tool.ts'

/** The tools over ServiceNow: change requests and incidents, as lists and one by one. */
export function createServiceNowTools(connector: ServiceNowConnector): Tool[] {
  return [
    listChangeRequests(connector),
    getChangeRequest(connector),
    listIncidents(connector),
    getIncident(connector),
  ]
}

const service = words('The service concerned, or part of its name. Example: Databricks')
const assignmentGroup = words('The group in charge, or part of its name. Example: Data Platform')
const text = words(
  'Words that must all occur in the number, the title, the description or the service. ' +
    'Example: role clean-up',
)
const changeNumber = ticketNumber('CHG', 'CHG0030412')

function listChangeRequests(connector: ServiceNowConnector): Tool {
  return defineTool({
    name: 'list_change_requests',
    description:
      'Lists change requests of ServiceNow in short, open ones first, the next planned first. ' +
      'Use it for questions about planned, running or past changes. ' +
      'Give only the filters that the question asks for.',
    parameters: z
      .object({
        state: z
          .enum(['open', ...changeStates])
          .exactOptional()
          .describe('One state, or "open" for every change that is neither closed nor canceled.'),
        type: z
          .enum(['normal', 'standard', 'emergency'])
          .exactOptional()
          .describe('The type: normal, standard (approved in advance) or emergency.'),
        risk: z
          .enum(['low', 'moderate', 'high'])
          .exactOptional()
          .describe('The risk: low, moderate or high.'),
        service,
        assignment_group: assignmentGroup,
        planned_from: time('from', 'Only changes whose planned window ends at or after this.'),
        planned_to: time('to', 'Only changes whose planned window starts at or before this.'),
        text,
        limit,
      })
      .refine(...inOrder('planned_from', 'planned_to')),
    async run(filter, signal) {
      const { total, items } = await connector.listChanges(filter, signal)
      return { total, change_requests: items.map(changeInShort) }
    },
  })
}

function getChangeRequest(connector: ServiceNowConnector): Tool {
  return defineTool({
    name: 'get_change_request',
    description:
      'Gets one change request of ServiceNow in full: description, planned window, close notes ' +
      'and the incidents that it caused.',
    parameters: z.object({
      number: changeNumber.describe('The number of the change request. Example: CHG0030412'),
    }),
    async run({ number }, signal) {
      const change = await connector.findChange(number, signal)
      return change ? { change_request: change } : { not_found: number }
    },
  })
}

function listIncidents(connector: ServiceNowConnector): Tool {
  return defineTool({
    name: 'list_incidents',
    description:
      'Lists incidents of ServiceNow in short, newest first. Use it for questions about ' +
      'disturbances, their priority, or what a change has caused. ' +
      'Give only the filters that the question asks for.',
    parameters: z
      .object({
        state: z
          .enum(['open', ...incidentStates])
          .exactOptional()
          .describe('One state, or "open" for new, in_progress and on_hold together.'),
        priority: z
          .literal([1, 2, 3, 4])
          .exactOptional()
          .describe('The priority as a number: 1 critical, 2 high, 3 moderate, 4 low.'),
        service,
        assignment_group: assignmentGroup,
        opened_from: time('from', 'Only incidents opened at or after this.'),
        opened_to: time('to', 'Only incidents opened at or before this.'),
        caused_by_change: changeNumber
          .exactOptional()
          .describe('Only incidents caused by this change request. Example: CHG0030412'),
        text,
        limit,
      })
      .refine(...inOrder('opened_from', 'opened_to')),
    async run(filter, signal) {
      const { total, items } = await connector.listIncidents(filter, signal)
      return { total, incidents: items.map(incidentInShort) }
    },
  })
}

function getIncident(connector: ServiceNowConnector): Tool {
  return defineTool({
    name: 'get_incident',
    description:
      'Gets one incident of ServiceNow in full: description, work notes, the change that caused ' +
      'it and the pipeline run that raised it.',
    parameters: z.object({
      number: ticketNumber('INC', 'INC0010023').describe(
        'The number of the incident. Example: INC0010023',
      ),
    }),
    async run({ number }, signal) {
      const incident = await connector.findIncident(number, signal)
      return incident ? { incident } : { not_found: number }
    },
  })
}

function changeInShort(change: ChangeRequest) {
  return {
    number: change.number,
    short_description: change.short_description,
    state: change.state,
    type: change.type,
    risk: change.risk,
    service: change.service,
    assignment_group: change.assignment_group,
    assigned_to: change.assigned_to,
    planned_start: change.planned_start,
    planned_end: change.planned_end,
  }
}

function incidentInShort(incident: Incident) {
  return {
    number: incident.number,
    short_description: incident.short_description,
    state: incident.state,
    priority: incident.priority,
    service: incident.service,
    assignment_group: incident.assignment_group,
    assigned_to: incident.assigned_to,
    opened_at: incident.opened_at,
    resolved_at: incident.resolved_at,
    caused_by_change: incident.caused_by_change,
  }
}
