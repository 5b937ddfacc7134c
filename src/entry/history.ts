import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { OpsError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { recoverRuns } from '../runs/recover-runs.ts'
import { openSqliteStore } from '../storage/sqlite.ts'
import type { Store } from '../storage/store.ts'
import { takeWriterLock } from '../storage/writer-lock.ts'

/** The history in a folder, which no second server can open meanwhile. */
export type History = { store: Store; path: string; close: () => Promise<void> }

/**
 * Opens the history and ends the runs that a crash cut off. `now` is in ms since 1970.
 * @throws OpsError `bad_setting` when the folder cannot be used
 */
export async function openHistory(dataDir: string, now: number, log: Log): Promise<History> {
  const folder = resolve(dataDir)
  const path = join(folder, 'opsagent.db')
  let unlock = () => {}
  try {
    mkdirSync(folder, { recursive: true })
    unlock = takeWriterLock(join(folder, 'opsagent.lock'))
    const store = openSqliteStore(path)
    await recoverRuns(store, now, log)
    const close = async () => {
      await store.close()
      unlock()
    }
    return { store, path, close }
  } catch (cause) {
    unlock()
    if (cause instanceof OpsError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `The history cannot be opened in ${folder} (${reason}). Set DATA_DIR to a folder that can be written.`
    throw new OpsError('bad_setting', { message, cause })
  }
}
