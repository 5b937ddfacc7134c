import type { RunScope } from '../core/call.ts'
import type { Middleware } from '../core/compose.ts'
import { OpsError, stopReason, throwIfAborted } from '../core/errors.ts'

/**
 * Gives up after `limitMs`, or when the run is stopped. What lies within gets a signal that says so, and `settleMs` to
 * end by itself; then it is left behind and its result is dropped. An outer layer gives longer than an inner one, so
 * that a tool is told to have ended before its agent.
 * @throws OpsError `deadline`, or the reason of the stop.
 */
export function deadline<Context extends { scope: RunScope }, Result>(
  limitMs: number,
  settleMs: number,
): Middleware<Context, Result> {
  return async function giveUpInTime(context, next) {
    throwIfAborted(context.scope.signal)
    const late = new AbortController()
    let timer = setTimeout(() => late.abort(new OpsError('deadline')), limitMs)
    const signal = AbortSignal.any([context.scope.signal, late.signal])
    const aborted = Promise.withResolvers<never>()
    const giveUp = () => {
      clearTimeout(timer)
      timer = setTimeout(() => aborted.reject(stopReason(signal)), settleMs)
    }
    signal.addEventListener('abort', giveUp)
    try {
      return await Promise.race([
        next({ ...context, scope: { ...context.scope, signal } }),
        aborted.promise,
      ])
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
    }
  }
}
