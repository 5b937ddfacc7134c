import { OpsError } from '../core/errors.ts'
import type { ThinkingEvent } from '../core/event.ts'
import { type Run, type RunMessage, runName } from '../core/run.ts'
import type { Journal } from './journal.ts'
import { partsOfEvents } from './rows.ts'
import type { SqlDatabase } from './sql-database.ts'
import { isOwned } from './sql-history.ts'
import type { SqlSearch } from './sql-search.ts'

/** The transactions that begin and end the runs of one user, in SQLite and in Durable Objects. */
export class SqlRunWriter {
  readonly #db: SqlDatabase
  readonly #journal: Journal
  readonly #search: SqlSearch
  readonly #owner: string

  constructor(parts: { db: SqlDatabase; journal: Journal; search: SqlSearch; owner: string }) {
    this.#db = parts.db
    this.#journal = parts.journal
    this.#search = parts.search
    this.#owner = parts.owner
  }

  /** See `OwnerStore.beginRun`. */
  begin(conversation: string, question: RunMessage): void {
    this.#db.transaction(() => {
      const begun = this.#db.all(
        `INSERT INTO runs (conversation, id, status, started_at)
         SELECT ?, ?, 'running', ? WHERE ${isOwned} RETURNING id`,
        conversation,
        question.run,
        question.createdAt,
        conversation,
        this.#owner,
      )
      if (begun.length === 0) throw new OpsError('not_found')
      this.#insertMessage(conversation, question)
      this.#db.all(
        'UPDATE conversations SET updated_at = ? WHERE id = ?',
        question.createdAt,
        conversation,
      )
    })
  }

  /** See `OwnerStore.endRun`. */
  end(conversation: string, run: Run, events: readonly ThinkingEvent[], answer?: RunMessage): void {
    const { id, status, finishedAt = null, code = null, error = null, counts = null } = run
    const name = runName({ conversation, run: id })
    // Twice the events of the run, so that the journal shrinks faster than it grows.
    const trimTo = this.#journal.endOfTrim(name, 2 * events.length + 100)
    this.#db.transaction(() => {
      const ended = this.#db.all(
        `UPDATE runs SET status = ?, finished_at = ?, code = ?, error = ?, counts = ?
         WHERE conversation = ? AND id = ? AND ${isOwned} RETURNING id`,
        status,
        finishedAt,
        code,
        error,
        counts && JSON.stringify(counts),
        conversation,
        id,
        conversation,
        this.#owner,
      )
      if (ended.length === 0) return
      for (const [part, text] of partsOfEvents(events).entries()) {
        this.#db.all(
          'INSERT OR REPLACE INTO run_events VALUES (?, ?, ?, ?)',
          conversation,
          id,
          part,
          text,
        )
      }
      if (answer !== undefined) this.#insertMessage(conversation, answer)
      this.#db.all('DELETE FROM journal WHERE id < ?', trimTo)
    })
    this.#journal.forget(name, trimTo)
  }

  #insertMessage(conversation: string, message: RunMessage): void {
    const { id, run, role, content, createdAt, evidence } = message
    this.#db.all(
      `INSERT INTO messages (id, conversation, run, role, content, created_at, evidence)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      id,
      conversation,
      run,
      role,
      content,
      createdAt,
      evidence === undefined ? null : JSON.stringify(evidence),
    )
    this.#search.add(conversation, run, content)
  }
}
