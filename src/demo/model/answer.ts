import { writeHealth } from './answer-health.ts'
import { writeChanges, writeIncidents } from './answer-lists.ts'
import { writeFailures, writeRun, writeStatuses } from './answer-pipelines.ts'
import { writeTicket } from './answer-ticket.ts'
import { writeGeneric } from './generic.ts'
import type { Step, Thread } from './thread.ts'

/** Writes the sections of one kind of result. `now` is in ms. */
type Writer = (threads: Thread[], now: number | undefined) => string

/** Where each tool looks, as people call it. */
const sources: Record<string, string> = {
  list_change_requests: 'the change requests of ServiceNow',
  get_change_request: 'the change requests of ServiceNow',
  list_incidents: 'the incidents of ServiceNow',
  get_incident: 'the incidents of ServiceNow',
  query_pipeline_status: 'the pipelines in Log Analytics',
  get_pipeline_run_details: 'the pipeline runs in Log Analytics',
  list_failed_pipelines: 'the pipeline runs in Log Analytics',
  check_databricks_health: 'the service health of Databricks',
  check_snowflake_health: 'the service health of Snowflake',
  check_azure_service_health: 'the service health of Azure',
}

function sourceOf(tool: string): string {
  const known = Object.hasOwn(sources, tool) ? sources[tool] : undefined
  return known ?? `“${tool.replaceAll('_', ' ')}”`
}

/** Who writes about the results of which tool, by the tool that answered last. */
const writers: Record<string, Writer> = {
  list_change_requests: writeChanges,
  get_change_request: oneByOne(writeTicket),
  list_incidents: writeIncidents,
  get_incident: oneByOne(writeTicket),
  query_pipeline_status: writeStatuses,
  get_pipeline_run_details: oneByOne(writeRun),
  list_failed_pipelines: writeFailures,
  check_databricks_health: writeHealth,
  check_snowflake_health: writeHealth,
  check_azure_service_health: writeHealth,
}

/** Writes the answer from what the tools told, and from nothing else; what failed is said at its end. */
export function writeAnswer(threads: Thread[], now: number | undefined): string {
  const answered = threads.filter((thread) => failureOf(thread) === undefined)
  const sections = groupsOf(answered).map((group) => writerOf(group)(group, now))
  const failures = threads.flatMap((thread) => failureOf(thread) ?? [])
  return [...sections, ...new Set(failures)].filter((section) => section !== '').join('\n\n')
}

function oneByOne(write: (thread: Thread, now: number | undefined) => string): Writer {
  return (threads, now) => threads.map((thread) => write(thread, now)).join('\n\n')
}

/** Threads of one ask through one tool belong together: "P1 and P2" is one list. All health is one section. */
function groupsOf(threads: Thread[]): Thread[][] {
  const groups = new Map<string, Thread[]>()
  const askNumbers = new Map<Thread['ask'], number>()
  for (const thread of threads) {
    const ask = askNumbers.get(thread.ask) ?? askNumbers.size
    askNumbers.set(thread.ask, ask)
    const tool = lastStep(thread)?.call.tool ?? ''
    const key = writers[tool] === writeHealth ? 'health' : `${ask} ${tool}`
    groups.set(key, [...(groups.get(key) ?? []), thread])
  }
  return [...groups.values()]
}

function writerOf([thread]: Thread[]): Writer {
  const step = thread && lastStep(thread)
  const writer = Object.hasOwn(writers, step?.call.tool ?? '')
    ? writers[step?.call.tool ?? '']
    : undefined
  return writer ?? oneByOne(writeGeneric)
}

function lastStep({ steps }: Thread): Step | undefined {
  return steps.at(-1)
}

/** A thread whose last call failed says so; what it found before that is still worth telling. */
function failureOf(thread: Thread): string | undefined {
  const step = lastStep(thread)
  if (step === undefined) return 'I was not allowed to look this up, so I cannot tell.'
  if (!('failure' in step.outcome)) return undefined
  const reason = step.outcome.failure.replace(/^(?:failed|error):?\s*/i, '').replace(/\s+/g, ' ')
  return `⚠️ I could not get this from ${sourceOf(step.call.tool)}: ${reason}`
}
