import type { About, Ask } from './ask.ts'
import { type Asked, readAsks } from './asks.ts'
import { isGreeting, isInjection, type Refusal, refusals } from './off-topic.ts'
import { type CompletionRequest, contentOf } from './protocol.ts'
import { resolveReferences } from './reference.ts'
import { say } from './say.ts'
import { plainWords } from './words.ts'

/** Which specialists are asked what, or why none is. */
export type TriageDecision = {
  tasks: { agent: string; question: string }[]
  reject_reason: string | null
}

/** The words by which the specialists are told apart, in whatever way the request spells them. */
const specialists: { name: RegExp; abouts: About[]; general: string }[] = [
  {
    name: /service\s*now|ticket|itsm/i,
    abouts: ['change', 'incident', 'ticket'],
    general: 'Which incidents are open, and which changes are planned for today?',
  },
  {
    name: /log|pipeline/i,
    abouts: ['pipeline'],
    general: 'Which pipelines failed in the last 24 hours?',
  },
  {
    name: /health|platform|status/i,
    abouts: ['health'],
    general: 'Are Databricks, Snowflake and Azure healthy?',
  },
]

/** Decides who answers the last message; the earlier ones only tell what "it" and "those" are. */
export function decideTriage(request: CompletionRequest): TriageDecision {
  const turns = request.messages.filter(({ role }) => role === 'user' || role === 'assistant')
  const question = contentOf(turns.at(-1))
  const agents = agentsOf(request)
  if (isInjection(question.toLowerCase())) return reject('injection')
  const resolved = resolveReferences(
    turns.slice(0, -1).map((turn) => ({ role: turn.role, content: contentOf(turn) })),
    question,
  )
  const asked = readAsks(resolved, undefined)
  const tasks = asked.general ? generalTasks(agents, asked) : tasksFor(agents, asked, resolved)
  const others = tasks.length > 0 || asked.refused ? [] : foreignTasks(request, agents, resolved)
  const all = [...tasks, ...others]
  return all.length > 0 ? { tasks: all, reject_reason: null } : reject(whyNot(asked, question))
}

function reject(refusal: Refusal): TriageDecision {
  return { tasks: [], reject_reason: refusals[refusal] }
}

function whyNot({ refused }: Asked, question: string): Refusal {
  if (refused) return refused
  const text = question
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/\bwhat's\b/g, 'what is')
  return isGreeting(text) ? 'greeting' : 'unclear'
}

/** The names of the agents, from the enum wherever it stands in the schema. */
function agentsOf({ response_format: format }: CompletionRequest): string[] {
  const find = (value: unknown, inAgent: boolean): string[] => {
    if (typeof value !== 'object' || value === null) return []
    if (inAgent && 'enum' in value && Array.isArray(value.enum)) {
      return value.enum.filter((name) => typeof name === 'string')
    }
    if (inAgent && 'const' in value && typeof value.const === 'string') return [value.const]
    return Object.entries(value).flatMap(([key, inner]) => find(inner, inAgent || key === 'agent'))
  }
  return find(format?.json_schema?.schema, false)
}

function specialistOf(agent: string) {
  return specialists.find(({ name }) => name.test(agent))
}

function tasksFor(agents: string[], { asks }: Asked, question: string): TriageDecision['tasks'] {
  const wanted = agents.flatMap((agent) => {
    const abouts = specialistOf(agent)?.abouts ?? []
    const own = asks.filter(({ about }) => abouts.includes(about))
    return own.length > 0 ? [{ agent, own }] : []
  })
  return wanted.map(({ agent, own }) => ({
    agent,
    question: wanted.length === 1 ? question : questionOf(own),
  }))
}

/** The parts of a question that one specialist answers, as a question that stands alone. */
function questionOf(asks: Ask[]): string {
  const texts = asks.map((ask) => (ask.completed ? say(ask).replace(/\?$/, '') : ask.text))
  const joined = [...new Set(texts)].join(', and ')
  return `${joined.charAt(0).toUpperCase()}${joined.slice(1)}?`
}

function generalTasks(agents: string[], { reading }: Asked): TriageDecision['tasks'] {
  const time = reading.times[0]?.range('past').words
  return agents.flatMap((agent) => {
    const general = specialistOf(agent)?.general
    if (general === undefined) return []
    const lookBack = time && /night|yesterday|weekend|last|past|since/.test(time)
    const question = lookBack ? general.replace('in the last 24 hours', time) : general
    return [{ agent, question }]
  })
}

/** Agents that somebody added: asked when the question shares words with their line in the system prompt. */
function foreignTasks(
  { messages }: CompletionRequest,
  agents: string[],
  question: string,
): TriageDecision['tasks'] {
  const prompt = messages
    .filter(({ role }) => role === 'system' || role === 'developer')
    .map(contentOf)
    .join('\n')
  const asked = plainWords(question).filter((word) => word.length >= 4)
  return agents
    .filter((agent) => specialistOf(agent) === undefined)
    .filter((agent) => {
      const lines = prompt.split('\n').filter((line) => line.includes(agent))
      const known = new Set(plainWords(`${agent} ${lines.join(' ')}`))
      return asked.some((word) => known.has(word) || known.has(word.replace(/s$/, '')))
    })
    .map((agent) => ({ agent, question }))
}
