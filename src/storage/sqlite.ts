import { Database } from 'bun:sqlite'
import { OpsError } from '../core/errors.ts'
import type { ThinkingEvent } from '../core/event.ts'
import type { Run, RunKey, RunMessage } from '../core/run.ts'
import { migrations } from './migrations.ts'
import { conversationFromRow, eventsFromRows, messageFromRow, runFromRow } from './rows.ts'
import type { ConversationFilter, OwnerStore, Store, StoredConversation } from './store.ts'

/**
 * A store in one SQLite file, or in memory for `:memory:`.
 *
 * The journal is a WAL with `synchronous = NORMAL`: a commit survives the end of the process, also after `kill -9`; a
 * power cut may lose the last moments.
 */
export function openSqliteStore(path: string): Store {
  const db = new Database(path, { create: true, strict: true })
  db.run('PRAGMA journal_mode = WAL')
  db.run('PRAGMA synchronous = NORMAL')
  db.run('PRAGMA foreign_keys = ON')
  // Short, because the event loop waits with it. Failed writes are retried by their callers.
  db.run('PRAGMA busy_timeout = 200')
  migrate(db)
  return {
    forOwner: (owner) => new SqliteOwnerStore(db, owner),
    listRunning: async () =>
      db
        .query<RunKey, []>(
          `SELECT owner, conversation, runs.id AS run FROM runs
           JOIN conversations ON conversations.id = conversation WHERE status = 'running'`,
        )
        .all(),
    async addProcess(id, startedAt) {
      db.query('INSERT INTO processes VALUES (?, ?)').run(id, startedAt)
    },
    knowsProcess: async (id) => db.query('SELECT 1 FROM processes WHERE id = ?').get(id) !== null,
    async check() {
      db.run('BEGIN IMMEDIATE')
      db.run('ROLLBACK')
    },
    close: async () => db.close(),
  }
}

function migrate(db: Database): void {
  const { user_version: version = 0 } =
    db.query<{ user_version: number }, []>('PRAGMA user_version').get() ?? {}
  if (version > migrations.length) {
    throw new OpsError('bad_setting', {
      message:
        'The history was written by a newer version of OpsAgent. Start that version, or set DATA_DIR to another folder.',
    })
  }
  db.transaction(() => {
    for (const step of migrations.slice(version)) db.run(step)
    db.run(`PRAGMA user_version = ${migrations.length}`)
  })()
}

/**
 * A condition of every statement on runs, messages and events. Their first two parameters are the conversation and the
 * owner.
 */
const isOwned = 'EXISTS (SELECT 1 FROM conversations WHERE id = ?1 AND owner = ?2)'

/** A class, because every request makes one: its calls are shared. */
class SqliteOwnerStore implements OwnerStore {
  readonly #db: Database
  readonly #owner: string

  constructor(db: Database, owner: string) {
    this.#db = db
    this.#owner = owner
  }

