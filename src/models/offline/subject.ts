import type { About } from './ask.ts'
import type { Hit } from './hit.ts'
import type { LeftOver } from './names.ts'
import type { Reading } from './reading.ts'
import { plainWords } from './words.ts'

/** What a clause is about; `headed` when a noun says so and not only the look of the rest. */
export type Subject = { about: About; headed: boolean }

const prepositions = new Set(
  'for about of on regarding concerning with in affecting to by from behind after against related mentioning'.split(
    ' ',
  ),
)

/** What pipelines carry; beside words like "late" or "doing" such data stands for its pipeline. */
const datasets = new Set(
  'order orders sale sales ledger ledgers inventory stock customer customers profile profiles telemetry iot sensor sensors clickstream session sessions invoice invoices catalog catalogue headcount fraud marketing attribution payment payments shipment shipments finance revenue billing crm erp forecast forecasts feature features transaction transactions claim claims event events log logs usage cost costs product products pricing price prices supplier suppliers vendor vendors payroll loyalty return returns daily hourly weekly nightly snapshot sync refresh intake dataset datasets data mart'.split(
    ' ',
  ),
)

/** What a clause is about: mostly one thing, or a pipeline together with its ticket. */
export function subjectsOf(reading: Reading, hits: Hit[], left: LeftOver[]): Subject[] {
  const has = (kind: Hit['kind'], ...values: string[]) =>
    hits.some((hit) => hit.kind === kind && (values.length === 0 || values.includes(hit.value)))
  const ticket = ticketOf(reading, hits)
  const failed = has('state', 'failed')
  const healthWord = has('health')
  const place = has('platform') || has('service')
  const runWord =
    failed || has('state', 'succeeded', 'running') || has('noun', 'run') || has('want')
  const jobIsPart =
    has('noun', 'job') && has('platform', 'Databricks') && !failed && (healthWord || !runWord)
  const pipelineNoun = has('noun', 'pipeline') || (has('noun', 'job') && !jobIsPart)
  const pipelineName = has('name') || has('run')
  const runs = has('noun', 'run')
  const isData = left.some(({ text }) => isDataset(text))

  if (ticket) {
    const alsoPipeline = pipelineNoun && isOwnTopic(reading, hits, failed)
    return alsoPipeline ? [{ about: 'pipeline', headed: true }, ticket] : [ticket]
  }
  if ((pipelineNoun || pipelineName) && !failed && (has('want', 'who') || has('team', 'working'))) {
    return [{ about: 'incident', headed: true }]
  }
  if (pipelineNoun || pipelineName) return [{ about: 'pipeline', headed: true }]
  if (runs && (!place || failed) && !has('health', 'subject')) {
    return [{ about: 'pipeline', headed: true }]
  }
  if (place && has('plan', 'planned') && !healthWord) return [{ about: 'change', headed: false }]
  if (place || has('region') || has('health', 'subject'))
    return [{ about: 'health', headed: healthWord }]
  if (has('type') || has('risk')) return [{ about: 'change', headed: false }]
  if (has('priority')) return [{ about: 'incident', headed: false }]
  if (has('state', 'failed', 'succeeded', 'running') && !has('general')) {
    return [{ about: 'pipeline', headed: failed }]
  }
  if (isData && (healthWord || has('progress'))) return [{ about: 'pipeline', headed: false }]
  if (has('health', 'trouble')) return [{ about: 'health', headed: true }]
  if (has('plan', 'planned') && !has('general')) return [{ about: 'change', headed: false }]
  if (has('state', 'scheduled', 'assess', 'authorize', 'implement', 'canceled')) {
    return [{ about: 'change', headed: false }]
  }
  if (has('state', 'on_hold', 'resolved', 'in_progress'))
    return [{ about: 'incident', headed: false }]
  if (has('team') && (left.length > 0 || has('group') || has('want', 'mine')))
    return [{ about: 'ticket', headed: false }]
  // "What happened with …", "any problems with …": something of ours that nothing else explains.
  const topic = left.some(({ before }) => topicLeads.has(before))
  if (topic && !has('general', 'strong') && (healthWord || has('general'))) {
    return [{ about: isData ? 'pipeline' : 'incident', headed: false }]
  }
  return []
}

const topicLeads = new Set(['with', 'about', 'for', 'of', 'regarding'])

/** Whether words name data that a pipeline carries. */
export function isDataset(text: string): boolean {
  return plainWords(text).some((word) => datasets.has(word))
}

/** A noun right before another one only describes it: "pipeline incidents", "change-related incidents". */
function isDescribed(reading: Reading, noun: Hit, others: Hit[]): boolean {
  const next = reading.tokens[noun.last + 1]?.word
  return next === 'related' || others.some((other) => other.first === noun.last + 1)
}

function ticketOf(reading: Reading, hits: Hit[]): Subject | undefined {
  const nouns = hits.filter(({ kind }) => kind === 'noun')
  const heads = nouns.filter((noun) => !isDescribed(reading, noun, nouns))
  const head = heads.find(({ value }) => ['change', 'incident', 'ticket'].includes(value))
  const number = hits.find(({ kind }) => kind === 'number')
  const numbered: About = number?.value.startsWith('INC') ? 'incident' : 'change'
  if (head) {
    if (head.value !== 'ticket') return { about: head.value as About, headed: true }
    return { about: number ? numbered : kindOfTicket(hits), headed: true }
  }
  return number && { about: numbered, headed: true }
}

const changeStates = ['scheduled', 'assess', 'authorize', 'implement', 'review', 'canceled']

/** What narrows a ticket tells which kind it is: only incidents have a priority, only changes a risk. */
function kindOfTicket(hits: Hit[]): About {
  if (hits.some(({ kind }) => kind === 'priority')) return 'incident'
  if (hits.some(({ kind, value }) => kind === 'state' && ['on_hold', 'resolved'].includes(value))) {
    return 'incident'
  }
  const isChange = hits.some(
    ({ kind, value }) =>
      kind === 'risk' || kind === 'type' || (kind === 'state' && changeStates.includes(value)),
  )
  return isChange ? 'change' : 'ticket'
}

/** "incidents for the orders pipeline" asks for incidents only; "for the failed pipelines" asks for both. */
function isOwnTopic(reading: Reading, hits: Hit[], failed: boolean): boolean {
  const nouns = hits.filter(({ kind }) => kind === 'noun')
  const pipeline = nouns.find(({ value }) => value === 'pipeline' || value === 'job')
  if (pipeline === undefined || isDescribed(reading, pipeline, nouns)) return false
  if (failed) return true
  const ticketBefore = hits.some(
    ({ kind, value, first }) =>
      first < pipeline.first &&
      (kind === 'number' || (kind === 'noun' && ['change', 'incident', 'ticket'].includes(value))),
  )
  const words = reading.tokens.slice(Math.max(0, pipeline.first - 5), pipeline.first)
  return !(ticketBefore && words.some(({ word }) => prepositions.has(word)))
}
