import { wait } from '../core/wait.ts'
import { type SqlDatabase, type SqlValue, write } from './sql-database.ts'
import { SqlSearch } from './sql-search.ts'

/** How long the steps of a deletion may take before other requests are served, in ms. */
const sliceMs = 5
/** Bounds a slice also in a Worker, whose clock stands still while it computes. */
const stepsPerSlice = 50

/** How many entries of the journal one statement reads. It has no index. */
const entriesPerStep = 500

/** Begins the owner of a conversation that is being deleted. No user has such an id. */
const deletedMark = '\u0001'

/** Sorts before every user and after the owners of conversations that are being deleted. */
export const firstOwner = '\u0002'

/**
 * Deletes conversations in small steps, between which other requests are served. The first step takes the conversation from its
 * owner, so that no request sees the others. If the process ends meanwhile, `finish` deletes the rest.
 */
export class SqlDeletion {
  readonly #db: SqlDatabase
  #steps = 0
  #sliceStartMs = performance.now()

  constructor(db: SqlDatabase) {
    this.#db = db
  }

  /** Deletes a conversation of a user. */
  async deleteConversation(owner: string, id: string): Promise<void> {
    if (await this.#delete(owner, id, 'owner = ?', owner)) this.#db.afterDeletion?.()
  }

  /** See `Store.deleteInactive`. */
  async deleteInactive(before: number, limit: number): Promise<number> {
    let deleted = 0
    for (
      let owner = this.#ownerAfter(firstOwner);
      owner !== undefined;
      owner = this.#ownerAfter(owner)
    ) {
      for (const { id } of this.#db.all(
        `SELECT id FROM conversations WHERE owner = ? AND ${isInactive} LIMIT ?`,
        owner,
        before,
        limit - deleted,
      )) {
        if (await this.#delete(owner, String(id), isInactive, before)) deleted += 1
      }
      if (deleted >= limit) break
      await this.#pause()
    }
    if (deleted > 0) this.#db.afterDeletion?.()
    return deleted
  }

  /** Deletes the rest of deletions that were cut off. Call it once, after the database was opened. */
  async finish(): Promise<void> {
    const rest = this.#db.all(
      'SELECT owner, id FROM conversations WHERE owner >= ? AND owner < ?',
      deletedMark,
      firstOwner,
    )
    for (const { owner, id } of rest) {
      await this.#erase(String(owner).slice(deletedMark.length), String(id))
    }
    if (rest.length > 0) this.#db.afterDeletion?.()
  }

  /** See `Store.findOldest`. */
  findOldest(): number | undefined {
    const [row] = this.#db.all(
      'SELECT min(updated_at) AS oldest FROM conversations WHERE owner >= ?',
      firstOwner,
    )
    return typeof row?.oldest === 'number' ? row.oldest : undefined
  }

  /** Deletes a conversation of a user that meets a condition. Resolves with whether it does. */
  async #delete(owner: string, id: string, condition: string, value: SqlValue): Promise<boolean> {
    const hidden = await this.#write(
      `UPDATE conversations SET owner = ? WHERE id = ? AND ${condition} RETURNING id`,
      deletedMark + owner,
      id,
      value,
    )
    if (hidden.length > 0) await this.#erase(owner, id)
    return hidden.length > 0
  }

  /** Each statement deletes at most some MB: the cascade of a whole conversation would take more than 50 ms. */
  async #erase(owner: string, id: string): Promise<void> {
    await this.#eraseEntries(id)
    await this.#repeat(rowsOf('run_events', 4), id)
    // The words of the index are found by their texts.
    const search = new SqlSearch(this.#db, owner)
    while (!(await write(this.#db, () => search.remove(id)))) await this.#pause()
    await this.#repeat(rowsOf('messages', 4), id)
    await this.#repeat(rowsOf('runs', 100), id)
    await this.#write('DELETE FROM conversations WHERE id = ?', id)
  }

  /** Repeats a statement until it deletes nothing. */
  async #repeat(statement: string, id: string): Promise<void> {
    while ((await this.#write(statement, id)).length > 0) await this.#pause()
  }

  /** The journal keeps events of ended runs for some time. */
  async #eraseEntries(id: string): Promise<void> {
    const [row] = this.#db.all('SELECT min(id) AS first, max(id) AS last FROM journal')
    const last = Number(row?.last ?? 0)
    for (let first = Number(row?.first ?? 1); first <= last; first += entriesPerStep) {
      await this.#write(
        'DELETE FROM journal WHERE id >= ? AND id < ? AND conversation = ?',
        first,
        first + entriesPerStep,
        id,
      )
      await this.#pause()
    }
  }

  /** The index of conversations by owner finds it, so that no call reads the whole table. */
  #ownerAfter(owner: string): string | undefined {
    const [row] = this.#db.all(
      'SELECT owner FROM conversations WHERE owner > ? ORDER BY owner LIMIT 1',
      owner,
    )
    return row && String(row.owner)
  }

  #write(statement: string, ...values: SqlValue[]) {
    return write(this.#db, () => this.#db.all(statement, ...values))
  }

  /** Lets other requests run when a slice is over. */
  async #pause(): Promise<void> {
    this.#steps += 1
    if (this.#steps < stepsPerSlice && performance.now() - this.#sliceStartMs < sliceMs) return
    await wait(0)
    this.#steps = 0
    this.#sliceStartMs = performance.now()
  }
}

/** The last question is older than the parameter, and no run is active. */
const isInactive = `updated_at < ? AND NOT EXISTS (
  SELECT 1 FROM runs WHERE conversation = conversations.id AND status = 'running')`

function rowsOf(table: string, limit: number): string {
  return `DELETE FROM ${table} WHERE rowid IN (
    SELECT rowid FROM ${table} WHERE conversation = ? LIMIT ${limit}) RETURNING rowid`
}
