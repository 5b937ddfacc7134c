import { logAnalyticsAgent } from '../../../src/agents/log-analytics.ts'
import { serviceHealthAgent } from '../../../src/agents/service-health.ts'
import { serviceNowAgent } from '../../../src/agents/servicenow.ts'
import { createSampleConnectors } from '../../../src/demo/estate/connectors.ts'
import { sampleNames } from '../../../src/demo/estate/names.ts'
import { createOfflineFetch } from '../../../src/demo/model/offline.ts'
import { createLogAnalyticsTools } from '../../../src/tools/log-analytics.ts'
import { createServiceHealthTools } from '../../../src/tools/service-health.ts'
import { createServiceNowTools } from '../../../src/tools/servicenow.ts'
import type { Tool } from '../../../src/tools/tool.ts'

/** The present of the tests: a Sunday. */
export const sunday = '2026-11-22T14:35:00.000Z'

/** A specialist as far as the model sees it. */
export type Specialist = { name: string; description: string; tools: readonly Tool[] }

type Call = { tool: string; args: Record<string, unknown> }

/** What came of a question. `calls` are the calls of all specialists in order. */
export type Outcome = {
  agents: string[]
  questions: string[]
  calls: Call[]
  answers: string[]
  rejected: string
}

type Message = {
  role: string
  content: string | null
  tool_calls?: { id: string; function: { name: string; arguments: string } }[]
  tool_call_id?: string
}

/** The specialists of the product over the sample estate. */
export function builtIn(now: string): Specialist[] {
  const clock = () => Date.parse(now)
  const { serviceNow, logAnalytics, serviceHealth } = createSampleConnectors(clock)
  return [
    serviceNowAgent(createServiceNowTools(serviceNow)),
    logAnalyticsAgent(createLogAnalyticsTools(logAnalytics, clock)),
    serviceHealthAgent(createServiceHealthTools(serviceHealth)),
  ]
}

/** Asks the offline model as the workflow does: triage, then each specialist with its tools. */
export function createPlayer(now = sunday, specialists = builtIn(now)) {
  const offline = createOfflineFetch({ thinkMs: 0, names: sampleNames })
  const lines = specialists.map(({ name, description }) => `- ${name}: ${description}`)
  const system = `Specialists:\n${lines.join('\n')}\n\nRules:\n- One task: the fewest.`

  async function complete(messages: Message[], rest: object): Promise<Message> {
    const body = JSON.stringify({ model: 'offline', messages, ...rest })
    const response = await offline('http://offline.invalid/v1/chat/completions', {
      method: 'POST',
      body,
    })
    const { choices } = (await response.json()) as { choices: [{ message: Message }] }
    return choices[0].message
  }

  async function askSpecialist({ tools }: Specialist, question: string, outcome: Outcome) {
    const messages: Message[] = [
      { role: 'system', content: `You are a specialist.\n\nNow: ${now}` },
      { role: 'user', content: question },
    ]
    const offered = tools.map(({ name, description, parameters }) => ({
      type: 'function',
      function: { name, description, parameters },
    }))
    for (let step = 0; step < 4; step++) {
      const message = await complete(messages, { tools: offered })
      messages.push(message)
      if (!message.tool_calls) {
        outcome.answers.push(message.content ?? '')
        return
      }
      for (const { id, function: called } of message.tool_calls) {
        outcome.calls.push({ tool: called.name, args: JSON.parse(called.arguments) })
        const tool = tools.find(({ name }) => name === called.name)
        const result = tool?.execute(called.arguments, new AbortController().signal)
        const content = await result?.catch((error: Error) => `Failed: ${error.message}`)
        messages.push({ role: 'tool', tool_call_id: id, content: content ?? '' })
      }
    }
    throw new Error(`No answer after 4 steps: ${question}`)
  }

  return async function ask(question: string, before: readonly string[] = []): Promise<Outcome> {
    const history = before.map((content, i) => ({ role: i % 2 ? 'assistant' : 'user', content }))
    const messages = [
      { role: 'system', content: system },
      ...history,
      { role: 'user', content: question },
    ]
    const format = { type: 'json_schema', json_schema: { name: 'triage_decision' } }
    const { content } = await complete(messages, { response_format: format })
    const decision = JSON.parse(content ?? '') as {
      tasks: { agent: string; question: string }[]
      reject_reason: string | null
    }
    const outcome: Outcome = {
      agents: decision.tasks.map(({ agent }) => agent),
      questions: decision.tasks.map((task) => task.question),
      calls: [],
      answers: [],
      rejected: decision.reject_reason ?? '',
    }
    for (const task of decision.tasks) {
      const specialist = specialists.find(({ name }) => name === task.agent)
      if (specialist) await askSpecialist(specialist, task.question, outcome)
    }
    return outcome
  }
}

/** Everything that the user reads. */
export function textOf({ answers, rejected }: Outcome): string {
  return [rejected, ...answers].filter((part) => part !== '').join('\n\n')
}
