import { type Agent, type AgentRuntime, runAgent } from '../agents/agent.ts'
import { decide, triageName } from '../agents/triage.ts'
import type { AgentAnswer, AgentCall, RunScope } from '../core/call.ts'
import { compose } from '../core/compose.ts'
import { codeOf, OpsError, publicReason } from '../core/errors.ts'
import type { Message } from '../core/message.ts'

/** What a workflow came back with: Markdown, and whether some part of it is missing. */
export type Outcome = { text: string; partial: boolean }

/** A question with what was said before it, and whom to ask with which model. */
export type Question = { messages: readonly Message[]; model: string; scope: RunScope }

/** Anything that can answer a question. It is called and returns; it knows nothing of streams. */
export type Workflow = { run: (question: Question) => Promise<Outcome> }

/** What the triage workflow is made of. */
export type TriageWorkflowParts = {
  specialists: readonly Agent[]
  runtime: AgentRuntime
  /** A line in Markdown that ends every answer of a specialist, such as where the data comes from. */
  footnote?: string
}

/**
 * Asks triage whom to ask, asks those specialists at the same time, and puts their answers together. What one of them
 * could not answer is named in the answer; after a stop the answer holds what was found until then.
 */
export function createTriageWorkflow(parts: TriageWorkflowParts): Workflow {
  return {
    async run(question) {
      const { runtime } = parts
      const triage = compose<AgentCall, AgentAnswer>([runtime.thinking.agent], (call) =>
        dispatch(call, parts),
      )
      const { value } = await triage({
        agent: triageName,
        span: question.scope.nextSpan(),
        ...question,
      })
      return value as Outcome
    },
  }
}

async function dispatch(
  call: AgentCall,
  { specialists, runtime, footnote }: TriageWorkflowParts,
): Promise<AgentAnswer<Outcome>> {
  const { value: decision, ...rest } = await decide(call, specialists, runtime)
  const asked = decision.tasks.map(({ agent, question }) => ({ agent: agent.name, question }))
  const askedNames = new Set(asked.map(({ agent }) => agent))
  call.scope.emit({
    type: 'triage.decided',
    tasks: asked.map(({ agent, question }) => ({ agent, question: shorten(question) })),
    skipped: specialists.map(({ name }) => name).filter((name) => !askedNames.has(name)),
    ...('rejected' in decision && { rejected: shorten(decision.rejected) }),
  })
  if ('rejected' in decision) {
    return { value: { text: decision.rejected, partial: false }, ...rest }
  }
  const sections = await Promise.all(
    decision.tasks.map((task) => answerSection(task, call, runtime)),
  )
  return { value: merge(sections, footnote), ...rest }
}

/** Events are for people: a task as long as a book is not shown whole. */
function shorten(text: string): string {
  return text.length <= 2000 ? text : `${text.slice(0, 2000).toWellFormed()}…`
}

type Section = { agent: string } & ({ text: string } | { error: unknown })

async function answerSection(
  { agent, question }: { agent: Agent; question: string },
  call: AgentCall,
  runtime: AgentRuntime,
): Promise<Section> {
  const { scope, model } = call
  try {
    const { value } = await runAgent(
      agent,
      {
        agent: agent.name,
        span: scope.nextSpan(),
        parent: call.span,
        task: question,
        messages: [{ role: 'user', content: question }],
        model,
        scope,
      },
      runtime,
    )
    return { agent: agent.name, text: value }
  } catch (error) {
    if (codeOf(error) === 'internal') runtime.log.error(agent.name, { cause: error })
    return { agent: agent.name, error }
  }
}

/** One answer is returned as it is; several become headed sections. Without any answer the first failure counts. */
function merge(sections: Section[], footnote: string | undefined): Outcome {
  const found = sections.filter((section) => 'text' in section)
  if (found.length === 0) throw firstError(sections)
  const partial = found.length < sections.length
  const [only] = sections
  const texts =
    sections.length === 1 && only !== undefined
      ? [bodyOf(only)]
      : sections.map((section) => `## ${section.agent}\n\n${bodyOf(section)}`)
  if (footnote !== undefined) texts.push(footnote)
  return { text: texts.join('\n\n'), partial }
}

function bodyOf(section: Section): string {
  if ('text' in section) return section.text
  return `*This part is missing. ${publicReason(section.error)}*`
}

function firstError(sections: Section[]): unknown {
  for (const section of sections) {
    if ('error' in section) return section.error
  }
  return new OpsError('model_invalid')
}
