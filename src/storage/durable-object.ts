import { type SqlDatabase, type SqlRow, type SqlValue, writeNothing } from './sql-database.ts'
import { migrate, readVersion } from './sql-migrate.ts'
import { createSqlStore } from './sql-store.ts'
import type { Store } from './store.ts'

/** What the store uses of the storage of a Durable Object. */
export type ObjectStorage = {
  sql: { exec(sql: string, ...values: SqlValue[]): { toArray(): SqlRow[] } }
  transactionSync<Result>(work: () => Result): Result
}

/**
 * A store in the SQLite database of a Durable Object. The platform holds back a response until the writes before it are
 * durable, so no reader sees an event that could be lost.
 * @throws OpsError `bad_setting` for the database of a newer version
 */
export function openObjectStore(storage: ObjectStorage): Store {
  const db: SqlDatabase = {
    all: (sql, ...values) => storage.sql.exec(sql, ...values).toArray(),
    exec: (sql) => void storage.sql.exec(sql),
    transaction: (work) => storage.transactionSync(work),
  }
  migrate(db, readVersion(db) ?? 0)
  let isClosed = false
  return {
    ...createSqlStore(db),
    // No other process can hold a lock, and the platform resets the object when its disk fails.
    isTemporary: () => false,
    retryMs: 0,
    async check() {
      if (isClosed) throw new Error('The store is closed.')
      writeNothing(db)
    },
    async close() {
      isClosed = true
    },
  }
}
