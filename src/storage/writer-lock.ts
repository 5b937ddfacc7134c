import { Database } from 'bun:sqlite'
import { OpsError } from '../core/errors.ts'

/**
 * Makes this process the only one that writes into a folder. The returned function releases the lock. It is a lock of
 * SQLite on a file, so the operating system releases it when the process dies.
 * @throws OpsError `bad_setting` while another process holds it
 */
export function takeWriterLock(path: string): () => void {
  const db = new Database(path, { create: true })
  try {
    db.run('PRAGMA busy_timeout = 500')
    db.run('BEGIN EXCLUSIVE')
  } catch (cause) {
    db.close()
    if ((cause as { code?: string }).code !== 'SQLITE_BUSY') throw cause
    const message =
      'Another server already uses this data folder. One folder serves one process, because the process holds the active runs. Stop the other server, or set DATA_DIR to another folder.'
    throw new OpsError('bad_setting', { message, cause })
  }
  return () => db.close()
}
