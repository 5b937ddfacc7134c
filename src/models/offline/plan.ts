import type { Ask } from './ask.ts'
import { healthCalls, pipelineCalls } from './plan-platforms.ts'
import { changeCalls, incidentCalls, type Wish } from './plan-tickets.ts'
import type { Call, OfferedTool } from './protocol.ts'
import { fittingArgs } from './schema.ts'

/** A call and the ask that it serves. */
export type PlannedCall = Call & { ask: Ask }

/** The most calls that one question starts with. */
const maxCalls = 10

const planners: Record<Ask['about'], (ask: Ask, now: number | undefined) => Wish[]> = {
  change: changeCalls,
  incident: incidentCalls,
  ticket: (ask, now) => [...changeCalls(ask, now), ...incidentCalls(ask, now)],
  pipeline: pipelineCalls,
  health: healthCalls,
}

/** The calls that answer the asks, as far as the tools for them are offered. */
export function planCalls(
  asks: Ask[],
  offered: OfferedTool[],
  now: number | undefined,
): PlannedCall[] {
  const calls = asks.flatMap((ask) =>
    planners[ask.about](ask, now).flatMap(({ tool: name, args }) => {
      const tool = offered.find((candidate) => candidate.name === name)
      return tool ? [{ tool: name, args: fittingArgs(tool, args), ask }] : []
    }),
  )
  const keys = calls.map(({ tool, args }) => JSON.stringify([tool, args]))
  return calls.filter((_, index) => keys.indexOf(keys[index] ?? '') === index).slice(0, maxCalls)
}

/** What to look at when somebody asks how everything is. */
export function generalAsks(empty: (about: Ask['about']) => Ask): Ask[] {
  return [
    { ...empty('incident'), states: ['open'] },
    { ...empty('pipeline'), states: ['failed'] },
    empty('health'),
  ]
}
