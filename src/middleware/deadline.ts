import type { RunScope } from '../core/call.ts'
import { OpsError, stopReason, throwIfAborted } from '../core/errors.ts'

/**
 * Makes a layer that gives up after `limitMs`, which may depend on the name of the agent, or when the run is stopped. The
 * inner call gets a signal and `settleMs` to end by itself; after that its result is dropped. Give an outer layer a longer
 * `settleMs` than an inner one, so that a tool ends before its agent in the run log.
 * @throws OpsError `deadline`, or the reason of the stop
 */
export function deadline(limitMs: number | ((agent: string) => number), settleMs: number) {
  return async function endInTime<Call extends { agent: string; scope: RunScope }, Result>(
    call: Call,
    next: (call?: Call) => Promise<Result>,
  ): Promise<Result> {
    throwIfAborted(call.scope.signal)
    const late = new AbortController()
    const ms = typeof limitMs === 'number' ? limitMs : limitMs(call.agent)
    let timer = setTimeout(() => late.abort(new OpsError('deadline')), ms)
    const signal = AbortSignal.any([call.scope.signal, late.signal])
    const givenUp = Promise.withResolvers<never>()
    const giveUp = () => {
      clearTimeout(timer)
      timer = setTimeout(() => givenUp.reject(stopReason(signal)), settleMs)
    }
    signal.addEventListener('abort', giveUp)
    try {
      const result = next({ ...call, scope: { ...call.scope, signal } })
      return await Promise.race([result, givenUp.promise])
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
    }
  }
}
