import { type Agent, type AgentRuntime, runAgent, type SpecialistAnswer } from '../agents/agent.ts'
import { createDecide, type Decide, type TriageDecision, triageName } from '../agents/triage.ts'
import type { AgentAnswer, AgentCall, RunScope } from '../core/call.ts'
import { cleanText, shownText } from '../core/clean-text.ts'
import { compose } from '../core/compose.ts'
import { codeOf, OpsError, publicReason } from '../core/errors.ts'
import type { AnswerSection } from '../core/evidence.ts'
import type { Message } from '../core/message.ts'
import { checkReferences } from '../core/references.ts'
import { shorten } from '../core/shorten.ts'

/** A tool result that an answer refers to, with the span of its call. */
export type Source = { number: number; agent: string; tool: string; span: string }

/**
 * The answer of a workflow in Markdown, and whether a part of it is missing. `sections` are its parts and `sources` what
 * they refer to; a rejection has neither.
 */
export type Outcome = {
  text: string
  partial: boolean
  sections?: AnswerSection[]
  sources?: Source[]
}

/** A question with the conversation before it, and the model to ask. */
export type Question = { messages: readonly Message[]; model: string; scope: RunScope }

/** Answers a question. It is called and returns; it knows nothing about streams. */
export type Workflow = { run: (question: Question) => Promise<Outcome> }

/** What the triage workflow needs. */
export type TriageWorkflowParts = {
  specialists: readonly Agent[]
  runtime: AgentRuntime
  /** A line of Markdown at the end of every answer of a specialist, for example where the data comes from. */
  footnote?: string
}

/** How much of a task or a rejection an event shows. */
const maxShownBytes = 2048

/**
 * Lets triage decide which specialists to ask, asks them in parallel, and merges their answers. The answer names each
 * part that is missing. After a stop it holds the parts that were ready.
 *
 * The span of triage encloses the specialists. Its deadline and its retries do not: they cover the decision only.
 */
export function createTriageWorkflow(parts: TriageWorkflowParts): Workflow {
  const { specialists, runtime } = parts
  const decide = compose<AgentCall, AgentAnswer<TriageDecision>>(
    runtime.agentMiddleware,
    createDecide(specialists, runtime),
  )
  const triage = compose<AgentCall, AgentAnswer<Outcome>>([runtime.thinking.agent], (call) =>
    dispatch(call, decide, parts),
  )
  return {
    async run(question) {
      const { value } = await triage({
        agent: triageName,
        span: question.scope.nextSpan(),
        ...question,
      })
      return value
    },
  }
}

async function dispatch(
  call: AgentCall,
  decide: Decide,
  { specialists, runtime, footnote }: TriageWorkflowParts,
): Promise<AgentAnswer<Outcome>> {
  const { value: decision, ...usage } = await decide(call)
  const rejected = 'rejected' in decision ? runtime.redact(decision.rejected) : undefined
  const asked = decision.tasks.map(({ agent }) => agent.name)
  call.scope.emit({
    type: 'triage.decided',
    tasks: decision.tasks.map(({ agent, question }) => ({
      agent: agent.name,
      question: shownText(runtime.redact(question), maxShownBytes).text,
    })),
    skipped: specialists.map(({ name }) => name).filter((name) => !asked.includes(name)),
    ...(rejected !== undefined && { rejected: shownText(rejected, maxShownBytes).text }),
  })
  const { maxAnswerBytes } = runtime.limits
  if (rejected !== undefined) {
    const text = cutMarkdown(rejected, maxAnswerBytes)
    return { value: { text, partial: false }, ...usage }
  }
  const isPart = decision.tasks.length > 1
  const sections = await Promise.all(
    decision.tasks.map((task) => answerSection({ ...task, isPart }, call, runtime)),
  )
  const isInEstate = decision.tasks.some(({ agent }) => agent.isOutsideEstate !== true)
  const value = merge(sections, isInEstate ? footnote : undefined, maxAnswerBytes)
  return { value, ...usage }
}

type Section = { agent: string } & ({ answer: SpecialistAnswer } | { error: unknown })

