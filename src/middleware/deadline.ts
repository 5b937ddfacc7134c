import type { RunScope } from '../core/call.ts'
import type { Middleware } from '../core/compose.ts'
import { OpsError, stopReason, throwIfAborted } from '../core/errors.ts'

/**
 * Gives up after `limitMs`, and at once when the run is stopped. What lies within gets a signal that says so; if it
 * does not listen, it is left behind and its result is dropped.
 * @throws OpsError `deadline`, or the reason of the stop.
 */
export function deadline<Context extends { scope: RunScope }, Result>(
  limitMs: number,
): Middleware<Context, Result> {
  return async function giveUpInTime(context, next) {
    throwIfAborted(context.scope.signal)
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(new OpsError('deadline')), limitMs)
    const signal = AbortSignal.any([context.scope.signal, late.signal])
    const aborted = Promise.withResolvers<never>()
    const giveUp = () => aborted.reject(stopReason(signal))
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
