import { SQL } from 'bun'
import { OpsError } from '../core/errors.ts'

/** The server has not answered in time, not even by cancelling the statement. */
export class SilentServerError extends Error {
  override readonly name = 'SilentServerError'

  constructor() {
    super('the database does not answer')
  }
}

/** The lease of this process expired. It has to join again. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'

  constructor() {
    super('this process has lost its lease')
  }
}

/**
 * States of a server that pass: 08 connection, 53 resources such as connections and disk, 57P shutdown and start, 57014 and
 * 55P03 timeouts of statements and locks, 40 serialization and deadlock, 58 system errors, 25006 a standby that is promoted.
 */
const temporaryStates = /^(08|53|57P|57014|55P03|40001|40P01|58|25006)/

/** Errors of the client: the connection was lost, refused or not made in time. */
const connectionErrors = /^ERR_POSTGRES_(CONNECTION_|IDLE_TIMEOUT|LIFETIME_TIMEOUT)/

/** Whether the server has answered with this error. */
export function isServerError(error: unknown): boolean {
  return error instanceof SQL.PostgresError && error.code === 'ERR_POSTGRES_SERVER_ERROR'
}

/** Whether a statement that failed with this error may succeed later. */
export function isTemporaryError(error: unknown): boolean {
  if (error instanceof SilentServerError || error instanceof LeaseLostError) return true
  // The pool has retried for 10 s.
  if (error instanceof OpsError)
    return error.code === 'store_failed' && isTemporaryError(error.cause)
  if (!(error instanceof SQL.PostgresError)) return false
  return connectionErrors.test(error.code) || temporaryStates.test(error.errno ?? '')
}
