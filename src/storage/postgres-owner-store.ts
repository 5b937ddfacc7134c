import { OpsError } from '../core/errors.ts'
import type { ThinkingEvent } from '../core/event.ts'
import type { Feedback, Run, RunMessage } from '../core/run.ts'
import { hintChannel, hintPayload } from './postgres-hint.ts'
import { type PostgresPool, type PostgresValue, textArray } from './postgres-pool.ts'
import type { PostgresRunWriter } from './postgres-run-writer.ts'
import { expressionOf, findCandidates } from './postgres-search.ts'
import {
  conversationFromRow,
  eventsFromRows,
  lastRunFromRow,
  messageFromRow,
  pageFromRows,
  readFilter,
  runFromRow,
  shareFromRow,
} from './rows.ts'
import { type SearchIndex, searchConversations } from './search.ts'
import { termsOf } from './search-terms.ts'
import type {
  ConversationFilter,
  MessageFilter,
  OwnerStore,
  RunFilter,
  Share,
  StoredConversation,
} from './store.ts'

/** A condition of every statement on runs, messages and events. `$1` is the owner and `$2` the conversation. */
const isOwned = 'EXISTS (SELECT 1 FROM conversations WHERE id = $2 AND owner = $1)'

/** The history of one user in Postgres. */
export class PostgresOwnerStore implements OwnerStore {
  readonly #pool: PostgresPool
  readonly #writer: PostgresRunWriter
  readonly #owner: string

  constructor(pool: PostgresPool, writer: PostgresRunWriter, owner: string) {
    this.#pool = pool
    this.#writer = writer
    this.#owner = owner
  }

  async createConversation(conversation: Omit<StoredConversation, 'owner'>) {
    const { id, title, model, createdAt, updatedAt } = conversation
    // An attempt may have been stored although its connection was lost.
    await this.#query(
      `WITH created AS (
        INSERT INTO conversations (owner, id, title, model, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING RETURNING id
      )
      INSERT INTO search_texts (conversation, run, words)
      SELECT id, '', array_to_tsvector($7::text[]) FROM created`,
      id,
      title,
      model,
      createdAt,
      updatedAt,
      textArray(termsOf(this.#owner, title)),
    )
  }

  async findConversation(id: string) {
    const [row] = await this.#query('SELECT * FROM conversations WHERE owner = $1 AND id = $2', id)
    return row === undefined ? undefined : conversationFromRow(row)
  }

  /** Selects one more than the limit, which shows whether there is a next page. */
  async listConversations(filter: ConversationFilter) {
    const { before, id } = readFilter(filter)
    const rows = await this.#query(
      `SELECT * FROM conversations
       WHERE owner = $1 AND ($2::bigint IS NULL OR (updated_at, id) < ($2, $3::text))
       ORDER BY updated_at DESC, id DESC LIMIT $4`,
      before,
      id,
      filter.limit + 1,
    )
    return pageFromRows(rows, filter)
  }

  searchConversations(query: string, options: { limit: number; signal?: AbortSignal }) {
    const index: SearchIndex = {
      expression: async (words) => expressionOf(this.#owner, words),
      candidates: (expression, below) => findCandidates(this.#pool, this.#owner, expression, below),
      texts: async (conversation, run) =>
        (await this.listMessages(conversation, { runs: [run] })).map(({ content }) => content),
    }
    return searchConversations(index, query, options)
  }

  async updateConversation(
    id: string,
    { title, model }: { title?: string | undefined; model?: string | undefined },
  ) {
    await this.#query(
      `WITH changed AS (
        UPDATE conversations SET title = coalesce($3, title), model = coalesce($4, model)
        WHERE owner = $1 AND id = $2 RETURNING id
      )
      UPDATE search_texts SET words = array_to_tsvector($5::text[]) FROM changed
      WHERE conversation = changed.id AND run = '' AND $3::text IS NOT NULL`,
      id,
      title ?? null,
      model ?? null,
      textArray(termsOf(this.#owner, title ?? '')),
    )
  }

  async deleteConversation(id: string) {
    await this.#query(
      `WITH deleted AS (DELETE FROM conversations WHERE owner = $1 AND id = $2 RETURNING id)
       SELECT pg_notify('${hintChannel}', $3) FROM deleted`,
      id,
      hintPayload({ type: 'deleted', conversation: id }),
    )
  }

  async listRuns(conversation: string, { last, before }: RunFilter = {}) {
    const rows = await this.#query(
      `SELECT * FROM runs
       WHERE conversation = $2 AND ${isOwned} AND ($3::text IS NULL OR
         number < (SELECT number FROM runs WHERE conversation = $2 AND id = $3))
       ORDER BY number DESC LIMIT $4`,
      conversation,
      before ?? null,
      last ?? null,
    )
    return rows.map(runFromRow).reverse()
  }

  async findRun(conversation: string, run: string) {
    const [row] = await this.#query(
      `SELECT * FROM runs WHERE conversation = $2 AND id = $3 AND ${isOwned}`,
      conversation,
      run,
    )
    return row === undefined ? undefined : runFromRow(row)
  }

