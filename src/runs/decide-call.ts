import type { Decided } from '../core/approvals.ts'
import { OpsError } from '../core/errors.ts'
import type { ThinkingEvent } from '../core/event.ts'
import type { ActiveRun } from '../core/registry.ts'
import type { RunKey } from '../core/run.ts'
import type { SharedRuns } from '../storage/store.ts'

/** A run with a call that waits for an approval: its events, and who executes it. */
type Place = {
  key: RunKey
  events: readonly ThinkingEvent[]
  active: ActiveRun | undefined
  shared: SharedRuns | undefined
}

/**
 * Decides about a call that waits for an approval. Resolves with the decision; the same one again changes nothing.
 * @throws OpsError `not_found`; `approval_over` if there is another decision, or the run has ended without one
 */
export async function decideCall(
  { key, events, active, shared }: Place,
  span: string,
  given: Decided,
): Promise<Decided> {
  const of = events.filter((event) => 'span' in event && event.span === span)
  const decided = of.find(({ type }) => type === 'approval.decided')
  const isRequested = of.some(({ type }) => type === 'approval.requested')
  const first =
    (decided?.type === 'approval.decided' ? decided : undefined) ??
    (await active?.approvals.decide(span, given)) ??
    (isRequested && !active ? await shared?.decide(key, span, given) : undefined)
  if (first === undefined && !isRequested) throw new OpsError('not_found')
  if (first?.decision !== given.decision) throw new OpsError('approval_over')
  return { decision: first.decision, ...(first.by !== undefined && { by: first.by }) }
}
