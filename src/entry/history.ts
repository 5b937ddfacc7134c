import { join, resolve } from 'node:path'
import type { Config } from '../config.ts'
import { OpsError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { userPrefix } from '../http/identity/identity.ts'
import { recoverRuns } from '../runs/interrupt-run.ts'
import { describeDatabase, openPostgresStore } from '../storage/postgres.ts'
import { openSqliteStore } from '../storage/sqlite.ts'
import type { Store } from '../storage/store.ts'
import { lockFileName, lockFolder } from './folder-lock.ts'
import { watchOpenFile } from './open-file.ts'
import { makePrivate } from './private-files.ts'

/** An open history. `place` is the path of a file, or the host and name of a database. */
export type History = { store: Store; place: string; close: () => Promise<void> }

/**
 * Opens the history: in Postgres, which other processes share, or in a folder, which no second server can open meanwhile.
 * In a folder it also ends the runs that a crash cut off. `now` is in ms since 1970.
 * @throws OpsError `bad_setting` when it cannot be used
 */
export async function openHistory(settings: Config, now: number, log: Log): Promise<History> {
  const { databaseUrl, databaseConnections, migrate, leaseSeconds } = settings
  if (databaseUrl === undefined) return openFolder(settings, now, log)
  const store = await openPostgresStore(databaseUrl, {
    migrate: migrate === 'on',
    leaseMs: leaseSeconds * 1000,
    connections: databaseConnections,
  })
  return { store, place: `Postgres, ${describeDatabase(databaseUrl)}`, close: store.close }
}

/** The database in a data folder. */
export const databaseName = 'opsagent.db'

async function openFolder(settings: Config, now: number, log: Log): Promise<History> {
  const folder = resolve(settings.dataDir)
  const place = join(folder, databaseName)
  const { unlock, warning } = takeFolder(settings.dataDir)
  if (warning !== undefined) log.warn(warning)
  let store: Store | undefined
  const close = async () => {
    await store?.close()
    unlock()
  }
  try {
    const opened = openSqliteStore(place, { log, userPrefix: userPrefix(settings) })
    const checkFile = watchOpenFile(place)
    const check = async () => {
      checkFile()
      await opened.check()
    }
    store = { ...opened, check }
    await recoverRuns(store, now, log)
    return { store, place, close }
  } catch (cause) {
    await close()
    throw unusable(place, cause)
  }
}

/**
 * Creates a data folder if necessary, makes it private and locks it. `warning` says what could not be made private.
 * @throws OpsError `bad_setting` when the folder cannot be used, or another process has locked it
 */
export function takeFolder(dataDir: string): { unlock: () => void; warning: string | undefined } {
  const folder = resolve(dataDir)
  try {
    const warning = makePrivate(folder, {
      create: [databaseName, lockFileName],
      correct: [`${databaseName}-wal`, `${databaseName}-shm`, `${lockFileName}-journal`],
    })
    return { unlock: lockFolder(folder), warning }
  } catch (cause) {
    throw unusable(join(folder, databaseName), cause)
  }
}

/** Why a database cannot be used, with what to do. The codes are those of SQLite and of the system. */
const reasons: readonly [codes: RegExp, reason: string][] = [
  [
    /^SQLITE_(CORRUPT|NOTADB)/,
    'The database is damaged. Stop every program that uses it and restore a backup with `bun run history restore FILE`, or move the file away to begin an empty history.',
  ],
  [
    /^(SQLITE_FULL|ENOSPC|EDQUOT)/,
    'The disk is full. Free some space, or set DATA_DIR to a folder on another disk.',
  ],
  [
    /^(SQLITE_(CANTOPEN|READONLY|PERM|AUTH)|EACCES|EPERM|EROFS|ENOTDIR|EEXIST|EISDIR|ENOENT)/,
    'This process may not write there. Give the user of the server the folder and its files, or set DATA_DIR to a folder that can be written.',
  ],
  [
    /^(SQLITE_(BUSY|LOCKED))/,
    'Another program has locked the database. Close it, then start again.',
  ],
  [/^(SQLITE_IOERR|EIO)/, 'The disk reports an error. Check it, and the log of the system.'],
]

/** An error of opening or reading a database as a sentence for the operator. */
export function unusable(place: string, cause: unknown): OpsError {
  if (cause instanceof OpsError) return cause
  const { code = '' } = cause as { code?: string }
  const detail = cause instanceof Error ? cause.message : String(cause)
  const reason =
    reasons.find(([codes]) => codes.test(code))?.[1] ?? 'Set DATA_DIR to another folder.'
  const message = `The history cannot be opened in ${place} (${detail}). ${reason}`
  return new OpsError('bad_setting', { message, cause })
}
