import { Database, SQLiteError } from 'bun:sqlite'
import type { Log } from '../core/log.ts'
import { migrate, readVersion, type SqlDatabase } from './sql-database.ts'
import { createSqlStore } from './sql-store.ts'
import type { Store } from './store.ts'

/**
 * A store in one SQLite file, or in memory for `:memory:`.
 *
 * The journal is a WAL with `synchronous = NORMAL`: a commit survives the end of the process, also after `kill -9`; a
 * power cut may lose the last moments.
 * @param userPrefix for the user ids of 0.1.0, which had none. The local user keeps its id.
 * @throws OpsError `bad_setting` for the file of a newer version; SQLiteError when the file cannot be used
 */
export function openSqliteStore(path: string, log?: Log, userPrefix = ''): Store {
  const file = new Database(path, { create: true, strict: true })
  file.run('PRAGMA journal_mode = WAL')
  file.run('PRAGMA synchronous = NORMAL')
  file.run('PRAGMA foreign_keys = ON')
  // None, because the event loop would wait with it. Failed writes are retried by their callers.
  file.run('PRAGMA busy_timeout = 0')
  const db = adapt(file)
  try {
    const version = versionOf(db)
    if (version === 1) {
      if (userPrefix !== '') prefixOwners(db, userPrefix)
      else if (hasOtherOwners(db)) log?.warn(othersLeft)
    }
    migrate(db, version)
    // 0.1.0 reads this number, and refuses the file instead of damaging it.
    file.run('PRAGMA user_version = 2')
  } catch (error) {
    file.close()
    throw error
  }
  return {
    ...createSqlStore(db),
    isTemporary,
    async check() {
      file.run('BEGIN IMMEDIATE')
      file.run('ROLLBACK')
    },
    close: async () => file.close(),
  }
}

function adapt(file: Database): SqlDatabase {
  return {
    all: (sql, ...values) => file.query<Record<string, unknown>, typeof values>(sql).all(...values),
    exec: (sql) => void file.run(sql),
    // Immediate: a transaction that begins with a read cannot wait for the write lock of another process.
    transaction: (work) => file.transaction(work).immediate(),
  }
}

const othersLeft =
  'The history of 0.1.0 has conversations of users, and AUTH is none. They are kept, but no user can see them. Restore the data folder and start once with the AUTH of 0.1.0.'

function hasOtherOwners(db: SqlDatabase): boolean {
  return db.all("SELECT 1 FROM conversations WHERE owner <> 'local' LIMIT 1").length > 0
}

/** It may run twice, if the update of the schema after it fails. */
function prefixOwners(db: SqlDatabase, prefix: string): void {
  db.all(
    `UPDATE conversations SET owner = ?1 || owner
     WHERE owner <> 'local' AND substr(owner, 1, length(?1)) <> ?1`,
    prefix,
  )
}

/** 0.1.0 counted its steps in `user_version`. */
function versionOf(db: SqlDatabase): number {
  return readVersion(db) ?? Number(db.all('PRAGMA user_version')[0]?.user_version)
}

/** A lock of another process, or a disk that is full or fails for a moment. */
function isTemporary(error: unknown): boolean {
  return error instanceof SQLiteError && /^SQLITE_(BUSY|LOCKED|FULL|IOERR)/.test(error.code ?? '')
}
