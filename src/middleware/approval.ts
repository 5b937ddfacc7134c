import type { FunctionMiddleware } from '../core/call.ts'
import { OpsError } from '../core/errors.ts'

/**
 * Makes a layer in which a call that needs an approval waits for a user, at most `limitSeconds`. No time limit of the call,
 * its agent and its run counts the wait. Put it outside of the deadline of tools.
 * @throws OpsError `not_approved`; `tool_arguments` if the arguments do not fit, or are too long to be shown
 */
export function requireApproval(limitSeconds: number): FunctionMiddleware {
  return async function awaitApproval(call, next) {
    if (call.needsApproval !== true) return next()
    const { agent, tool, span, scope } = call
    call.check?.(call.arguments)
    const shown = scope.show(call.arguments)
    if (shown.truncated) throw new OpsError('tool_arguments', { message: tooLong })
    const resume = scope.pause()
    try {
      scope.emit({ type: 'approval.requested', span, agent, tool, arguments: shown.text })
      const { decision, by } = await scope.decision(span, limitSeconds * 1000, scope.signal)
      const who = by !== undefined && { by }
      scope.emit({ type: 'approval.decided', span, agent, tool, decision, ...who })
      if (decision === 'deny') {
        const reason = by === undefined ? 'nobody answered in time' : 'the user denied the call'
        throw new OpsError('not_approved', { message: `not approved: ${reason}.` })
      }
    } finally {
      resume()
    }
    return next()
  }
}

const tooLong =
  'The arguments are too long: a user must see all of them to approve the call. Shorten them.'
