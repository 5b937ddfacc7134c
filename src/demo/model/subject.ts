import type { About } from './ask.ts'
import { evidenceIn, hasArtefact, isDataset, isPerson } from './evidence.ts'
import type { Hit } from './lexicon.ts'
import { type LeftOver, leadOf } from './names.ts'
import type { Reading } from './reading.ts'

type Clause = { first: number; last: number }

/** What a clause is about; `headed` when a noun says so and not only the look of the rest. */
export type Subject = { about: About; headed: boolean }

/** What lies ahead can only be planned: it has not failed yet. */
const ahead = /\b(?:next|tomorrow|tonight|coming|upcoming)\b/

const prepositions = new Set(
  'for about of on regarding concerning with in affecting affect affects impact impacts impacting break breaks hit hits touch touches to by from behind after against related mentioning'.split(
    ' ',
  ),
)

/** What a clause is about: mostly one thing, or a pipeline together with its ticket. */
export function subjectsOf(
  reading: Reading,
  clause: Clause,
  hits: Hit[],
  left: LeftOver[],
): Subject[] {
  const has = (kind: Hit['kind'], ...values: string[]) =>
    hits.some((hit) => hit.kind === kind && (values.length === 0 || values.includes(hit.value)))
  const artefact = hasArtefact(reading, clause)
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

  const known = has('known')
  const asksPriority = has('priority') && place && !has('health', 'trouble', 'subject')
  if (known && !ticket && !place) return [{ about: 'incident', headed: true }]
  if (asksPriority && !ticket && !pipelineNoun && !pipelineName) {
    return [{ about: 'incident', headed: true }]
  }
  if (has('work') && !ticket && !failed && !pipelineName && !has('want', 'steps')) {
    return [{ about: 'change', headed: false }]
  }
  if (ticket) {
    const alsoPipeline =
      (pipelineNoun || (runs && failed)) && isOwnTopic(reading, clause, hits, failed)
    return alsoPipeline ? [{ about: 'pipeline', headed: true }, ticket] : [ticket]
  }
  if ((pipelineNoun || pipelineName) && !failed && (has('want', 'who') || has('team', 'working'))) {
    return [{ about: 'incident', headed: true }]
  }
  if (pipelineNoun || pipelineName) {
    const both = place && healthWord && isCoordinated(reading, hits)
    return [
      { about: 'pipeline', headed: true },
      ...(both ? [{ about: 'health', headed: true } as const] : []),
    ]
  }
  if (runs && (!place || failed) && !has('health', 'subject')) {
    return [{ about: 'pipeline', headed: true }]
  }
  const isAhead = reading.times.some(
    ({ first, last, range }) =>
      first >= clause.first && last <= clause.last && ahead.test(range('future').words),
  )
  if (isAhead && (place || has('plan') || has('general')) && !has('health', 'subject', 'trouble')) {
    return [{ about: 'change', headed: true }]
  }
  if (place && has('plan', 'planned') && !healthWord) return [{ about: 'change', headed: false }]
  if (place || has('region') || has('health', 'subject'))
    return [{ about: 'health', headed: healthWord }]
  if (has('type') || has('risk')) return [{ about: 'change', headed: false }]
  if (has('priority')) return [{ about: 'incident', headed: false }]
  if (has('state', 'failed', 'succeeded', 'running') && !has('general')) {
    return [{ about: 'pipeline', headed: failed }]
  }
  const complaint = artefact && !has('progress') && has('health', 'sign')
  if (complaint && !place && !pipelineNoun) return [{ about: 'incident', headed: false }]
  if (has('health', 'access') && !place && (isData || artefact)) {
    return [{ about: 'incident', headed: false }]
  }
  if (isData && (healthWord || has('progress') || has('want', 'when')))
    return [{ about: 'pipeline', headed: false }]
  if (isData && isShortQuestion(reading, clause)) return [{ about: 'pipeline', headed: false }]
  if (has('health', 'trouble')) return [{ about: 'health', headed: true }]
  const isPlanned = /\b(?:planned|scheduled)\b/.test(wordsOf(reading, clause))
  if (has('plan', 'planned') && (isPlanned || !has('general')))
    return [{ about: 'change', headed: isPlanned }]
  if (has('state', 'scheduled', 'assess', 'authorize', 'implement', 'review', 'canceled')) {
    return [{ about: 'change', headed: false }]
  }
  if (has('state', 'on_hold', 'resolved', 'in_progress') || isNewSince(reading, hits))
    return [{ about: 'incident', headed: false }]
  if (has('team') && (left.length > 0 || has('group') || has('want', 'mine')))
    return [{ about: 'ticket', headed: false }]
  if (artefact && left.length > 0 && (has('health') || has('progress'))) {
    return [{ about: has('progress') ? 'pipeline' : 'incident', headed: false }]
  }
  const evident = evidenceIn(reading, clause)
  if (evident && !has('general')) {
    const planned = evident === 'incident' && willBe.test(wordsOf(reading, clause))
    return [{ about: planned ? 'change' : evident, headed: false }]
  }
  if (has('state', 'open') && left.some(({ text }) => isPerson(text))) {
    return [{ about: 'ticket', headed: false }]
  }
  // "What happened with …", "any problems with …": something of ours that nothing else explains.
  const happened = /\bhappen\w* to\b/.test(wordsOf(reading, clause))
  const isLead = (word: string) => topicLeads.has(word) || (happened && word === 'to')
  const topic = left.some((name) => isLead(leadOf(reading, name)))
  if (topic && !has('general', 'strong') && (healthWord || has('general', 'weak'))) {
    return [{ about: evident ?? (isData ? 'pipeline' : 'incident'), headed: false }]
  }
  // "Supplier invoices?", and nothing else.
  const alone = isData && hits.length === 0 && reading.tokens.length <= 5
  return alone && clause.first === 0 ? [{ about: 'pipeline', headed: false }] : []
}

