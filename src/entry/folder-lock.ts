import { dlopen } from 'bun:ffi'
import { Database } from 'bun:sqlite'
import { closeSync, mkdtempSync, openSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { OpsError } from '../core/errors.ts'

/** The file of the lock. Version 0.1.0 locks it too. */
export const lockFileName = 'opsagent.lock'

/** How long a start waits for the process before it to end, in ms. */
const patienceMs = 500

/**
 * Makes this process the only server of a folder. The returned function releases the lock; the operating system does so when
 * the process dies. There are two locks: one on the folder itself, which holds although files in it are deleted, and one of
 * SQLite on a file, for file systems that cannot lock a folder, such as NFS.
 * @throws OpsError `bad_setting` while another process holds one of them
 */
export function lockFolder(folder: string): () => void {
  const releaseFile = lockFile(join(folder, lockFileName))
  try {
    const releaseFolder = lockItself(folder)
    return () => {
      releaseFolder()
      releaseFile()
    }
  } catch (error) {
    releaseFile()
    throw error
  }
}

function lockFile(path: string): () => void {
  const db = new Database(path, { create: true })
  try {
    db.run(`PRAGMA busy_timeout = ${patienceMs}`)
    db.run('BEGIN EXCLUSIVE')
  } catch (cause) {
    db.close()
    if ((cause as { code?: string }).code !== 'SQLITE_BUSY') throw cause
    throw inUse(cause)
  }
  return () => db.close()
}

function lockItself(folder: string): () => void {
  const flock = loadFlock()
  if (flock === undefined) return () => {}
  const descriptor = openSync(folder, 'r')
  const release = () => closeSync(descriptor)
  const endMs = performance.now() + patienceMs
  while (!flock(descriptor)) {
    if (performance.now() < endMs) {
      Bun.sleepSync(20)
      continue
    }
    release()
    if (canLock(folder, flock)) throw inUse()
    return () => {}
  }
  return release
}

type Flock = (descriptor: number) => boolean

/** Whether folders can be locked here, tried with a new one. The error number of the call cannot be read reliably. */
function canLock(folder: string, flock: Flock): boolean {
  const probe = mkdtempSync(join(folder, 'lock-'))
  const descriptor = openSync(probe, 'r')
  try {
    return flock(descriptor)
  } finally {
    closeSync(descriptor)
    rmdirSync(probe)
  }
}

/** LOCK_EX and LOCK_NB, the same on Linux and macOS. */
const exclusiveAtOnce = 2 | 4

/** The C libraries of glibc, musl and macOS. */
const libraries = [
  'libc.so.6',
  `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`,
  'libSystem.B.dylib',
]

/** `flock` of the C library, because the runtime has no file locks. Undefined on other systems. */
function loadFlock(): Flock | undefined {
  for (const library of libraries) {
    try {
      const { symbols } = dlopen(library, { flock: { args: ['i32', 'i32'], returns: 'i32' } })
      return (descriptor) => symbols.flock(descriptor, exclusiveAtOnce) === 0
    } catch {
      // Another system.
    }
  }
  return undefined
}

function inUse(cause?: unknown): OpsError {
  const message =
    'Another server already uses this data folder. One folder serves one process, because the process holds the active runs. Stop the other server, or set DATA_DIR to another folder.'
  return new OpsError('bad_setting', { message, cause })
}
