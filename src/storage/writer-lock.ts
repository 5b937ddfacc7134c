import { Database } from 'bun:sqlite'
import { OpsError } from '../core/errors.ts'

/**
 * Makes this process the one that writes into a folder; the returned function gives that up. The lock is SQLite's own,
 * so the system lets go of it when the process dies, however it dies.
 * @throws OpsError `bad_setting` while another process holds it.
 */
export function takeWriterLock(path: string): () => void {
  const db = new Database(path, { create: true })
  try {
    db.run('PRAGMA busy_timeout = 500')
    db.run('BEGIN EXCLUSIVE')
  } catch (cause) {
    db.close()
    if ((cause as { code?: string }).code !== 'SQLITE_BUSY') throw cause
    const message = `Another server already uses this data folder, and there is one process by design: it holds the runs that readers follow. Stop the other one, or set DATA_DIR to another folder.`
    throw new OpsError('bad_setting', { message, cause })
  }
  return () => db.close()
}