/** "New since 2am?" */
function isNewSince({ times }: Reading, hits: Hit[]): boolean {
  return times.length > 0 && hits.some(({ kind, value }) => kind === 'state' && value === 'new')
}

const topicLeads = new Set(['with', 'about', 'for', 'of', 'regarding'])

/** "Snowflake and the ledger load are fine": the place stands for itself. */
function isCoordinated({ tokens }: Reading, hits: Hit[]): boolean {
  const links = new Set(['and', 'or', '&', '+', ','])
  return hits
    .filter(({ kind }) => kind === 'platform' || kind === 'service')
    .some(
      ({ first, last }) =>
        links.has(tokens[last + 1]?.word ?? '') || links.has(tokens[first - 1]?.word ?? ''),
    )
}

/** A noun right before another one only describes it: "pipeline incidents", "change-related incidents". */
function isDescribed(reading: Reading, noun: Hit, others: Hit[]): boolean {
  const [next, behind] = [1, 2].map((away) => reading.tokens[noun.last + away]?.word)
  return (
    (next === 'related' && behind !== 'to') || others.some((other) => other.first === noun.last + 1)
  )
}

function ticketOf(reading: Reading, hits: Hit[]): Subject | undefined {
  const nouns = hits.filter(({ kind }) => kind === 'noun')
  // In "changes that ran" the second word is a verb.
  const things = nouns.filter(
    ({ first }) => !/^(?:ran|executed?)$/.test(reading.tokens[first]?.word ?? ''),
  )
  const heads = nouns.filter((noun) => !isDescribed(reading, noun, things))
  const head = heads.find(({ value }) => ['change', 'incident', 'ticket'].includes(value))
  const number = hits.find(({ kind }) => kind === 'number')
  const numbered: About = number?.value.startsWith('INC') ? 'incident' : 'change'
  if (head) {
    if (head.value !== 'ticket') return { about: head.value as About, headed: true }
    return { about: number ? numbered : kindOfTicket(reading, head, hits), headed: true }
  }
  return number && { about: numbered, headed: true }
}

const changeStates = ['scheduled', 'assess', 'authorize', 'implement', 'review', 'canceled']

/** What narrows a ticket tells which kind it is: only incidents have a priority, only changes a risk. */
function kindOfTicket({ tokens }: Reading, head: Hit, hits: Hit[]): About {
  if (hits.some(({ kind }) => kind === 'priority')) return 'incident'
  if (hits.some(({ kind, value }) => kind === 'state' && ['on_hold', 'resolved'].includes(value))) {
    return 'incident'
  }
  const isChange = hits.some(
    ({ kind, value }) =>
      kind === 'risk' || kind === 'type' || (kind === 'state' && changeStates.includes(value)),
  )
  if (isChange) return 'change'
  const whose = ['group', 'team'].every((wanted) => hits.some(({ kind }) => kind === wanted))
  const isTicket = /^tickets?$/.test(tokens[head.first]?.word ?? '')
  return isTicket && !whose ? 'incident' : 'ticket'
}

/** "… that could break the load": nothing has failed yet. */
const couldFail = /\b(?:could|might|would|can|may|will) (?:\w+ )?(?:break|fail|crash|stop)\b/

/** "Are the invoices in?" */
function isShortQuestion({ tokens }: Reading, { first, last }: Clause): boolean {
  const start = `${tokens[first]?.word ?? ''} ${tokens[first + 1]?.word ?? ''}`
  return last - first < 7 && /^(?:how )?(?:is|are|was|were|has|have|did|do|does)\b/.test(start)
}

/** "When will the schemas be optimised?" */
const willBe = /\b(?:when|will|going to|getting)\b.*\b(?:be|get|getting|happen|[a-z]{3,}ed)\b/

/** More words than this are not matched: a pattern costs time with every one of them. */
const lookedAt = 100

function wordsOf({ tokens }: Reading, { first, last }: Clause): string {
  return tokens
    .slice(first, Math.min(last + 1, first + lookedAt))
    .map(({ word }) => word)
    .join(' ')
}

/** "incidents for the orders pipeline" asks for incidents only; "for the failed pipelines" asks for both. */
function isOwnTopic(reading: Reading, clause: Clause, hits: Hit[], failed: boolean): boolean {
  const nouns = hits.filter(({ kind }) => kind === 'noun')
  const pipeline = nouns.find(({ value }) => ['pipeline', 'job', 'run'].includes(value))
  if (pipeline === undefined || isDescribed(reading, pipeline, nouns)) return false
  if (failed) return !couldFail.test(wordsOf(reading, clause))
  const ticketBefore = hits.some(
    ({ kind, value, first }) =>
      first < pipeline.first &&
      (kind === 'number' || (kind === 'noun' && ['change', 'incident', 'ticket'].includes(value))),
  )
  const words = reading.tokens.slice(Math.max(0, pipeline.first - 5), pipeline.first)
  return !(ticketBefore && words.some(({ word }) => prepositions.has(word)))
}
