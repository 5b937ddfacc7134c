import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Config } from '../config.ts'
import { OpsError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { userPrefix } from '../http/identity/identity.ts'
import { recoverRuns } from '../runs/interrupt-run.ts'
import { describeDatabase, openPostgresStore } from '../storage/postgres.ts'
import { openSqliteStore } from '../storage/sqlite.ts'
import type { Store } from '../storage/store.ts'
import { takeWriterLock } from '../storage/writer-lock.ts'

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

async function openFolder(settings: Config, now: number, log: Log): Promise<History> {
  const folder = resolve(settings.dataDir)
  const place = join(folder, 'opsagent.db')
  let unlock = () => {}
  try {
    mkdirSync(folder, { recursive: true })
    unlock = takeWriterLock(join(folder, 'opsagent.lock'))
    const store = openSqliteStore(place, log, userPrefix(settings))
    await recoverRuns(store, now, log)
    const close = async () => {
      await store.close()
      unlock()
    }
    return { store, place, close }
  } catch (cause) {
    unlock()
    if (cause instanceof OpsError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `The history cannot be opened in ${folder} (${reason}). Set DATA_DIR to a folder that can be written.`
    throw new OpsError('bad_setting', { message, cause })
  }
}
