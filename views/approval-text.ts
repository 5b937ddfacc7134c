import { utcText } from './duration.ts'
import type { ApprovalRecord } from './types.ts'

/** The decision about a call as evidence gives it: "approved by ann, 2026-11-24 15:20:05 UTC". */
export function approvalText({ requestedAt, decision, decidedAt, by }: ApprovalRecord): string {
  if (decision === undefined || decidedAt === undefined) {
    return `requested ${utcText(requestedAt)}, no decision`
  }
  const at = utcText(decidedAt)
  if (by === undefined) return `denied, because nobody answered within the limit, ${at}`
  return `${decision === 'approve' ? 'approved' : 'denied'} by ${by}, ${at}`
}
