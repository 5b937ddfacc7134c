import { moment, since, window } from './dates.ts'
import {
  enumerated,
  fieldList,
  oneLine,
  priorityName,
  riskName,
  spaced,
  stateName,
} from './markdown.ts'
import { isRecord } from './protocol.ts'
import type { Step, Thread } from './thread.ts'

type Ticket = Record<string, unknown>

/** Writes about single tickets: the incident, and the change behind it where that was looked up. */
export function writeTicket({ ask, steps }: Thread, now: number | undefined): string {
  const sections = steps.map((step, index) => {
    const change = recordIn(step, 'change_request')
    if (change) return changeSection(change, ask, now, index > 0)
    const incident = recordIn(step, 'incident')
    return incident ? incidentSection(incident, ask, now) : missing(step)
  })
  return sections.filter(Boolean).join('\n\n')
}

function recordIn({ outcome }: Step, field: string): Ticket | undefined {
  const data = 'data' in outcome ? outcome.data : undefined
  const record = isRecord(data) ? data[field] : undefined
  return isRecord(record) ? record : undefined
}

function missing({ call, outcome }: Step): string {
  if ('failure' in outcome) return ''
  const noun = call.tool === 'get_incident' ? 'incident' : 'change request'
  return `There is no ${noun} **${String(call.args.number)}**.`
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function holder({ assigned_to, assignment_group }: Ticket): string {
  return assigned_to
    ? `${assigned_to} (${assignment_group})`
    : `nobody yet, in the queue of ${assignment_group}`
}

function incidentSection(incident: Ticket, ask: Thread['ask'], now: number | undefined): string {
  const { number, short_description, caused_by_change, pipeline_run, close_notes } = incident
  const notes = Array.isArray(incident.work_notes) ? incident.work_notes.filter(isRecord) : []
  const latest = notes.at(-1)
  const fields = fieldList([
    ['State', isTold(ask) ? stateOf(incident, now) : undefined],
    ['Service', text(incident.service)],
    ['Assigned to', holder(incident)],
    ['Opened', moment(incident.opened_at, now)],
    ['Resolved', incident.resolved_at ? moment(incident.resolved_at, now) : undefined],
    ['What happened', text(incident.description)],
    ['Resolution', text(close_notes)],
    ['Latest note', latest && `${moment(latest.at, now)}, ${latest.by}: ${latest.text}`],
  ])
  const links = [
    caused_by_change && !asksCause(ask) ? `It was caused by change **${caused_by_change}**.` : '',
    pipeline_run ? `It was raised by the pipeline run **${pipeline_run}**.` : '',
    !caused_by_change && asksCause(ask) && !ask.wants.includes('cause')
      ? 'No change is on record as its cause.'
      : '',
  ]
  return [
    incidentLead(incident, ask, now, `${number}: ${oneLine(String(short_description ?? ''))}`),
    fields,
    links.filter(Boolean).join(' '),
  ]
    .filter(Boolean)
    .join('\n\n')
}

/** Whether the first sentence tells something else than the state. */
function isTold({ wants }: Thread['ask']): boolean {
  return wants.some((want) => ['who', 'when', 'cause', 'why'].includes(want))
}

function asksCause({ wants, about }: Thread['ask']): boolean {
  return wants.includes('cause') || wants.includes('why') || about === 'change'
}

/** The first sentence answers what was asked: who, why, when, or else what it is. */
function incidentLead(
  incident: Ticket,
  ask: Thread['ask'],
  now: number | undefined,
  title: string,
): string {
  const { number, caused_by_change } = incident
  if (ask.wants.includes('who')) {
    return incident.assigned_to
      ? `**${incident.assigned_to}** of ${incident.assignment_group} is assigned to **${title}**.`
      : `Nobody is assigned to **${title}** yet; it is with ${incident.assignment_group}.`
  }
  if (ask.wants.includes('cause') && !caused_by_change)
    return `No change is on record as the cause of **${title}**.`
  if (asksCause(ask) && caused_by_change)
    return `**${number}** was caused by change **${caused_by_change}**.`
  const open = !incident.resolved_at && since(incident.opened_at, now)
  const age = open ? `, open for ${open}` : ''
  return `**${title}** – a ${priorityName(incident.priority)} incident, **${stateName(incident.state)}**${age}.`
}

function stateOf(incident: Ticket, now: number | undefined): string {
  const open = incident.resolved_at ? undefined : since(incident.opened_at, now)
  return `${spaced(incident.state)}, ${priorityName(incident.priority)}${open ? `, open for ${open}` : ''}`
}

/** The answer to "did it cause incidents?". */
function causedLead(title: string, caused: string[]): string {
  if (caused.length === 0) return `No: **no** incident is on record as caused by **${title}**.`
  const noun = caused.length === 1 ? 'incident' : 'incidents'
  const numbers = enumerated(caused.map((number) => `**${number}**`))
  return `Yes: **${title}** caused **${caused.length}** ${noun}, ${numbers}.`
}

function changeSection(
  change: Ticket,
  ask: Thread['ask'],
  now: number | undefined,
  isCause: boolean,
): string {
  const caused = Array.isArray(change.caused_incidents) ? change.caused_incidents.map(String) : []
  const title = `${change.number}: ${oneLine(String(change.short_description ?? ''))}`
  const kind = `${spaced(change.type)} change, ${riskName(change.risk)} risk`
  const planned = window(change.planned_start, change.planned_end, now)
  const whether = ask.about === 'incident' && ask.numbers.length === 1 && !isCause
  const running = ['implement', 'review', 'closed'].includes(String(change.state))
  const lead = whether
    ? causedLead(title, caused)
    : ask.wants.includes('who')
      ? `**${change.assigned_to}** of ${change.assignment_group} is assigned to **${title}**.`
      : ask.wants.includes('when')
        ? `**${title}** is planned for **${planned}**.`
        : `${isCause ? 'The change behind it is ' : ''}**${title}** – ${change.type === 'emergency' ? 'an' : 'a'} ${kind}, **${stateName(change.state)}**.`
  const fields = fieldList([
    ['State', isTold(ask) || whether ? `${spaced(change.state)}; ${kind}` : undefined],
    ['Service', text(change.service)],
    ['Assigned to', holder(change)],
    ['Planned', planned],
    ['Closed', change.closed_at ? moment(change.closed_at, now) : undefined],
    ['What', text(change.description)],
    ['Close notes', text(change.close_notes)],
  ])
  const effect = whether
    ? ''
    : caused.length > 0
      ? `It caused ${enumerated(caused.map((number) => `**${number}**`))}.`
      : isCause || !running
        ? ''
        : 'No incident is on record as caused by it.'
  return [lead, fields, effect].filter(Boolean).join('\n\n')
}
