import { Database } from 'bun:sqlite'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { OpsError } from '../core/errors.ts'
import { openSqliteStore, type SqliteStore } from '../storage/sqlite.ts'
import { databaseName, takeFolder, unusable } from './history.ts'

/**
 * Writes a copy of the history into a new file that only its owner can read. It gets its name when it is complete.
 * @throws OpsError `bad_setting` when the file exists or cannot be written
 */
export function backUp(store: SqliteStore, file: string): void {
  const target = resolve(file)
  if (existsSync(target)) {
    throw new OpsError('bad_setting', { message: `${target} exists already. Name a new file.` })
  }
  const partial = `${target}.partial`
  try {
    rmSync(partial, { force: true })
    closeSync(openSync(partial, 'wx', 0o600))
    store.copyTo(partial)
    complete(partial, target)
  } catch (cause) {
    rmSync(partial, { force: true })
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new OpsError('bad_setting', {
      message: `The backup could not be written to ${target} (${reason}).`,
      cause,
    })
  }
}

/** The end of the name that a replaced database gets. */
const replacedSuffix = '.replaced'

/**
 * Replaces the history in a folder by a backup, while no server uses it. Returns where the history before it is, if there was
 * one.
 * @throws OpsError `bad_setting` when a server uses the folder, or the file is no complete history of this version
 */
export async function restore(dataDir: string, file: string): Promise<string | undefined> {
  const source = resolve(file)
  const place = join(resolve(dataDir), databaseName)
  const { unlock } = takeFolder(dataDir)
  const partial = `${place}.partial`
  try {
    if (!existsSync(source)) {
      throw new OpsError('bad_setting', { message: `${source} does not exist.` })
    }
    if (existsSync(`${source}-wal`)) {
      throw new OpsError('bad_setting', {
        message: `${source} is a database in use, because ${source}-wal exists. Restore a file that \`bun run history backup\` has written.`,
      })
    }
    copyFileSync(source, partial)
    chmodSync(partial, 0o600)
    await verify(partial, source)
    const replaced = moveAway(place)
    complete(partial, place)
    return replaced
  } catch (cause) {
    throw unusable(place, cause)
  } finally {
    for (const end of ['', '-wal', '-shm']) rmSync(`${partial}${end}`, { force: true })
    unlock()
  }
}

/** Also migrates the copy, so that an old backup fails now and not at the next start. */
async function verify(copy: string, source: string): Promise<void> {
  try {
    const db = new Database(copy, { readwrite: true })
    const problems = db.query<{ quick_check: string }, []>('PRAGMA quick_check(1)').all()
    const tables = db.query("SELECT 1 FROM sqlite_master WHERE name = 'conversations'").all()
    db.close()
    if (problems[0]?.quick_check !== 'ok') throw new Error(String(problems[0]?.quick_check))
    if (tables.length === 0) throw new Error('it has no conversations table')
    await openSqliteStore(copy).close()
  } catch (cause) {
    if (cause instanceof OpsError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new OpsError('bad_setting', {
      message: `${source} is not a complete history of OpsAgent (${reason}). Nothing was changed.`,
      cause,
    })
  }
}

/** The WAL belongs to its database, so both get the same new name. */
function moveAway(place: string): string | undefined {
  const replaced = `${place}${replacedSuffix}`
  // `takeFolder` has created it.
  if (statSync(place).size === 0) return undefined
  for (const end of ['-wal', '-shm', '']) {
    rmSync(`${replaced}${end}`, { force: true })
    if (existsSync(`${place}${end}`)) renameSync(`${place}${end}`, `${replaced}${end}`)
  }
  return replaced
}

/** Gives a file its name, and waits until both are on the disk. */
function complete(partial: string, target: string): void {
  sync(partial)
  renameSync(partial, target)
  sync(dirname(target))
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}
