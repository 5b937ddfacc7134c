import type { JournalEntry } from '../core/committer.ts'
import { runName } from '../core/run.ts'
import { unfinishedFromRows } from './rows.ts'
import type { SqlDatabase } from './sql-database.ts'
import type { UnfinishedRun } from './store.ts'

/** A Durable Object takes at most 100 parameters per statement. */
const rowsPerStatement = 25

/** The events of active runs. It knows where each run begins, so that it can be trimmed from its old end. */
export class Journal {
  readonly #db: SqlDatabase
  readonly #firstIds = new Map<string, number>()
  /** Logs that have an entry in `#firstIds`: looking up the name costs more. */
  readonly #begun = new WeakSet<JournalEntry['log']>()
  #lastId: number
  #trimmedTo = 0

  constructor(db: SqlDatabase) {
    this.#db = db
    this.#lastId = Number(db.all('SELECT max(id) AS id FROM journal')[0]?.id ?? 0)
    const rows = db.all(
      `SELECT journal.conversation, run, min(journal.id) AS id FROM journal
       JOIN runs ON runs.conversation = journal.conversation AND runs.id = run
       WHERE status = 'running' GROUP BY journal.conversation, run`,
    )
    for (const { conversation, run, id } of rows) {
      this.#firstIds.set(
        runName({ conversation: String(conversation), run: String(run) }),
        Number(id),
      )
    }
  }

  append(entries: readonly JournalEntry[]): void {
    const firstId = this.#lastId + 1
    this.#db.transaction(() => {
      for (let start = 0; start < entries.length; start += rowsPerStatement) {
        const rows = entries.slice(start, start + rowsPerStatement)
        const values = rows.flatMap(({ log: { key }, event }, index) => [
          firstId + start + index,
          key.conversation,
          key.run,
          JSON.stringify(event),
        ])
        this.#db.all(insertStatements[rows.length] ?? insertOf(rows.length), ...values)
      }
    })
    this.#lastId += entries.length
    for (const [index, { log }] of entries.entries()) {
      if (this.#begun.has(log)) continue
      this.#begun.add(log)
      const name = runName(log.key)
      if (!this.#firstIds.has(name)) this.#firstIds.set(name, firstId + index)
    }
  }

  /** See `Store.listUnfinished`. */
  listUnfinished(): UnfinishedRun[] {
    const runs = this.#db.all(
      `SELECT owner, conversation, runs.id AS run, started_at FROM runs
       JOIN conversations ON conversations.id = conversation WHERE status = 'running'`,
    )
    const rows = runs.length === 0 ? [] : this.#db.all('SELECT * FROM journal ORDER BY id')
    return unfinishedFromRows(runs, rows)
  }

  /** Up to which id entries may be deleted when a run ends: those that no active run needs, at most `steps` at once. */
  endOfTrim(ended: string, steps: number): number {
    let end = this.#trimmedTo + steps
    for (const [name, id] of this.#firstIds) if (name !== ended) end = Math.min(end, id)
    return end
  }

  /** Forgets an ended run, after its transaction. */
  forget(ended: string, trimmedTo: number): void {
    this.#firstIds.delete(ended)
    this.#trimmedTo = trimmedTo
  }
}

/** By the number of rows, because a database keeps a prepared statement for each text. */
const insertStatements = Array.from({ length: rowsPerStatement + 1 }, (_, rows) => insertOf(rows))

function insertOf(rows: number): string {
  return `INSERT INTO journal VALUES ${Array(rows).fill('(?, ?, ?, ?)').join(', ')}`
}
