import type { ThinkingEvent } from '../core/event.ts'
import type { Feedback, Run, RunMessage } from '../core/run.ts'
import { wait } from '../core/wait.ts'
import { Journal } from './journal.ts'
import {
  conversationFromRow,
  eventsFromParts,
  pageFromRows,
  readFilter,
  runFromRow,
} from './rows.ts'
import { type SearchIndex, searchConversations } from './search.ts'
import { type SqlDatabase, write } from './sql-database.ts'
import { SqlDeletion } from './sql-deletion.ts'
import { isOwned, readLastRuns, readMessages, readRuns } from './sql-history.ts'
import { SqlRunWriter } from './sql-run-writer.ts'
import { SqlSearch } from './sql-search.ts'
import { createShare, deleteShare, findShare, findShareOfLink } from './sql-shares.ts'
import type {
  ConversationFilter,
  MessageFilter,
  OwnerStore,
  RunFilter,
  Share,
  Store,
  StoredConversation,
} from './store.ts'

/** The calls of a store that do not depend on the runtime. */
export type SqlStore = Omit<Store, 'isTemporary' | 'retryMs' | 'check' | 'close'>

/** The store over a database whose schema is current. */
export function createSqlStore(db: SqlDatabase): SqlStore {
  const journal = new Journal(db)
  const deletion = new SqlDeletion(db)
  // Not awaited: it may take seconds, and the next start repeats what is left.
  void deletion.finish().catch(() => {})
  return {
    forOwner: (owner) => new SqlOwnerStore(db, journal, owner),
    appendEvents: async (entries) => journal.append(entries),
    listUnfinished: async () => journal.listUnfinished(),
    async addProcess(id, startedAt) {
      db.all('DELETE FROM processes WHERE started_at < ?', startedAt - rememberProcessMs)
      db.all('INSERT INTO processes VALUES (?, ?)', id, startedAt)
    },
    deleteInactive: (before, limit) => deletion.deleteInactive(before, limit),
    findOldest: async () => deletion.findOldest(),
    findShare: async (hash) => findShareOfLink(db, hash),
    knowsProcess: async (id) => db.all('SELECT 1 FROM processes WHERE id = ?', id).length > 0,
  }
}

/** How long a page of an earlier process is recognized. A Durable Object starts several times a day. */
const rememberProcessMs = 30 * 24 * 3_600_000

/** A class: every request creates one, and instances share their methods. */
class SqlOwnerStore implements OwnerStore {
  readonly #db: SqlDatabase
  readonly #owner: string
  readonly #search: SqlSearch
  readonly #writer: SqlRunWriter

  constructor(db: SqlDatabase, journal: Journal, owner: string) {
    this.#db = db
    this.#owner = owner
    this.#search = new SqlSearch(db, owner)
    this.#writer = new SqlRunWriter({ db, journal, search: this.#search, owner })
  }

  async createConversation(conversation: Omit<StoredConversation, 'owner'>) {
    const { id, title, model, createdAt, updatedAt } = conversation
    await write(this.#db, () => {
      this.#db.all(
        'INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?)',
        id,
        this.#owner,
        title,
        model,
        createdAt,
        updatedAt,
      )
      this.#search.addTitle(id, title)
    })
  }

  async findConversation(id: string) {
    const [row] = this.#db.all(
      'SELECT * FROM conversations WHERE id = ? AND owner = ?',
      id,
      this.#owner,
    )
    return row && conversationFromRow(row)
  }

  /** Selects one more than the limit, which shows whether there is a next page. */
  async listConversations(filter: ConversationFilter) {
    const { before, id } = readFilter(filter)
    const rows = this.#db.all(
      `SELECT * FROM conversations WHERE owner = ? AND (? IS NULL OR (updated_at, id) < (?, ?))
       ORDER BY updated_at DESC, id DESC LIMIT ?`,
      this.#owner,
      before,
      before,
      id,
      filter.limit + 1,
    )
    return pageFromRows(rows, filter)
  }

  async searchConversations(query: string, options: { limit: number; signal?: AbortSignal }) {
    const index: SearchIndex = {
      expression: async (words) => this.#search.expression(words),
      candidates: async (expression, below) => this.#search.candidates(expression, below),
      texts: async (conversation, run) =>
        (await this.listMessages(conversation, { runs: [run] })).map(({ content }) => content),
    }
    return await searchConversations(index, query, options)
  }

  async updateConversation(
    id: string,
    { title, model }: { title?: string | undefined; model?: string | undefined },
  ) {
    await write(this.#db, () => {
      const [earlier] = this.#db.all(
        'SELECT title FROM conversations WHERE id = ? AND owner = ?',
        id,
        this.#owner,
      )
      if (earlier === undefined) return
      this.#db.all(
        'UPDATE conversations SET title = coalesce(?, title), model = coalesce(?, model) WHERE id = ?',
        title ?? null,
        model ?? null,
        id,
      )
      if (title !== undefined) this.#search.changeTitle(id, String(earlier.title), title)
    })
  }

  async deleteConversation(id: string) {
    await new SqlDeletion(this.#db).deleteConversation(this.#owner, id)
  }

  async listRuns(conversation: string, filter?: RunFilter) {
    return readRuns(this.#db, { owner: this.#owner, conversation }, filter)
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

  async listLastRuns(conversations: readonly string[]) {
    return readLastRuns(this.#db, this.#owner, conversations)
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

  async listMessages(conversation: string, filter?: MessageFilter) {
    return readMessages(this.#db, { owner: this.#owner, conversation }, filter)
  }

  async listEvents(conversation: string, run: string) {
    const parts = this.#db.all(
      `SELECT events FROM run_events WHERE conversation = ? AND run = ? AND ${isOwned}
       ORDER BY part`,
      conversation,
      run,
      conversation,
      this.#owner,
    )
    const events: ThinkingEvent[] = []
    for (const [index, part] of parts.entries()) {
      // A run of an earlier version may have many MB.
      if (index > 0) await wait(0)
      events.push(...eventsFromParts([part]))
    }
    return events
  }

  async beginRun(conversation: string, question: RunMessage) {
    this.#writer.begin(conversation, question)
  }

  async endRun(
    conversation: string,
    run: Run,
    events: readonly ThinkingEvent[],
    answer?: RunMessage,
  ) {
    this.#writer.end(conversation, run, events, answer)
  }

  async createShare(share: Share) {
    await createShare(this.#db, this.#owner, share)
  }

  async findShare(conversation: string, run: string) {
    return findShare(this.#db, this.#owner, conversation, run)
  }

  async deleteShare(conversation: string, run: string) {
    await deleteShare(this.#db, this.#owner, conversation, run)
  }

  async rateRun(conversation: string, run: string, feedback: Feedback | undefined) {
    await write(this.#db, () =>
      this.#db.all(
        `UPDATE runs SET rating = ?, comment = ? WHERE conversation = ? AND id = ? AND ${isOwned}`,
        feedback?.rating ?? null,
        feedback?.comment ?? null,
        conversation,
        run,
        conversation,
        this.#owner,
      ),
    )
  }
}