  async listLastRuns(conversations: readonly string[]) {
    const rows = await this.#query(
      `SELECT DISTINCT ON (conversation) conversation, runs.id, status
       FROM runs JOIN conversations ON conversations.id = conversation
       WHERE owner = $1 AND conversation = ANY ($2::text[])
       ORDER BY conversation, number DESC`,
      textArray(conversations),
    )
    return rows.map(lastRunFromRow)
  }

  async findRunAfter(conversation: string, run: string) {
    const [row] = await this.#query(
      `SELECT * FROM runs WHERE conversation = $2 AND ${isOwned}
         AND number > coalesce((SELECT number FROM runs WHERE conversation = $2 AND id = $3), 0)
       ORDER BY number LIMIT 1`,
      conversation,
      run,
    )
    return row === undefined ? undefined : runFromRow(row)
  }

  async listMessages(conversation: string, { runs, last }: MessageFilter = {}) {
    const rows = await this.#query(
      `SELECT messages.*, evidence FROM messages LEFT JOIN evidence ON message = id
       WHERE conversation = $2 AND ${isOwned} AND ($3::text IS NULL OR
         run IN (SELECT json_array_elements_text($3::json)))
       ORDER BY number DESC LIMIT $4`,
      conversation,
      runs === undefined ? null : JSON.stringify(runs),
      last ?? null,
    )
    return rows.map(messageFromRow).reverse()
  }

  async listEvents(conversation: string, run: string) {
    return eventsFromRows(
      await this.#query(
        `SELECT event FROM events JOIN runs ON number = run
         WHERE conversation = $2 AND id = $3 AND ${isOwned} ORDER BY seq`,
        conversation,
        run,
      ),
    )
  }

  beginRun(conversation: string, question: RunMessage) {
    return this.#writer.begin({ owner: this.#owner, conversation }, question)
  }

  endRun(conversation: string, run: Run, events: readonly ThinkingEvent[], answer?: RunMessage) {
    const key = { owner: this.#owner, conversation, run: run.id }
    return this.#writer.end(key, run, events, answer)
  }

  async createShare({ conversation, run, hash, expiresAt }: Share) {
    const created = await this.#query(
      `INSERT INTO shares (hash, conversation, run, expires_at)
       SELECT $4, conversation, id, $5 FROM runs WHERE conversation = $2 AND id = $3 AND ${isOwned}
       ON CONFLICT (conversation, run) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at
       RETURNING hash`,
      conversation,
      run,
      hash,
      expiresAt,
    )
    if (created.length === 0) throw new OpsError('not_found')
  }

  async findShare(conversation: string, run: string) {
    const [row] = await this.#query(
      `SELECT * FROM shares WHERE conversation = $2 AND run = $3 AND ${isOwned}`,
      conversation,
      run,
    )
    return row === undefined ? undefined : shareFromRow(row)
  }

  async deleteShare(conversation: string, run: string) {
    await this.#query(
      `DELETE FROM shares WHERE conversation = $2 AND run = $3 AND ${isOwned}`,
      conversation,
      run,
    )
  }

  async rateRun(conversation: string, run: string, feedback: Feedback | undefined) {
    await this.#query(
      `UPDATE runs SET rating = $4, comment = $5
       WHERE conversation = $2 AND id = $3 AND ${isOwned}`,
      conversation,
      run,
      feedback?.rating ?? null,
      feedback?.comment ?? null,
    )
  }

  /** Runs a statement whose `$1` is the owner. Each can be repeated. */
  #query(text: string, ...values: PostgresValue[]): Promise<unknown[]> {
    return this.#pool.query(text, [this.#owner, ...values])
  }
}
