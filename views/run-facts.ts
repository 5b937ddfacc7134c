import type { RunCounts } from '../src/core/run-counts.ts'
import { duration } from './duration.ts'

/** What a run did, in a few words: "3 agents", "4 tools", "1 failed", "9.1 s". Zero counts are left out. */
export function runFacts(counts: RunCounts | undefined, durationMs: number | undefined): string[] {
  const { agents = 0, tools = 0, failed = 0 } = counts ?? {}
  return [
    ...(agents > 0 ? [counted(agents, 'agent')] : []),
    ...(tools > 0 ? [counted(tools, 'tool')] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(durationMs === undefined ? [] : [duration(durationMs)]),
  ]
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
