import { createSampleConnectors } from '../../src/demo/estate/connectors.ts'
import { createLogAnalyticsTools } from '../../src/tools/log-analytics.ts'
import { createServiceHealthTools } from '../../src/tools/service-health.ts'
import { createServiceNowTools } from '../../src/tools/servicenow.ts'
import type { Tool } from '../../src/tools/tool.ts'

/** For tests that do not depend on the time of day. */
export const noon = Date.parse('2026-08-12T12:00:00Z')

/** All tools over the sample estate; `now` returns ms since 1970. */
export function createSampleTools(now: () => number = () => noon): Tool[] {
  const { serviceNow, logAnalytics, serviceHealth } = createSampleConnectors(now)
  return [
    ...createServiceNowTools(serviceNow),
    ...createLogAnalyticsTools(logAnalytics, now),
    ...createServiceHealthTools(serviceHealth),
  ]
}

/** Calls a tool as an agent does: the arguments and the result are JSON text. A string is sent as it is. */
export async function call<Result>(
  name: string,
  args: unknown = {},
  options: { now?: number; signal?: AbortSignal } = {},
): Promise<Result> {
  const { now = noon, signal = new AbortController().signal } = options
  const tool = createSampleTools(() => now).find((each) => each.name === name)
  if (tool === undefined) throw new Error(`There is no tool ${name}.`)
  const raw = typeof args === 'string' ? args : JSON.stringify(args)
  return JSON.parse(await tool.execute(raw, signal))
}
