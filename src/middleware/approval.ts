import type { FunctionMiddleware } from '../core/call.ts'
import { OpsError } from '../core/errors.ts'

/**
 * Refuses calls that need an approval, because no user can give one yet.
 * @throws OpsError `not_approved`
 */
export const requireApproval: FunctionMiddleware = async (call, next) => {
  if (call.needsApproval === true) throw new OpsError('not_approved')
  return next()
}
