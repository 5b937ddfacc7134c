import { retryWrite } from '../core/retry-write.ts'

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

/** How long a write is repeated while other processes write. */
const busyMs = 2000

/** Does work that writes, in one transaction, again while another process is writing. */
export function write<Result>(db: SqlDatabase, work: () => Result): Promise<Result> {
  const isBusy = db.isBusy ?? (() => false)
  return retryWrite(async () => db.transaction(work), isBusy, busyMs)
}

/** Writes to the database and changes nothing. SQLite would not write an update to the same value. */
export function writeNothing(db: SqlDatabase): void {
  db.transaction(() => {
    db.all('UPDATE schema_version SET version = version + 1')
    db.all('UPDATE schema_version SET version = version - 1')
  })
}
