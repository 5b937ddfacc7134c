import { z } from 'zod'
import type { ServiceNowConnector } from './connectors.ts'
import { anyOf, inOrder, limit, text, ticketNumber, time } from './parameters.ts'
import {
  type ChangeRequest,
  type ChangeSummary,
  changeRisks,
  changeStates,
  changeTypes,
  type Incident,
  type IncidentSummary,
  incidentStates,
  openChangeStates,
  openIncidentStates,
  priorities,
} from './records.ts'
import { defineTool, type Tool } from './tool.ts'

/** The tools for ServiceNow: change requests and incidents, as lists and one by one. */
export function createServiceNowTools(connector: ServiceNowConnector): Tool[] {
  return [
    listChangeRequests(connector),
    getChangeRequest(connector),
    listIncidents(connector),
    getIncident(connector),
  ]
}

const service = text('The affected service, or part of its name. Example: Databricks')
const assignmentGroup = text('The assignment group, or part of its name. Example: Data Platform')
const words = text(
  'Words that must all occur in the number, title, description or service. Example: role clean-up',
)
const changeNumber = ticketNumber('CHG', 'CHG0030412')
const incidentNumber = ticketNumber('INC', 'INC0010023')

function listChangeRequests(connector: ServiceNowConnector): Tool {
  return defineTool({
    name: 'list_change_requests',
    description:
      'Lists change requests in ServiceNow: planned, running and past changes, in short form. ' +
      'Open changes come first, the next planned start first; then the others, the latest first. ' +
      'Give only the filters that the question asks for.',
    followUp: {
      question: 'What is planned to change in the next two days?',
      about: /\b(?:change|changes|planned|CHG\d+)\b/i,
    },
    parameters: z
      .object({
        state: anyOf(
          ['open', ...changeStates],
          'Only these states. "open" means every state except closed and canceled. Example: ["open"]',
        ),
        type: anyOf(
          changeTypes,
          'Only these types; standard changes are approved in advance. Example: ["emergency"]',
        ),
        risk: anyOf(changeRisks, 'Only these risks. Example: ["moderate", "high"]'),
        service,
        assignment_group: assignmentGroup,
        planned_from: time('from', 'Only changes whose planned window ends at or after this.'),
        planned_to: time('to', 'Only changes whose planned window starts at or before this.'),
        text: words,
        limit,
      })
      .refine(...inOrder('planned_from', 'planned_to')),
    async run({ state: states, ...filter }, signal) {
      const state = states?.flatMap((one) => (one === 'open' ? openChangeStates : one))
      const { total, items } = await connector.listChanges({ ...filter, state }, signal)
      return { total, change_requests: items.map(changeSummary) }
    },
  })
}

function getChangeRequest(connector: ServiceNowConnector): Tool {
  return defineTool({
    name: 'get_change_request',
    description:
      'Gets one change request in ServiceNow in full: description, planned window, close notes ' +
      'and the incidents that it caused.',
    followUp: { question: 'Show me everything about {}', about: /\bCHG\d{7}\b/ },
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
      'Lists incidents in ServiceNow in short form, with their priority and the change that ' +
      'caused them. Sorted by priority, critical first; within a priority the newest first. ' +
      'Give only the filters that the question asks for.',
    followUp: {
      question: 'Which incidents of priority 1 or 2 are open right now?',
      about: /\b(?:incidents?|INC\d+)\b/i,
    },
    parameters: z
      .object({
        state: anyOf(
          ['open', ...incidentStates],
          'Only these states. "open" means new, in_progress and on_hold. Example: ["open"]',
        ),
        priority: anyOf(
          priorities,
          'Only these priorities: 1 = critical, 2 = high, 3 = moderate, 4 = low. Example: [1, 2]',
        ),
        service,
        assignment_group: assignmentGroup,
        opened_from: time('from', 'Only incidents opened at or after this.'),
        opened_to: time('to', 'Only incidents opened at or before this.'),
        caused_by_change: changeNumber
          .exactOptional()
          .describe('Only incidents caused by this change request. Example: CHG0030412'),
        text: words,
        limit,
      })
      .refine(...inOrder('opened_from', 'opened_to')),
    async run({ state: states, ...filter }, signal) {
      const state = states?.flatMap((one) => (one === 'open' ? openIncidentStates : one))
      const { total, items } = await connector.listIncidents({ ...filter, state }, signal)
      return { total, incidents: items.map(incidentSummary) }
    },
  })
}

function getIncident(connector: ServiceNowConnector): Tool {
  return defineTool({
    name: 'get_incident',
    description:
      'Gets one incident in ServiceNow in full: description, work notes, the change that caused ' +
      'it and the pipeline run that raised it.',
    followUp: { question: 'Show me everything about {}', about: /\bINC\d{7}\b/ },
    parameters: z.object({
      number: incidentNumber.describe('The number of the incident. Example: INC0010023'),
    }),
    async run({ number }, signal) {
      const incident = await connector.findIncident(number, signal)
      return incident ? { incident } : { not_found: number }
    },
  })
}

/** The tool that writes a work note to a ticket; none for a connector that cannot. */
export function createWorkNoteTool(connector: ServiceNowConnector): Tool | undefined {
  const write = connector.addWorkNote?.bind(connector)
  if (write === undefined) return undefined
  return defineTool({
    name: 'add_work_note',
    description:
      'Adds a work note to a change request or an incident in ServiceNow. Call it only if the user asks for a note. The ' +
      'user sees the note and approves or denies it.',
    needsApproval: true,
    parameters: z.object({
      number: z
        .string()
        .regex(/^(?:CHG|INC)\d{7}$/, { error: 'Write CHG or INC and 7 digits: INC0010023.' })
        .describe('The number of the ticket, with its prefix. Example: INC0010023'),
      text: z
        .string()
        .trim()
        .min(1)
        .max(maxNoteCharacters)
        .refine((note) => !/\[\/?code\]/i.test(note), {
          error: 'ServiceNow shows [code] as HTML. Leave it out.',
        })
        .describe('The note, as plain text. Example: The run failed because of schema drift.'),
    }),
    async run({ number, text: note }, signal) {
      const isAdded = await write(number, note, signal)
      return isAdded ? { added_to: number } : { not_found: number }
    },
  })
}

const maxNoteCharacters = 4000

/** Drops the details that a connector may have given. */
function changeSummary(change: ChangeSummary & Partial<ChangeRequest>): ChangeSummary {
  const { description, opened_at, closed_at, close_notes, caused_incidents, ...summary } = change
  return summary
}

/** Drops the details that a connector may have given. */
function incidentSummary(incident: IncidentSummary & Partial<Incident>): IncidentSummary {
  const { description, close_notes, pipeline_run, work_notes, ...summary } = incident
  return summary
}