  async createConversation(conversation: Omit<StoredConversation, 'owner'>) {
    const { id, title, model, createdAt, updatedAt } = conversation
    this.#db
      .query('INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?)')
      .run(id, this.#owner, title, model, createdAt, updatedAt)
  }

  async findConversation(id: string) {
    const row = this.#db
      .query('SELECT * FROM conversations WHERE id = ? AND owner = ?')
      .get(id, this.#owner)
    return row === null ? undefined : conversationFromRow(row)
  }

  /** Selects one more than the limit, which shows whether there is a next page. */
  async listConversations({ query, limit, cursor }: ConversationFilter) {
    const [, before, id] = /^(\d{1,15})\.(.{1,64})$/.exec(cursor ?? '') ?? []
    const rows = this.#db
      .query(
        `SELECT * FROM conversations c
         WHERE owner = $owner
           AND ($before IS NULL OR (updated_at, id) < ($before, $id))
           AND ($pattern IS NULL OR title LIKE $pattern ESCAPE '\\' OR EXISTS (
             SELECT 1 FROM messages WHERE conversation = c.id AND content LIKE $pattern ESCAPE '\\'))
         ORDER BY updated_at DESC, id DESC LIMIT $limit`,
      )
      .all({
        owner: this.#owner,
        before: before === undefined ? null : Number(before),
        id: id ?? null,
        pattern: query ? `%${query.replace(/[\\%_]/g, '\\$&')}%` : null,
        limit: limit + 1,
      })
    const conversations = rows.slice(0, limit).map(conversationFromRow)
    const last = conversations.at(-1)
    const hasMore = rows.length > limit && last !== undefined
    return { conversations, ...(hasMore && { nextCursor: `${last.updatedAt}.${last.id}` }) }
  }

  async updateConversation(
    id: string,
    { title, model }: { title?: string | undefined; model?: string | undefined },
  ) {
    this.#db
      .query(
        `UPDATE conversations SET title = coalesce(?, title), model = coalesce(?, model)
         WHERE id = ? AND owner = ?`,
      )
      .run(title ?? null, model ?? null, id, this.#owner)
  }

  async deleteConversation(id: string) {
    this.#db.query('DELETE FROM conversations WHERE id = ? AND owner = ?').run(id, this.#owner)
  }

  async listRuns(conversation: string) {
    return this.#db
      .query(`SELECT * FROM runs WHERE conversation = ?1 AND ${isOwned} ORDER BY rowid`)
      .all(conversation, this.#owner)
      .map(runFromRow)
  }

  async findRun(conversation: string, run: string) {
    const row = this.#db
      .query(`SELECT * FROM runs WHERE conversation = ?1 AND id = ?3 AND ${isOwned}`)
      .get(conversation, this.#owner, run)
    return row === null ? undefined : runFromRow(row)
  }

  async listMessages(conversation: string, filter: { run?: string; last?: number } = {}) {
    const { run = null, last = -1 } = filter
    return this.#db
      .query(
        `SELECT * FROM messages
         WHERE conversation = ?1 AND (?3 IS NULL OR run = ?3) AND ${isOwned}
         ORDER BY rowid DESC LIMIT ?4`,
      )
      .all(conversation, this.#owner, run, last)
      .map(messageFromRow)
      .reverse()
  }

  async beginRun(conversation: string, question: RunMessage) {
    this.#db.transaction(() => {
      const { changes } = this.#db
        .query(
          `INSERT INTO runs (conversation, id, status, started_at)
           SELECT ?1, ?3, 'running', ?4 WHERE ${isOwned}`,
        )
        .run(conversation, this.#owner, question.run, question.createdAt)
      if (changes === 0) throw new OpsError('not_found')
      this.#insertMessage(conversation, question)
      this.#db
        .query('UPDATE conversations SET updated_at = ? WHERE id = ?')
        .run(question.createdAt, conversation)
    })()
  }

  async endRun(conversation: string, run: Run, answer?: RunMessage) {
    const { id, status, finishedAt = null, code = null, error = null } = run
    this.#db.transaction(() => {
      const { changes } = this.#db
        .query(
          `UPDATE runs SET status = ?4, finished_at = ?5, code = ?6, error = ?7
           WHERE conversation = ?1 AND id = ?3 AND ${isOwned}`,
        )
        .run(conversation, this.#owner, id, status, finishedAt, code, error)
      if (changes > 0 && answer !== undefined) this.#insertMessage(conversation, answer)
    })()
  }

  async listEvents(conversation: string, run: string) {
    return eventsFromRows(
      this.#db
        .query(
          `SELECT event FROM events WHERE conversation = ?1 AND run = ?3 AND ${isOwned}
           ORDER BY seq`,
        )
        .all(conversation, this.#owner, run),
    )
  }

  appendEvent(conversation: string, run: string, event: ThinkingEvent) {
    const { changes } = this.#db
      .query(`INSERT INTO events SELECT ?1, ?3, ?4, ?5 WHERE ${isOwned}`)
      .run(conversation, this.#owner, run, event.seq, JSON.stringify(event))
    if (changes === 0) throw new OpsError('not_found')
  }

  forgetEvents(conversation: string, run: string, upToSeq: number) {
    this.#db
      .query(`DELETE FROM events WHERE conversation = ?1 AND run = ?3 AND seq <= ?4 AND ${isOwned}`)
      .run(conversation, this.#owner, run, upToSeq)
  }

  #insertMessage(conversation: string, { id, run, role, content, createdAt }: RunMessage) {
    this.#db
      .query('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)')
      .run(id, conversation, run, role, content, createdAt)
  }
}
