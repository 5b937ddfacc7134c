import { z } from 'zod'
import type { JournalEntry } from '../core/committer.ts'
import { OpsError } from '../core/errors.ts'
import type { ThinkingEvent } from '../core/event.ts'
import type { ConversationKey } from '../core/registry.ts'
import { type Run, type RunKey, type RunMessage, runName } from '../core/run.ts'
import { LeaseLostError } from './postgres-error.ts'
import { hintChannel, hintPayload } from './postgres-hint.ts'
import { numberArray, type PostgresPool, textArray } from './postgres-pool.ts'
import { termsOf } from './search-terms.ts'

/**
 * The row of this process, if its lease was not taken. The lock delays a process that takes the lease until this
 * statement has committed; after that, nothing is written.
 */
const thisProcess = `this_process AS MATERIALIZED (
  SELECT id FROM processes WHERE id = $1 AND NOT lost FOR SHARE
)`

const count = z.object({ count: z.coerce.number() })
const begunRow = z.object({ number: z.coerce.number() })
const stateRow = z.object({ status: z.string(), finished_at: z.coerce.number().nullable() })

/** A run of this process that is stored as running. */
type OwnRun = { number: number; lastSeq: number }

/**
 * The statements of this process that write runs. Each is one transaction and sends one hint. Each can be repeated: an
 * attempt may have been stored although its connection was lost. None writes after the lease was lost.
 */
export class PostgresRunWriter {
  readonly #pool: PostgresPool
  readonly #processId: () => string
  readonly #own = new Map<string, OwnRun>()

  /** @param processId the current id of this process */
  constructor(pool: PostgresPool, processId: () => string) {
    this.#pool = pool
    this.#processId = processId
  }

