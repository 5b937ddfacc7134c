import { wait } from '../core/wait.ts'
import type { SqlDatabase } from './sql-database.ts'

/** Deletions within this time share one truncation, in ms. */
const delayMs = 250
/** The pause doubles up to this one while another process reads or writes. */
const longestPauseMs = 10_000

/**
 * Empties the WAL of a SQLite file soon after a deletion, because it has copies of the deleted pages. It is small,
 * because SQLite copies it into the database at every `wal_autocheckpoint` pages.
 */
export class WalTruncation {
  readonly #db: SqlDatabase
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(db: SqlDatabase) {
    this.#db = db
  }

  /** Returns at once. It never throws. */
  request(): void {
    this.#timer ??= setTimeout(() => this.#truncate(delayMs), delayMs)
  }

  /** Call it before the database is closed. The last connection that closes deletes the WAL. */
  close(): void {
    clearTimeout(this.#timer)
  }

  #truncate(pauseMs: number): void {
    this.#timer = undefined
    if (truncateWal(this.#db)) return
    const nextMs = Math.min(2 * pauseMs, longestPauseMs)
    this.#timer = setTimeout(() => this.#truncate(nextMs), pauseMs)
  }
}

/** Empties the WAL, as soon as no other process reads or writes. Resolves with `false` after some seconds. */
export async function emptyWal(db: SqlDatabase): Promise<boolean> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    if (truncateWal(db)) return true
    await wait(attemptMs)
  }
  return false
}

const mostAttempts = 100
const attemptMs = 50

/** Copies the WAL into the database and empties it. Returns `false` while another process reads or writes. */
function truncateWal(db: SqlDatabase): boolean {
  try {
    return db.all('PRAGMA wal_checkpoint(TRUNCATE)')[0]?.busy === 0
  } catch {
    // A full disk, for example. The next attempt may succeed.
    return false
  }
}
