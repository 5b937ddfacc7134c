import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'

const folderMode = 0o700
const fileMode = 0o600
/** A folder that all users share, such as /tmp. */
const stickyBit = 0o1000

/**
 * Creates a folder that only its owner can use, with these files, or corrects their modes. SQLite gives its WAL the mode of
 * the database. Returns a warning when a mode cannot be changed, as on a volume that belongs to another user.
 * @throws Error of the system when something cannot be created
 */
export function makePrivate(
  folder: string,
  files: { create: readonly string[]; correct: readonly string[] },
): string | undefined {
  mkdirSync(folder, { recursive: true, mode: folderMode })
  const isFolderPrivate = correct(folder, folderMode)
  for (const file of files.create) closeSync(openSync(join(folder, file), 'a', fileMode))
  const paths = [...files.create, ...files.correct].map((file) => join(folder, file))
  const open = paths.filter((path) => !correct(path, fileMode))
  if (!isFolderPrivate) open.unshift(folder)
  if (open.length === 0) return undefined
  return `Other users of this machine may be able to read or replace the history, because this process cannot change the mode of ${open.map(described).join(', ')}. Change it to 0700 for the folder and 0600 for files, or set DATA_DIR to a folder that belongs to the user of the server.`
}

/** Returns whether a file has the wanted mode now. */
function correct(path: string, wanted: number): boolean {
  const isWanted = () => (modeOf(path) & 0o777) === wanted
  // Windows has no modes.
  if (process.platform === 'win32' || !existsSync(path) || isWanted()) return true
  if ((modeOf(path) & stickyBit) !== 0) return false
  try {
    chmodSync(path, wanted)
  } catch {
    return false
  }
  // Some file systems ignore the change.
  return isWanted()
}

function described(path: string): string {
  return `${path} (${(modeOf(path) & 0o7777).toString(8).padStart(4, '0')})`
}

function modeOf(path: string): number {
  return statSync(path).mode
}
