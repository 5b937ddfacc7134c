import { OpsError } from '../core/errors.ts'
import { retryWrite } from '../core/retry-write.ts'
import { schemaSteps } from './schema.sql.ts'

/** A value of a statement, and a row of its result. */
export type SqlValue = string | number | null
export type SqlRow = Record<string, unknown>

/**
 * A synchronous SQLite database, in a file or in a Durable Object. Parameters are positional; a Durable Object takes at
 * most 100 of them per statement.
 */
export type SqlDatabase = {
  all(sql: string, ...values: SqlValue[]): SqlRow[]
  /** Runs one or more statements without parameters. */
  exec(sql: string): void
  transaction<Result>(work: () => Result): Result
  /** Whether a write failed only because another process was writing. Without it, no other process can. */
  isBusy?: (error: unknown) => boolean
  /** Called when rows were deleted whose content must not stay in the file. */
  afterDeletion?: () => void
}

/**
 * Brings a database to the current schema, in one transaction. `version` is the number of completed steps.
 * @throws OpsError `bad_setting` for the database of a newer version
 */
export function migrate(db: SqlDatabase, version: number): void {
  if (version > schemaSteps.length) {
    throw new OpsError('bad_setting', {
      message:
        'The history was written by a newer version of OpsAgent. Start that version, or set DATA_DIR to another folder.',
    })
  }
  if (version === schemaSteps.length) return
  db.transaction(() => {
    for (const step of schemaSteps.slice(version)) db.exec(step)
    db.all('UPDATE schema_version SET version = ?', schemaSteps.length)
  })
}

/** How long a statement is repeated while other processes write. */
const busyMs = 2000

/** Runs a statement that writes, again while another process is writing. */
export function write(db: SqlDatabase, sql: string, ...values: SqlValue[]): Promise<SqlRow[]> {
  return retryWrite(async () => db.all(sql, ...values), db.isBusy ?? (() => false), busyMs)
}

/** @throws OpsError `bad_setting` unless the schema is that of this version */
export function requireCurrentVersion(version: number): void {
  if (version === schemaSteps.length) return
  throw new OpsError('bad_setting', {
    message:
      'The history was written by another version of OpsAgent. Use that version, or start the server of this version first.',
  })
}

/** The version of a database; undefined for an empty one, and for a file of 0.1.0. */
export function readVersion(db: SqlDatabase): number | undefined {
  const [table] = db.all("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'")
  if (table === undefined) return undefined
  return Number(db.all('SELECT version FROM schema_version')[0]?.version)
}

/** Writes to the database and changes nothing. SQLite would not write an update to the same value. */
export function writeNothing(db: SqlDatabase): void {
  db.transaction(() => {
    db.all('UPDATE schema_version SET version = version + 1')
    db.all('UPDATE schema_version SET version = version - 1')
  })
}
