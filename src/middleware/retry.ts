import type { RunScope } from '../core/call.ts'
import { codeOf, type OpsErrorCode } from '../core/errors.ts'

/**
 * Makes a layer that calls again, up to `times` more, after a failure with one of `codes`. It does not call again once
 * the run is stopped, and never a call that needs an approval: an approval is for one call.
 */
export function retry(options: { times: number; codes: readonly OpsErrorCode[] }) {
  const { times, codes } = options
  return async function callAgain<
    Call extends { scope: RunScope; needsApproval?: boolean },
    Result,
  >(
    { scope, needsApproval = false }: Call,
    next: (call?: Call) => Promise<Result>,
  ): Promise<Result> {
    for (let left = times; ; left -= 1) {
      try {
        return await next()
      } catch (error) {
        if (left === 0 || needsApproval || scope.signal.aborted || !codes.includes(codeOf(error)))
          throw error
      }
    }
  }
}
