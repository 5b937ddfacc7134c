import { Database, SQLiteError } from 'bun:sqlite'
import type { Log } from '../core/log.ts'
import { retryWrite } from '../core/retry-write.ts'
import { countStatement, type Maintenance, sizeFromRows } from './maintenance.ts'
import { type SqlDatabase, writeNothing } from './sql-database.ts'
import { migrate, readVersion, requireCurrentVersion } from './sql-migrate.ts'
import { createSqlStore } from './sql-store.ts'
import type { Store } from './store.ts'
import { emptyWal, WalTruncation } from './wal-truncation.ts'

/** A store in a file, with what its operator may do. */
export type SqliteStore = Store &
  Maintenance & {
    /** Writes a copy, without deleted rows, while other processes read and write. The file must be empty or missing. */
    copyTo(copy: string): void
  }

/**
 * A store in one SQLite file, or in memory for `:memory:`.
 *
 * The journal is a WAL with `synchronous = NORMAL`: a commit survives the end of the process, also after `kill -9`; a
 * power cut may lose the last moments.
 * @param options without `migrate` the file must exist and have the current schema; `log` gets a line if a migration
 * takes long; `userPrefix` is for the user ids of 0.1.0, which had none, except for the local user
 * @throws OpsError `bad_setting` for the file of another version; SQLiteError when the file cannot be used
 */
export function openSqliteStore(
  path: string,
  options: { migrate?: boolean; log?: Log; userPrefix?: string } = {},
): SqliteStore {
  const { migrate: isMigrating = true, log, userPrefix = '' } = options
  const file = new Database(path, { create: isMigrating, readwrite: true, strict: true })
  const db = adapt(file)
  try {
    // Only while the file is opened, because nobody waits for the event loop yet: another process may write at this moment.
    file.run(`PRAGMA busy_timeout = ${openMs}`)
    file.run('PRAGMA journal_mode = WAL')
    file.run('PRAGMA synchronous = NORMAL')
    file.run('PRAGMA foreign_keys = ON')
    // Half of the default: one statement in so many pages copies the WAL into the database, and the event loop waits for the disk.
    file.run('PRAGMA wal_autocheckpoint = 500')
    // Overwrites deleted rows with zeros.
    file.run('PRAGMA secure_delete = ON')
    const version = versionOf(db)
    if (!isMigrating) requireCurrentVersion(version)
    if (version === 1) {
      if (userPrefix !== '') prefixOwners(db, userPrefix)
      else if (hasOtherOwners(db)) log?.warn(othersLeft)
    }
    migrate(db, version, log)
    // 0.1.0 reads this number, and refuses the file instead of damaging it. Every change of it needs the write lock.
    if (fileVersion(db) !== 2) file.run('PRAGMA user_version = 2')
    // None, because the event loop would wait with it. Failed writes are retried.
    file.run('PRAGMA busy_timeout = 0')
  } catch (error) {
    file.close()
    throw error
  }
  const truncation = new WalTruncation(db)
  db.afterDeletion = () => truncation.request()
  return {
    ...createSqlStore(db),
    isTemporary,
    retryMs: 10_000,
    /** A real write, because a full disk and a file that cannot be written are only noticed then. */
    async check() {
      await retryWrite(async () => writeNothing(db), isTemporary, checkMs)
    },
    async size() {
      const [counts] = db.all(countStatement)
      const [bytes] = db.all(
        `SELECT page_count * page_size AS bytes, freelist_count * page_size AS freeBytes
         FROM pragma_page_count(), pragma_page_size(), pragma_freelist_count()`,
      )
      return sizeFromRows(counts, bytes)
    },
    async vacuum() {
      file.run('VACUUM')
      await emptyWal(db)
    },
    purge: () => emptyWal(db),
    copyTo: (copy) => void file.run('VACUUM INTO ?', [copy]),
    async close() {
      truncation.close()
      file.close()
    },
  }
}

/** How long opening waits for the lock of another process. */
const openMs = 5000

/** How long a check waits for the write lock of another process. */
const checkMs = 200

function adapt(file: Database): SqlDatabase {
  return {
    all: (sql, ...values) => file.query<Record<string, unknown>, typeof values>(sql).all(...values),
    exec: (sql) => void file.run(sql),
    // Prepared statements: `Database.transaction` creates functions and parses its statements at each call.
    transaction(work) {
      // Immediate: a transaction that begins with a read cannot wait for the write lock of another process.
      file.query('BEGIN IMMEDIATE').run()
      try {
        const result = work()
        file.query('COMMIT').run()
        return result
      } catch (error) {
        if (file.inTransaction) file.query('ROLLBACK').run()
        throw error
      }
    },
    isBusy: (error) => error instanceof SQLiteError && /^SQLITE_BUSY/.test(error.code ?? ''),
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
  return readVersion(db) ?? fileVersion(db)
}

function fileVersion(db: SqlDatabase): number {
  return Number(db.all('PRAGMA user_version')[0]?.user_version)
}

/** A lock of another process, or a disk that is full or fails for a moment. */
function isTemporary(error: unknown): boolean {
  return error instanceof SQLiteError && /^SQLITE_(BUSY|LOCKED|FULL|IOERR)/.test(error.code ?? '')
}
