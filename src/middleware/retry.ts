import type { RunScope } from '../core/call.ts'
import type { Middleware } from '../core/compose.ts'
import { codeOf, type OpsErrorCode } from '../core/errors.ts'

/** Calls again, up to `times` more, when it failed with one of `codes`. Nothing is called after a stop. */
export function retry<Context extends { scope: RunScope }, Result>(options: {
  times: number
  codes: readonly OpsErrorCode[]
}): Middleware<Context, Result> {
  const { times, codes } = options
  return async function tryAgain({ scope }, next) {
    for (let left = times; ; left -= 1) {
      try {
        return await next()
      } catch (error) {
        if (left === 0 || scope.signal.aborted || !codes.includes(codeOf(error))) throw error
      }
    }
  }
}
