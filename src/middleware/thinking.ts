import type { AgentMiddleware, FunctionMiddleware } from '../core/call.ts'
import { codeOf, type OpsErrorCode, publicReason } from '../core/errors.ts'

/** A clock in ms since 1970. */
export type ThinkingOptions = { now: () => number }

/** Emits when an agent is invoked and how it ended, also when it throws. */
export function agentThinking({ now }: ThinkingOptions): AgentMiddleware {
  return async function emitAgentEvents(call, next) {
    const { agent, span, parent, task, scope } = call
    const startedAt = now()
    scope.emit({
      type: 'agent.invoked',
      span,
      agent,
      ...(parent !== undefined && { parent }),
      ...(task !== undefined && { task: scope.show(task).text }),
    })
    try {
      const answer = await next()
      const durationMs = durationSince(startedAt, now())
      const usage = answer.usage && { usage: answer.usage }
      const part = answer.part !== undefined && { part: scope.show(answer.part).text }
      const fallback = answer.fallback !== undefined && { fallback: answer.fallback }
      scope.emit({
        type: 'agent.finished',
        span,
        agent,
        durationMs,
        ...usage,
        ...part,
        ...(call.hasOwnModel && { model: call.model }),
        ...fallback,
      })
      return answer
    } catch (error) {
      const code = codeOf(error)
      const type = isStop(code) ? 'agent.stopped' : 'agent.failed'
      scope.emit({ type, span, agent, durationMs: durationSince(startedAt, now()), code })
      throw error
    }
  }
}

/** Emits when a tool is called and how it ended, also when it throws. */
export function toolThinking({ now }: ThinkingOptions): FunctionMiddleware {
  return async function emitToolEvents(call, next) {
    const { agent, tool, span, parent, scope } = call
    const startedAt = now()
    const shown = scope.show(call.arguments).text
    scope.emit({ type: 'tool.called', span, parent, agent, tool, arguments: shown })
    try {
      const result = await next()
      const { text: preview, truncated } = scope.show(result)
      const durationMs = durationSince(startedAt, now())
      const cut = truncated && { truncated }
      scope.emit({ type: 'tool.finished', span, agent, tool, durationMs, preview, ...cut })
      return result
    } catch (error) {
      const code = codeOf(error)
      const type = isStop(code) ? 'tool.stopped' : 'tool.failed'
      const durationMs = durationSince(startedAt, now())
      const reason = code.startsWith('source_') && { reason: scope.show(publicReason(error)).text }
      scope.emit({ type, span, agent, tool, durationMs, code, ...reason })
      throw error
    }
  }
}

/** Never negative, because the system clock may be set back. */
function durationSince(startedAt: number, now: number): number {
  return Math.max(0, now - startedAt)
}

function isStop(code: OpsErrorCode): boolean {
  return code === 'stopped' || code === 'interrupted'
}