  /** See `OwnerStore.beginRun`. */
  async begin({ owner, conversation }: ConversationKey, question: RunMessage): Promise<void> {
    const [row] = await this.#pool.query(
      `WITH ${thisProcess}, begun AS (
        INSERT INTO runs (conversation, id, status, started_at, process)
        SELECT conversations.id, $4, 'running', $7, this_process.id FROM this_process, conversations
        WHERE owner = $2 AND conversations.id = $3 ON CONFLICT DO NOTHING RETURNING number
      ), asked AS (
        INSERT INTO messages (id, conversation, run, role, content, created_at)
        SELECT $5, $3, $4, 'user', $6, $7 FROM begun
      ), moved AS (
        UPDATE conversations SET updated_at = $7 FROM begun WHERE id = $3
      ), indexed AS (
        INSERT INTO search_texts (conversation, run, words)
        SELECT $3, $4, array_to_tsvector($9::text[]) FROM begun
      )
      SELECT number, pg_notify('${hintChannel}', $8) FROM begun`,
      [
        this.#processId(),
        owner,
        conversation,
        question.run,
        question.id,
        storable(question.content),
        question.createdAt,
        hintPayload({ type: 'begun', conversation }),
        textArray(termsOf(owner, question.content)),
      ],
    )
    const number =
      row === undefined
        ? await this.#numberOfBegun(owner, conversation, question)
        : begunRow.parse(row).number
    this.#own.set(runName({ conversation, run: question.run }), { number, lastSeq: 0 })
  }

  /** See `Store.appendEvents`. Events of runs that were not lost are stored also when it throws. */
  async append(entries: readonly JournalEntry[]): Promise<void> {
    const rows = entries.map(({ log: { key }, event }) => {
      const own = this.#own.get(runName(key))
      if (own === undefined) throw new OpsError('interrupted')
      return { own, seq: event.seq, text: JSON.stringify(event) }
    })
    const runs = [...new Set(rows.map(({ own }) => own.number))]
    const [row] = await this.#pool.query(
      `WITH ${thisProcess}, own AS MATERIALIZED (
        SELECT number FROM runs, this_process
        WHERE number = ANY ($2::bigint[]) AND process = this_process.id AND status = 'running'
      ), stored AS (
        INSERT INTO events (run, seq, event)
        SELECT run, seq, event FROM unnest($3::bigint[], $4::bigint[], $5::text[]) AS given (run, seq, event)
        JOIN own ON number = run ON CONFLICT DO NOTHING
      )
      SELECT (SELECT count(*) FROM own) AS count, pg_notify('${hintChannel}', $6)`,
      [
        this.#processId(),
        numberArray(runs),
        numberArray(rows.map(({ own }) => own.number)),
        numberArray(rows.map(({ seq }) => seq)),
        textArray(rows.map(({ text }) => text)),
        hintPayload({ type: 'written', runs }),
      ],
    )
    if (count.parse(row).count < runs.length) throw new OpsError('interrupted')
    for (const { own, seq } of rows) own.lastSeq = Math.max(own.lastSeq, seq)
  }

  /** See `OwnerStore.endRun`. */
  async end(
    key: RunKey,
    run: Run,
    events: readonly ThinkingEvent[],
    answer?: RunMessage,
  ): Promise<void> {
    const name = runName(key)
    const { lastSeq = 0 } = this.#own.get(name) ?? {}
    const missing = events.filter(({ seq }) => seq > lastSeq)
    const fence = { cte: thisProcess, condition: 'process = (SELECT id FROM this_process)' }
    const ended = await this.#end(fence, key, run, missing, events[0]?.seq ?? 1, answer)
    // This process writes nothing more of the run, also if another process ends it.
    this.#own.delete(name)
    if (!ended) await this.#requireEndOf(key, run)
  }

  /** See `SharedRuns.interrupt`. */
  async interrupt(key: RunKey, run: Run, events: readonly ThinkingEvent[]): Promise<boolean> {
    const condition = 'EXISTS (SELECT 1 FROM processes WHERE id = process AND lost)'
    const fence = { cte: 'this_process AS (SELECT $1::text AS id)', condition }
    return this.#end(fence, key, run, events, 1)
  }

  async #end(
    fence: { cte: string; condition: string },
    { owner, conversation }: RunKey,
    { id, status, finishedAt, code, error, counts }: Run,
    events: readonly ThinkingEvent[],
    firstSeq: number,
    answer?: RunMessage,
  ): Promise<boolean> {
    const rows = await this.#pool.query(
      `WITH ${fence.cte}, ended AS (
        UPDATE runs SET status = $5, finished_at = $6, code = $7, error = $8, counts = $16
        WHERE conversation = $3 AND id = $4 AND status = 'running' AND ${fence.condition}
          AND EXISTS (SELECT 1 FROM conversations WHERE id = $3 AND owner = $2)
        RETURNING number
      ), stored AS (
        INSERT INTO events (run, seq, event)
        SELECT number, seq, event FROM ended, unnest($9::bigint[], $10::text[]) AS given (seq, event)
        ON CONFLICT DO NOTHING
      ), dropped AS (
        DELETE FROM events USING ended WHERE run = number AND seq < $11
      ), answered AS (
        INSERT INTO messages (id, conversation, run, role, content, created_at)
        SELECT $12, $3, $4, 'assistant', $13, $14 FROM ended WHERE $12::text IS NOT NULL
        RETURNING id
      ), proven AS (
        INSERT INTO evidence (message, evidence)
        SELECT id, $17::text FROM answered WHERE $17::text IS NOT NULL
      ), indexed AS (
        UPDATE search_texts SET words = words || array_to_tsvector($15::text[]) FROM ended
        WHERE conversation = $3 AND run = $4 AND $12::text IS NOT NULL
      )
      SELECT pg_notify('${hintChannel}', 'w' || number) FROM ended`,
      [
        this.#processId(),
        owner,
        conversation,
        id,
        status,
        finishedAt ?? null,
        code ?? null,
        error ?? null,
        numberArray(events.map(({ seq }) => seq)),
        textArray(events.map((event) => JSON.stringify(event))),
        firstSeq,
        answer?.id ?? null,
        answer === undefined ? null : storable(answer.content),
        answer?.createdAt ?? null,
        textArray(answer === undefined ? [] : termsOf(owner, answer.content)),
        counts === undefined ? null : JSON.stringify(counts),
        answer?.evidence === undefined ? null : storable(JSON.stringify(answer.evidence)),
      ],
    )
    return rows.length > 0
  }

  /** Finds out why a run was not inserted. */
  async #numberOfBegun(owner: string, conversation: string, question: RunMessage): Promise<number> {
    const [row] = await this.#pool.query(
      `SELECT runs.number FROM runs JOIN messages ON messages.conversation = runs.conversation AND run = runs.id
       WHERE runs.conversation = $1 AND runs.id = $2 AND messages.id = $3`,
      [conversation, question.run, question.id],
    )
    // An earlier attempt of this call has stored it.
    if (row !== undefined) return begunRow.parse(row).number
    const [found] = await this.#pool.query(
      `SELECT (SELECT count(*) FROM conversations WHERE owner = $1 AND id = $2) AS conversations,
              (SELECT count(*) FROM processes WHERE id = $3 AND NOT lost) AS leases`,
      [owner, conversation, this.#processId()],
    )
    const { conversations, leases } = z
      .object({ conversations: z.coerce.number(), leases: z.coerce.number() })
      .parse(found)
    if (conversations === 0) throw new OpsError('not_found')
    if (leases === 0) throw new LeaseLostError()
    throw new OpsError('conversation_busy')
  }

  /** @throws OpsError `interrupted` unless the run ended in this way or was deleted */
  async #requireEndOf({ owner, conversation }: RunKey, run: Run): Promise<void> {
    const [row] = await this.#pool.query(
      `SELECT status, finished_at FROM runs WHERE conversation = $2 AND id = $3
       AND EXISTS (SELECT 1 FROM conversations WHERE id = $2 AND owner = $1)`,
      [owner, conversation, run.id],
    )
    if (row === undefined) return
    const { status, finished_at } = stateRow.parse(row)
    if (status !== run.status || finished_at !== (run.finishedAt ?? null)) {
      throw new OpsError('interrupted')
    }
  }
}

/** Postgres stores no NUL. */
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd')
}
