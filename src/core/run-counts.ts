import { z } from 'zod'
import type { ThinkingEvent } from './event.ts'

const count = z.number().int().nonnegative()

/** Checks stored counts. */
export const runCountsSchema = z.object({ agents: count, tools: count, failed: count })

/** How many agents and tools a run had, and how many of both failed. */
export type RunCounts = z.infer<typeof runCountsSchema>

/** Counts the agents and tools of the given events. */
export function countParts(events: readonly ThinkingEvent[]): RunCounts {
  const counts = { agents: 0, tools: 0, failed: 0 }
  for (const { type } of events) {
    if (type === 'agent.invoked') counts.agents += 1
    else if (type === 'tool.called') counts.tools += 1
    else if (type === 'agent.failed' || type === 'tool.failed') counts.failed += 1
  }
  return counts
}
