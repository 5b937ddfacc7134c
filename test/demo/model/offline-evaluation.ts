import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { z } from 'zod'
import { createSampleConnectors } from '../../../src/demo/estate/connectors.ts'
import { createOfflineFetch } from '../../../src/demo/model/offline.ts'
import { createLogAnalyticsTools } from '../../../src/tools/log-analytics.ts'
import { createServiceHealthTools } from '../../../src/tools/service-health.ts'
import { createServiceNowTools } from '../../../src/tools/servicenow.ts'
import type { Tool } from '../../../src/tools/tool.ts'
import { now } from './questions.ts'

/** What was asked, with what was said before, and what should come of it: one of several where all are sensible. */
export type Case = { before: string[]; question: string; expected: Expectation[] }

type Expectation = {
  agents: string[]
  /** The calls of the first step, or nothing where only the specialists are fixed. */
  calls?: { tool: string; args: Record<string, string> }[]
}

/** What came of a question. `first` are the calls of the first step of every specialist. */
export type Outcome = {
  agents: string[]
  questions: string[]
  first: { tool: string; args: Record<string, unknown> }[]
  steps: number
  answers: string[]
  rejected: string | null
}

const clock = () => Date.parse(now)
const connectors = createSampleConnectors(clock)

export const toolsOf: Record<string, Tool[]> = {
  ServiceNow: createServiceNowTools(connectors.serviceNow),
  'Log Analytics': createLogAnalyticsTools(connectors.logAnalytics, clock),
  'Service Health': createServiceHealthTools(connectors.serviceHealth),
}
const agentNames = Object.keys(toolsOf)

export const client = new OpenAI({
  apiKey: 'offline',
  baseURL: 'http://offline.invalid/v1',
  fetch: createOfflineFetch({ thinkMs: 0 }),
  maxRetries: 0,
})

export const decision = z.object({
  tasks: z.array(z.object({ agent: z.enum(agentNames), question: z.string() })),
  reject_reason: z.string().nullable(),
})

/** Reads a line of the questions: the question, an arrow, and the calls that are expected; nothing is a refusal. */
export function readCase(line: string, before: string[] = []): Case {
  const [question = '', expected = '(nobody)'] = line.split(' => ')
  return { before, question, expected: expected.split(' || ').map(readExpectation) }
}

function readExpectation(expected: string): Expectation {
  const parts = expected.split(' + ')
  const named = /^\((.*)\)$/.exec(parts[0] ?? '')?.[1]
  const calls = parts.slice(named === undefined ? 0 : 1).map((part) => {
    const [tool = '', ...rest] = part.match(/(?:[^\s"]|"[^"]*")+/g) ?? []
    const pairs = rest.map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/)
      return [name, value.replaceAll('"', '')]
    })
    return { tool, args: Object.fromEntries(pairs) }
  })
  const owners = agentNames.filter((agent) =>
    toolsOf[agent]?.some(({ name }) => calls.some(({ tool }) => tool === name)),
  )
  const agents = named === undefined ? owners : named === 'nobody' ? [] : named.split(', ')
  return { agents, ...(named === undefined && { calls }) }
}

/** Puts a question through triage and the specialists, with the real tools over the sample estate. */
export async function ask(before: string[], question: string): Promise<Outcome> {
  const { tasks, outcome } = await decide(before, question, client)
  for (const task of tasks) await askSpecialist(task, outcome)
  return outcome
}

/** Who is asked what, and the calls that they begin with; no tool is executed. */
export async function dispatch(
  before: string[],
  question: string,
  model: OpenAI,
): Promise<Outcome> {
  const { tasks, outcome } = await decide(before, question, model)
  for (const task of tasks) {
    for (const { function: called } of callsIn(
      await nextMessage(task.agent, opening(task), model),
    )) {
      outcome.first.push({ tool: called.name, args: JSON.parse(called.arguments) })
    }
  }
  return outcome
}

type Task = { agent: string; question: string }