async function answerSection(
  { agent, question, isPart }: { agent: Agent; question: string; isPart: boolean },
  { scope, model, span: parent }: AgentCall,
  runtime: AgentRuntime,
): Promise<Section> {
  try {
    const call: AgentCall = {
      agent: agent.name,
      span: scope.nextSpan(),
      parent,
      task: runtime.redact(question),
      isPart,
      messages: [{ role: 'user', content: question }],
      model: agent.model ?? model,
      hasOwnModel: agent.model !== undefined,
      ...(agent.limitMs !== undefined && { limitMs: agent.limitMs }),
      scope,
    }
    const { value } = await runAgent(agent, call, runtime)
    return { agent: agent.name, answer: value }
  } catch (error) {
    if (codeOf(error) === 'internal') runtime.log.error(`${agent.name} failed`, { cause: error })
    return { agent: agent.name, error }
  }
}

/**
 * Returns one section as it is, and several under headings. Each may have an equal part of `maxBytes`, so that a long one
 * does not displace the others. The references get their numbers in the order in which they occur in the whole answer.
 * @throws the first failure, if no section has an answer
 */
function merge(sections: Section[], footnote: string | undefined, maxBytes: number): Outcome {
  const answered = sections.filter((section) => 'answer' in section)
  if (answered.length === 0) throw firstError(sections)
  const headings = sections.map(({ agent }) => (sections.length === 1 ? '' : `## ${agent}\n\n`))
  const end = footnote === undefined ? '' : `\n\n${footnote}`
  const frame = new TextEncoder().encode(headings.join('\n\n') + end).length
  const share = Math.floor((maxBytes - frame) / sections.length)
  const sources: Source[] = []
  const parts: AnswerSection[] = []
  let text = ''
  for (const [index, section] of sections.entries()) {
    text += (index > 0 ? '\n\n' : '') + headings[index]
    const { body, ...rest } = readSection(section, share, sources)
    parts.push({ agent: section.agent, from: text.length, to: text.length + body.length, ...rest })
    text += body
  }
  const partial = answered.length < sections.length
  return { text: text + end, partial, sections: parts, sources }
}

/** The text of a section with its checked references. Adds what it refers to, to the sources of the answer. */
function readSection(
  section: Section,
  maxBytes: number,
  sources: Source[],
): Pick<AnswerSection, 'numbers' | 'removed' | 'state'> & { body: string } {
  if ('error' in section) {
    const body = `*This part is missing. ${publicReason(section.error)}*`
    return { body: cutMarkdown(body, maxBytes), numbers: [], removed: 0, state: 'missing' }
  }
  const { agent, answer } = section
  const numberOf = (given: number) => {
    const result = answer.results.find(({ number }) => number === given)
    if (result === undefined) return undefined
    const { tool, span } = result
    const known = sources.find((source) => source.span === span)
    if (known !== undefined) return known.number
    const number = sources.length + 1
    sources.push({ number, agent, tool, span })
    return number
  }
  // Cut before, so that no number belongs to a text that is not shown, and after, because the numbers may be longer.
  const given = cutMarkdown(cleanText(answer.text), maxBytes)
  const { text, numbers, removed } = checkReferences(given, numberOf)
  const state = numbers.length === 0 ? 'unbacked' : 'backed'
  return { body: cutMarkdown(text, maxBytes), numbers, removed, state }
}

/** Cuts a text to `maxBytes` with a note. A code block that is cut is closed, so that it does not contain the note. */
function cutMarkdown(text: string, maxBytes: number): string {
  const whole = shorten(text, maxBytes)
  if (!whole.truncated) return whole.text
  const note = '\n\n*The answer was longer and is cut here.*'
  const { text: kept } = shorten(text, Math.max(0, maxBytes - note.length - 20))
  const fences = kept.match(/^ {0,3}(?:`{3,16}|~{3,16})/gm) ?? []
  const closing = fences.length % 2 === 1 ? `\n${fences.at(-1)?.trim()}` : ''
  return `${kept}${closing}${note}`
}

function firstError(sections: Section[]): unknown {
  const failed = sections.find((section) => 'error' in section)
  return failed?.error ?? new OpsError('model_invalid')
}
