import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'

const folderMode = 0o700
const fileMode = 0o600
/** A folder that all users share, such as /tmp. */
const stickyBit = 0o1000

/**
 * Creates a folder that only its owner can use, with these files, or corrects their modes. SQLite gives its WAL the mode of
 * the database. Returns a warning for each one whose mode cannot be changed, as with a volume that belongs to another user.
 * @throws Error of the system when something cannot be created
 */
export function makePrivate(
  folder: string,
  files: { create: readonly string[]; correct: readonly string[] },
): string[] {
  mkdirSync(folder, { recursive: true, mode: folderMode })
  const warnings = correct(folder, folderMode)
  for (const file of files.create) closeSync(openSync(join(folder, file), 'a', fileMode))
  for (const file of [...files.create, ...files.correct]) {
    warnings.push(...correct(join(folder, file), fileMode))
  }
  return warnings
}

function correct(path: string, wanted: number): string[] {
  // Windows has no modes.
  if (process.platform === 'win32') return []
  const mode = modeOf(path)
  if (mode === undefined || (mode & 0o777) === wanted) return []
  if ((mode & stickyBit) === 0) {
    try {
      chmodSync(path, wanted)
    } catch {
      // The mode is read again.
    }
  }
  const changed = modeOf(path) ?? wanted
  if ((changed & 0o777) === wanted) return []
  return [
    `Other users of this machine may be able to read the history: ${path} has mode ${octal(changed)} instead of ${octal(wanted)}, and this process cannot change it. Change it yourself, or set DATA_DIR to a folder that belongs to the user of the server.`,
  ]
}

function modeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mode
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0')
}
