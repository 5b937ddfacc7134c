import type { AgentMiddleware, ToolMiddleware } from '../core/call.ts'
import { codeOf, type OpsErrorCode } from '../core/errors.ts'

/** What both layers need: a clock, and how many bytes of arguments or of a result are shown. */
export type ThinkingOptions = { now: () => number; maxShownBytes: number }

/** Tells when an agent is invoked and how it ended, whatever is thrown. */
export function agentThinking({ now, maxShownBytes }: ThinkingOptions): AgentMiddleware {
  return async function tellAgent({ agent, span, parent, task, scope }, next) {
    const began = now()
    const about = { span, agent }
    scope.emit({
      type: 'agent.invoked',
      ...about,
      ...(parent !== undefined && { parent }),
      ...(task !== undefined && { task: shorten(task, maxShownBytes).text }),
    })
    try {
      const answer = await next()
      const usage = answer.usage && { usage: answer.usage }
      scope.emit({ type: 'agent.finished', ...about, durationMs: since(began, now()), ...usage })
      return answer
    } catch (error) {
      const code = codeOf(error)
      const type = isStop(code) ? 'agent.stopped' : 'agent.failed'
      scope.emit({ type, ...about, durationMs: since(began, now()), code })
      throw error
    }
  }
}

/** Tells when a tool is called and how it ended, whatever is thrown. */
export function toolThinking({ now, maxShownBytes }: ThinkingOptions): ToolMiddleware {
  return async function tellTool({ agent, tool, span, parent, arguments: given, scope }, next) {
    const began = now()
    const about = { span, agent, tool }
    const shown = shorten(given, maxShownBytes).text
    scope.emit({ type: 'tool.called', ...about, parent, arguments: shown })
    try {
      const result = await next()
      const { text, truncated } = shorten(result, maxShownBytes)
      scope.emit({
        type: 'tool.finished',
        ...about,
        durationMs: since(began, now()),
        preview: text,
        ...(truncated && { truncated }),
      })
      return result
    } catch (error) {
      const code = codeOf(error)
      const type = isStop(code) ? 'tool.stopped' : 'tool.failed'
      scope.emit({ type, ...about, durationMs: since(began, now()), code })
      throw error
    }
  }
}

/** Never below zero, also where somebody sets the clock back. */
function since(began: number, now: number): number {
  return Math.max(0, now - began)
}

function isStop(code: OpsErrorCode): boolean {
  return code === 'stopped' || code === 'interrupted'
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Cuts at a byte limit, never inside a character, and shows that it did. */
function shorten(text: string, maxBytes: number): { text: string; truncated: boolean } {
  // encodeInto stops at the limit by itself, so a text of 5 MB costs no more than one of 8 KiB.
  const space = new Uint8Array(maxBytes)
  const { read, written } = encoder.encodeInto(text, space)
  if (read === text.length) return { text: text.toWellFormed(), truncated: false }
  return { text: `${decoder.decode(space.subarray(0, written))}…`, truncated: true }
}
