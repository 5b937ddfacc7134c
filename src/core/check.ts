import { asOpsError, OpsError, publicReason } from './errors.ts'

/** Something outside the program that a setting names, and how to try it. */
export type Check = {
  /** The system and the part of it: `ServiceNow change requests`. */
  name: string
  /** Resolves with what works, as the rest of a sentence. @throws OpsError */
  run: (signal: AbortSignal) => Promise<string>
}

/** What a check has found. `hint` is for the operator: it has the cause of a failure. */
export type CheckResult = { name: string; works: boolean; text: string; hint?: string }

/** Runs the checks one after the other, each at most `limitMs`. Yields each result at once. */
export async function* runChecks(
  checks: readonly Check[],
  limitMs: number,
): AsyncGenerator<CheckResult> {
  for (const { name, run } of checks) {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(new OpsError('deadline')), limitMs)
    try {
      yield { name, works: true, text: await run(late.signal) }
    } catch (thrown) {
      const hint = hintOf(thrown)
      yield { name, works: false, text: publicReason(thrown), ...(hint !== '' && { hint }) }
    } finally {
      clearTimeout(timer)
    }
  }
}

function hintOf(thrown: unknown): string {
  const { cause } = asOpsError(thrown)
  return cause instanceof Error ? cause.message : ''
}
