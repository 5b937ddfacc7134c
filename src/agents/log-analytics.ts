import type { Tool } from '../tools/tool.ts'
import type { Agent } from './agent.ts'
import { writingRules } from './writing-rules.ts'

/** The specialist for data pipelines and their runs. */
export function logAnalyticsAgent(tools: readonly Tool[]): Agent {
  return {
    name: 'Log Analytics',
    description:
      'data pipelines and their runs: which ran, failed or are running, when, for how long, and with which error.',
    instructions: `You are the Log Analytics specialist. You answer questions about data pipelines and their runs.
For a failure say when, at which activity and with which error, and name the incident it raised.

${writingRules}`,
    tools,
  }
}
