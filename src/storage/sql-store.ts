import { OpsError } from '../core/errors.ts'
import type { ThinkingEvent } from '../core/event.ts'
import { type Run, type RunMessage, runName } from '../core/run.ts'
import { Journal } from './journal.ts'
import {
  conversationFromRow,
  eventsFromParts,
  messageFromRow,
  pageFromRows,
  partsOfEvents,
  readFilter,
  runFromRow,
  unfinishedFromRows,
} from './rows.ts'
import type { SqlDatabase } from './sql-database.ts'
import type { ConversationFilter, OwnerStore, Store, StoredConversation } from './store.ts'

/** The calls of a store that do not depend on the runtime. */
export type SqlStore = Omit<Store, 'isTemporary' | 'check' | 'close'>

/** The store over a database whose schema is current. */
export function createSqlStore(db: SqlDatabase): SqlStore {
  const journal = new Journal(db)
  return {
    forOwner: (owner) => new SqlOwnerStore(db, journal, owner),
    appendEvents: async (entries) => journal.append(entries),
    async listUnfinished() {
      const runs = db.all(
        `SELECT owner, conversation, runs.id AS run, started_at FROM runs
         JOIN conversations ON conversations.id = conversation WHERE status = 'running'`,
      )
      const rows = runs.length === 0 ? [] : db.all('SELECT * FROM journal ORDER BY id')
      return unfinishedFromRows(runs, rows)
    },
    async addProcess(id, startedAt) {
      db.all('DELETE FROM processes WHERE started_at < ?', startedAt - rememberProcessMs)
      db.all('INSERT INTO processes VALUES (?, ?)', id, startedAt)
    },
    knowsProcess: async (id) => db.all('SELECT 1 FROM processes WHERE id = ?', id).length > 0,
  }
}

/** How long a page of an earlier process is recognized. A Durable Object starts several times a day. */
const rememberProcessMs = 30 * 24 * 3_600_000

/** A condition of every statement on runs, messages and events. Its two parameters are the conversation and the owner. */
const isOwned = 'EXISTS (SELECT 1 FROM conversations WHERE id = ? AND owner = ?)'

/** A class: every request creates one, and instances share their methods. */
class SqlOwnerStore implements OwnerStore {
  readonly #db: SqlDatabase
  readonly #journal: Journal
  readonly #owner: string

  constructor(db: SqlDatabase, journal: Journal, owner: string) {
    this.#db = db
    this.#journal = journal
    this.#owner = owner
  }

  async createConversation(conversation: Omit<StoredConversation, 'owner'>) {
    const { id, title, model, createdAt, updatedAt } = conversation
    this.#db.all(
      'INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?)',
      id,
      this.#owner,
      title,
      model,
      createdAt,
      updatedAt,
    )
  }

  async findConversation(id: string) {
    const [row] = this.#db.all(
      'SELECT * FROM conversations WHERE id = ? AND owner = ?',
      id,
      this.#owner,
    )
    return row && conversationFromRow(row)
  }

  /**
   * Selects one more than the limit, which shows whether there is a next page. `instr`, because a Durable Object takes at
   * most 50 bytes as a pattern of LIKE.
   */
  async listConversations(filter: ConversationFilter) {
    const { before, id, query } = readFilter(filter)
    const rows = this.#db.all(
      `SELECT * FROM conversations c
       WHERE owner = ?
         AND (? IS NULL OR (updated_at, id) < (?, ?))
         AND (? IS NULL OR instr(lower(title), lower(?)) OR EXISTS (
           SELECT 1 FROM messages WHERE conversation = c.id AND instr(lower(content), lower(?))))
       ORDER BY updated_at DESC, id DESC LIMIT ?`,
      this.#owner,
      before,
      before,
      id,
      query,
      query,
      query,
      filter.limit + 1,
    )
    return pageFromRows(rows, filter)
  }

  async updateConversation(
    id: string,
    { title, model }: { title?: string | undefined; model?: string | undefined },
  ) {
    this.#db.all(
      `UPDATE conversations SET title = coalesce(?, title), model = coalesce(?, model)
       WHERE id = ? AND owner = ?`,
      title ?? null,
      model ?? null,
      id,
      this.#owner,
    )
  }

  async deleteConversation(id: string) {
    this.#db.all('DELETE FROM conversations WHERE id = ? AND owner = ?', id, this.#owner)
  }

  async listRuns(conversation: string) {
    return this.#db
      .all(
        `SELECT * FROM runs WHERE conversation = ? AND ${isOwned} ORDER BY rowid`,
        conversation,
        conversation,
        this.#owner,
      )
      .map(runFromRow)
  }

  async findRun(conversation: string, run: string) {
    const [row] = this.#db.all(
      `SELECT * FROM runs WHERE conversation = ? AND id = ? AND ${isOwned}`,
      conversation,
      run,
      conversation,
      this.#owner,
    )
    return row && runFromRow(row)
  }

  async findRunAfter(conversation: string, run: string) {
    const [row] = this.#db.all(
      `SELECT * FROM runs WHERE conversation = ? AND ${isOwned}
         AND rowid > coalesce((SELECT rowid FROM runs WHERE conversation = ? AND id = ?), 0)
       ORDER BY rowid LIMIT 1`,
      conversation,
      conversation,
      this.#owner,
      conversation,
      run,
    )
    return row && runFromRow(row)
  }

  async listMessages(conversation: string, filter: { run?: string; last?: number } = {}) {
    const { run = null, last = -1 } = filter
    return this.#db
      .all(
        `SELECT * FROM messages
         WHERE conversation = ? AND (? IS NULL OR run = ?) AND ${isOwned}
         ORDER BY rowid DESC LIMIT ?`,
        conversation,
        run,
        run,
        conversation,
        this.#owner,
        last,
      )
      .map(messageFromRow)
      .reverse()
  }

  async listEvents(conversation: string, run: string) {
    return eventsFromParts(
      this.#db.all(
        `SELECT events FROM run_events WHERE conversation = ? AND run = ? AND ${isOwned}
         ORDER BY part`,
        conversation,
        run,
        conversation,
        this.#owner,
      ),
    )
  }

  async beginRun(conversation: string, question: RunMessage) {
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

  async endRun(
    conversation: string,
    run: Run,
    events: readonly ThinkingEvent[],
    answer?: RunMessage,
  ) {
    const { id, status, finishedAt = null, code = null, error = null } = run
    const name = runName({ conversation, run: id })
    // Twice the events of the run, so that the journal shrinks faster than it grows.
    const trimTo = this.#journal.endOfTrim(name, 2 * events.length + 100)
    this.#db.transaction(() => {
      const ended = this.#db.all(
        `UPDATE runs SET status = ?, finished_at = ?, code = ?, error = ?
         WHERE conversation = ? AND id = ? AND ${isOwned} RETURNING id`,
        status,
        finishedAt,
        code,
        error,
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

  #insertMessage(conversation: string, { id, run, role, content, createdAt }: RunMessage) {
    this.#db.all(
      'INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)',
      id,
      conversation,
      run,
      role,
      content,
      createdAt,
    )
  }
}