async function decide(
  before: string[],
  question: string,
  model: OpenAI,
): Promise<{ tasks: Task[]; outcome: Outcome }> {
  const history = before.map((content, index) => ({
    role: index % 2 === 0 ? ('user' as const) : ('assistant' as const),
    content,
  }))
  const completion = await model.chat.completions.create({
    model: 'offline',
    messages: [
      { role: 'system', content: 'You are the triage agent.' },
      ...history,
      { role: 'user', content: question },
    ],
    response_format: zodResponseFormat(decision, 'triage_decision'),
  })
  const decided = decision.parse(JSON.parse(completion.choices[0]?.message.content ?? ''))
  const outcome: Outcome = {
    agents: decided.tasks.map(({ agent }) => agent),
    questions: decided.tasks.map((task) => `${task.agent}: ${task.question}`),
    first: [],
    steps: 0,
    answers: [],
    rejected: decided.reject_reason,
  }
  return { tasks: decided.tasks, outcome }
}

function opening({ question }: Task): OpenAI.ChatCompletionMessageParam[] {
  return [
    { role: 'system', content: `You are the specialist.\n\nNow: ${now}` },
    { role: 'user', content: question },
  ]
}

async function nextMessage(
  agent: string,
  messages: OpenAI.ChatCompletionMessageParam[],
  model: OpenAI,
): Promise<OpenAI.ChatCompletionMessage> {
  const completion = await model.chat.completions.create({
    model: 'offline',
    messages,
    tools: (toolsOf[agent] ?? []).map(({ name, description, parameters }) => ({
      type: 'function',
      function: { name, description, parameters },
    })),
  })
  const message = completion.choices[0]?.message
  if (message === undefined) throw new Error('no message')
  return message
}

function callsIn(message: OpenAI.ChatCompletionMessage) {
  return message.tool_calls?.filter((call) => call.type === 'function') ?? []
}

async function askSpecialist(task: Task, outcome: Outcome): Promise<void> {
  const tools = toolsOf[task.agent] ?? []
  const messages = opening(task)
  for (let step = 0; step < 8; step++) {
    const message = await nextMessage(task.agent, messages, client)
    messages.push(message)
    const calls = callsIn(message)
    if (calls.length === 0) {
      outcome.answers.push(message.content ?? '')
      return
    }
    outcome.steps += 1
    for (const call of calls) {
      const { name, arguments: given } = call.function
      if (step === 0) outcome.first.push({ tool: name, args: JSON.parse(given) })
      const tool = tools.find((candidate) => candidate.name === name)
      const content = tool
        ? await tool
            .execute(given, new AbortController().signal)
            .catch((error: Error) => `Failed: ${error.message}`)
        : `Failed: there is no tool ${name}.`
      messages.push({ role: 'tool', tool_call_id: call.id, content })
    }
  }
  throw new Error(`No answer after 8 steps: ${task.question}`)
}

/** The answers that hold what no sentence may hold. */
export function badlyWritten({ answers }: Outcome): string[] {
  return answers.filter((answer) => debris.test(answer))
}

/** What no sentence may hold: a value that is missing, a stray letter, a gap where a word was. */
const debris =
  /I could not|allowed to look|undefined|NaN|\[object|\*{4}|(?:^|\s)s\s|[a-z*] {2,}[a-z*]| [.,:]|\(\)/

/** What is wrong with an outcome, or nothing. */
export function faultOf({ question, expected }: Case, outcome: Outcome): string | undefined {
  const told = `${question} [${outcome.questions.join(' / ')}]`
  const faults = expected.map((one) => deviation(one, outcome, told))
  return faults.includes(undefined) ? undefined : faults[0]
}

function deviation(expected: Expectation, outcome: Outcome, told: string): string | undefined {
  if (sorted(outcome.agents) !== sorted(expected.agents)) {
    return `${told}: asked ${outcome.agents.join(', ') || 'nobody'}, not ${expected.agents.join(', ') || 'nobody'}`
  }
  if (expected.calls === undefined) return undefined
  const calls = JSON.stringify(outcome.first)
  const wanted = new Set(expected.calls.map(({ tool }) => tool))
  if (sorted(outcome.first.map(({ tool }) => tool)) !== sorted([...wanted])) {
    return `${told}: called ${calls}, not ${[...wanted].join(', ')}`
  }
  for (const { tool, args } of expected.calls) {
    const fits = outcome.first.some(
      (call) =>
        call.tool === tool &&
        Object.entries(args).every(([name, value]) => String(call.args[name] ?? '') === value),
    )
    if (!fits) return `${told}: called ${calls}, not with ${JSON.stringify(args)}`
  }
  return undefined
}

function sorted(values: string[]): string {
  return [...new Set(values)].sort().join(', ')
}

/** The lines of a block of questions. */
export function linesOf(block: string): string[] {
  return block.split('\n').filter((line) => line.trim() !== '')
}
