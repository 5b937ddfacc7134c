import type { Tool } from '../tools/tool.ts'
import type { Agent } from './agent.ts'
import { writingRules } from './writing-rules.ts'

/** The specialist for the health of Databricks, Snowflake and Azure. */
export function serviceHealthAgent(tools: readonly Tool[]): Agent {
  return {
    name: 'Service Health',
    description:
      'the health of the platforms Databricks, Snowflake and Azure: what is healthy, degraded, down or in maintenance, where, since when, and what to do.',
    instructions: `You are the Service Health specialist. You answer questions about the health of Databricks, Snowflake and Azure.
Begin with how the platform is as a whole, then what is not healthy: where, since when, what the provider advises.

${writingRules}`,
    tools,
  }
}
