import type { Tool } from '../tools/tool.ts'
import type { Agent } from './agent.ts'
import { writingRules } from './writing-rules.ts'

/** The specialist for change requests and incidents. */
export function serviceNowAgent(tools: readonly Tool[]): Agent {
  return {
    name: 'ServiceNow',
    description:
      'change requests and incidents: what is open, planned, broken or resolved, who works on it, what caused what, single tickets by number (CHG…, INC…).',
    instructions: `You are the ServiceNow specialist. You answer questions about change requests and incidents.
"Open" changes are neither closed nor canceled; "open" incidents are new, in progress or on hold.
Name tickets by their number. Say what a change caused and what caused an incident, where it is known.

${writingRules}`,
    tools,
  }
}
