import type { ToolCall } from '../core/call.ts'
import { shorten } from '../core/shorten.ts'
import type { Tool, ToolProgress, ToolSource } from '../tools/tool.ts'

/** The most tools that OpenAI accepts in a request. */
const maxTools = 128
/** The most progress events of one call. A tool can report at any rate, and the events of a run are limited. */
const maxReports = 50
const maxProgressBytes = 200

/**
 * The tools of an agent now, and a sentence for each source that has none. A name that occurs twice is the first one.
 * @throws the reason of the signal
 */
export async function listTools(
  { tools, sources = [] }: { tools: readonly Tool[]; sources?: readonly ToolSource[] },
  signal: AbortSignal,
): Promise<{ tools: Tool[]; absences: string[] }> {
  const listed = await Promise.all(sources.map((source) => source.list(signal)))
  const all = [...tools, ...listed.flatMap((source) => source.tools)]
  const named = new Map(all.toReversed().map((tool) => [tool.name, tool]))
  const kept = all.filter((tool) => named.get(tool.name) === tool)
  const absences = new Set(listed.flatMap(({ absence }) => absence ?? []))
  if (kept.length > maxTools) {
    absences.add(`${kept.length - maxTools} tools are left out: a model accepts ${maxTools}.`)
  }
  return { tools: kept.slice(0, maxTools), absences: [...absences] }
}

/** Names in the answer what was not available, because the model may not. */
export function withAbsences(answer: string, absences: readonly string[]): string {
  return [answer, ...absences.map((sentence) => `*${sentence}*`)].join('\n\n')
}

/** Emits the progress of a call: each step once. Messages are redacted before they are cut. */
export function createReport({ span, agent, tool, scope }: ToolCall) {
  let last = ''
  let count = 0
  return function report(progress: ToolProgress): void {
    const key = JSON.stringify(progress)
    if (key === last || count === maxReports || scope.signal.aborted) return
    last = key
    count += 1
    const { message: given, ...numbers } = progress
    const message =
      given === undefined ? {} : { message: shorten(scope.show(given).text, maxProgressBytes).text }
    scope.emit({ type: 'tool.progressed', span, agent, tool, ...numbers, ...message })
  }
}
