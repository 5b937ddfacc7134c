import type { Tool } from '../tools/tool.ts'
import type { Agent } from './agent.ts'
import { writingRules } from './writing-rules.ts'

/** The specialist for the runbooks of the operations team. */
export function runbooksAgent(tool: Tool): Agent {
  return {
    name: 'Runbooks',
    description: 'runbooks: how to do something, and what to do when something fails.',
    instructions: `You are the Runbooks specialist. You answer from the runbooks of the operations team.
Quote steps and commands as they are written, and name the source of each.

${writingRules}`,
    tools: [tool],
    isOutsideEstate: true,
  }
}
