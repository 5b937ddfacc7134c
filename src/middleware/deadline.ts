import type { RunScope } from '../core/call.ts'
import { OpsError, stopReason, throwIfAborted } from '../core/errors.ts'
import { TimeLimit } from '../core/time-limit.ts'

/**
 * Makes a layer that gives up after `limitMs`, or after the limit of the call, or when the run is stopped. The inner call
 * gets a signal and `settleMs` to end by itself; after that its result is dropped. Give an outer layer a longer `settleMs` than an inner one, so that a tool ends before its agent in the run log.
 * @throws OpsError `deadline`, or the reason of the stop
 */
export function deadline(limitMs: number, settleMs: number) {
  return async function endInTime<Call extends { limitMs?: number; scope: RunScope }, Result>(
    call: Call,
    next: (call?: Call) => Promise<Result>,
  ): Promise<Result> {
    throwIfAborted(call.scope.signal)
    const late = new AbortController()
    const limit = new TimeLimit(
      call.limitMs ?? limitMs,
      () => performance.now(),
      () => late.abort(new OpsError('deadline')),
    )
    const signal = AbortSignal.any([call.scope.signal, late.signal])
    const givenUp = Promise.withResolvers<never>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const giveUp = () => {
      limit.end()
      timer = setTimeout(() => givenUp.reject(stopReason(signal)), settleMs)
    }
    const pause = () => {
      const resumes = [limit.pause(), call.scope.pause()]
      return () => {
        for (const resume of resumes) resume()
      }
    }
    signal.addEventListener('abort', giveUp)
    try {
      const result = next({ ...call, scope: { ...call.scope, signal, pause } })
      return await Promise.race([result, givenUp.promise])
    } finally {
      limit.end()
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
    }
  }
}
