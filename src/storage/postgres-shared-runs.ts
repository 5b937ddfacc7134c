import { z } from 'zod'
import type { RunKey } from '../core/run.ts'
import { PostgresApprovals } from './postgres-approvals.ts'
import { hintChannel, hintPayload, readHint } from './postgres-hint.ts'
import { numberArray, type PostgresPool, textArray } from './postgres-pool.ts'
import { PostgresQuestions } from './postgres-questions.ts'
import type { PostgresRunWriter } from './postgres-run-writer.ts'
import { newsFromRows, unfinishedFromRows } from './rows.ts'
import type { Hint, SharedRuns, WantedRun } from './store.ts'

/** How many lost runs are read at once, each with all its events. */
const lostAtOnce = 20

const keyRow = z.object({ owner: z.string(), conversation: z.string(), run: z.string() })
const foundRow = keyRow.extend({ position: z.coerce.number(), number: z.coerce.number() })
const countRow = z.object({ count: z.coerce.number() })

/** A run whose process cannot write any more. */
const isLost = `status = 'running' AND process IN (SELECT id FROM processes WHERE lost)`

/** What the calls need. `join` changes the id of this member. */
type SharedRunsOptions = {
  /** For statements of requests. */
  pool: PostgresPool
  /** For statements that must not wait behind requests. */
  urgent: PostgresPool
  /** For the lease of this process, which must not wait behind its runs either. */
  lease: PostgresPool
  writer: PostgresRunWriter
  leaseMs: number
  member: { id: string }
}

/** The runs of all processes in Postgres. Times are those of the database, so that clocks may differ. */
export class PostgresSharedRuns implements SharedRuns {
  readonly #options: SharedRunsOptions
  readonly #questions: PostgresQuestions
  readonly #approvals: PostgresApprovals
  #published = new Map<string, number>()

  constructor(options: SharedRunsOptions) {
    this.#options = options
    this.#questions = new PostgresQuestions(options.pool)
    this.#approvals = new PostgresApprovals(options)
  }

  get leaseMs() {
    return this.#options.leaseMs
  }

  async join() {
    const id = crypto.randomUUID()
    await this.#options.lease.query(
      `WITH earlier AS (UPDATE processes SET lost = true WHERE id = $3)
       INSERT INTO processes (id, lease_until)
       VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')`,
      [id, this.leaseMs, this.#options.member.id],
    )
    this.#options.member.id = id
    this.#published = new Map()
  }

  async leave() {
    await this.#options.lease.query('UPDATE processes SET lost = true WHERE id = $1', [
      this.#options.member.id,
    ])
    await this.#forgetProcesses()
  }

  async renew(openStreams: ReadonlyMap<string, number>) {
    const { lease, member } = this.#options
    const renewed = await lease.query(
      `UPDATE processes SET lease_until = clock_timestamp() + $2 * interval '1 millisecond'
       WHERE id = $1 AND NOT lost RETURNING id`,
      [member.id, this.leaseMs],
    )
    if (renewed.length === 0) return false
    await this.#publish(openStreams)
    return true
  }

  async listStopRequests() {
    const { urgent, member } = this.#options
    const rows = await urgent.query(
      `SELECT owner, conversation, runs.id AS run FROM runs
       JOIN conversations ON conversations.id = conversation
       WHERE process = $1 AND status = 'running' AND stop_requested`,
      [member.id],
    )
    return rows.map((row) => keyRow.parse(row))
  }

  async find(wanted: readonly WantedRun[]) {
    const rows = await this.#options.pool.query(
      `SELECT position, number, owner, conversation, found.id AS run
       FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
         WITH ORDINALITY AS given (user_id, place, run, after, position)
       JOIN conversations ON conversations.id = place AND owner = user_id
       CROSS JOIN LATERAL (
         SELECT number, conversation, id FROM runs WHERE conversation = place
           AND CASE WHEN run <> '' THEN id = run ELSE status = 'running' OR number > after END
         ORDER BY number LIMIT 1
       ) AS found`,
      [
        textArray(wanted.map(({ place }) => place.owner)),
        textArray(wanted.map(({ place }) => place.conversation)),
        textArray(wanted.map(({ run }) => run ?? '')),
        numberArray(wanted.map(({ after }) => after ?? Number.MAX_SAFE_INTEGER)),
      ],
    )
    const byPosition = new Map(
      rows.map((row) => {
        const { position, number, ...key } = foundRow.parse(row)
        return [position, { key, number }]
      }),
    )
    return wanted.map((_, index) => byPosition.get(index + 1))
  }

  async read(positions: readonly { number: number; seq: number }[]) {
    const rows = await this.#options.urgent.query(
      `SELECT number, status, event FROM unnest($1::bigint[], $2::bigint[]) AS given (wanted, after)
       JOIN runs ON number = wanted
       LEFT JOIN events ON events.run = number AND seq > after
       ORDER BY number, seq`,
      [
        numberArray(positions.map(({ number }) => number)),
        numberArray(positions.map(({ seq }) => seq)),
      ],
    )
    return newsFromRows(rows)
  }

  async requestStop({ owner, conversation, run }: RunKey) {
    await this.#options.pool.query(
      `WITH stopped AS (
        UPDATE runs SET stop_requested = true FROM conversations
        WHERE owner = $1 AND conversations.id = $2 AND conversation = $2 AND runs.id = $3
          AND status = 'running' RETURNING number
      )
      SELECT pg_notify('${hintChannel}', $4) FROM stopped`,
      [owner, conversation, run, hintPayload({ type: 'stop' })],
    )
  }

  decide: SharedRuns['decide'] = (key, span, given) => this.#approvals.decide(key, span, given)

  listDecisions: SharedRuns['listDecisions'] = () => this.#approvals.list()

  async expireLeases() {
    await this.#options.urgent.query(
      `UPDATE processes SET lost = true
       WHERE id <> $1 AND NOT lost AND lease_until < clock_timestamp()`,
      [this.#options.member.id],
    )
    await this.#forgetProcesses()
    await this.#questions.forgetExpired()
  }

  async listLost() {
    return listUnfinished(this.#options.urgent, isLost, lostAtOnce)
  }

  interrupt: SharedRuns['interrupt'] = (key, run, events) =>
    this.#options.writer.interrupt(key, run, events)

  takeQuestion: SharedRuns['takeQuestion'] = (owner, run, perHour) =>
    this.#questions.take(owner, run, perHour)

  secondsToQuestion: SharedRuns['secondsToQuestion'] = (owner, perHour) =>
    this.#questions.secondsToNext(owner, perHour)

  async countStreams(owner: string) {
    const [row] = await this.#options.pool.query(
      `SELECT coalesce(sum(streams), 0) AS count FROM open_streams
       JOIN processes ON id = process AND NOT lost WHERE owner = $1 AND process <> $2`,
      [owner, this.#options.member.id],
    )
    return countRow.parse(row).count
  }

  async watch(onHint: (hint: Hint) => void) {
    await this.#options.urgent.listen(
      hintChannel,
      (payload) => onHint(readHint(payload)),
      () => onHint({ type: 'anything' }),
    )
  }

  async #forgetProcesses(): Promise<void> {
    await this.#options.urgent.query(
      `DELETE FROM processes WHERE lost
       AND NOT EXISTS (SELECT 1 FROM runs WHERE process = processes.id AND status = 'running')`,
    )
  }

  /** Writes only what has changed since the last call. */
  async #publish(openStreams: ReadonlyMap<string, number>): Promise<void> {
    const owners = new Set([...openStreams.keys(), ...this.#published.keys()])
    const changed = [...owners].filter(
      (owner) => openStreams.get(owner) !== this.#published.get(owner),
    )
    if (changed.length === 0) return
    const published = new Map(openStreams)
    await this.#options.lease.query(
      `INSERT INTO open_streams (owner, process, streams)
       SELECT owner, $1, streams FROM unnest($2::text[], $3::bigint[]) AS given (owner, streams)
       ON CONFLICT (owner, process) DO UPDATE SET streams = excluded.streams`,
      [
        this.#options.member.id,
        textArray(changed),
        numberArray(changed.map((owner) => published.get(owner) ?? 0)),
      ],
    )
    await this.#options.lease.query('DELETE FROM open_streams WHERE process = $1 AND streams = 0', [
      this.#options.member.id,
    ])
    this.#published = published
  }
}

/** Runs with their events. `condition` is SQL, not a value. */
export async function listUnfinished(pool: PostgresPool, condition: string, limit: number) {
  const runs = await pool.query(
    `SELECT number, owner, conversation, runs.id AS run, started_at FROM runs
     JOIN conversations ON conversations.id = conversation WHERE ${condition}
     ORDER BY number LIMIT $1`,
    [limit],
  )
  if (runs.length === 0) return []
  const numbers = runs.map((row) => z.object({ number: z.coerce.number() }).parse(row).number)
  const events = await pool.query(
    `SELECT conversation, id AS run, event FROM events JOIN runs ON number = run
     WHERE number = ANY ($1::bigint[]) ORDER BY number, seq`,
    [numberArray(numbers)],
  )
  return unfinishedFromRows(runs, events)
}
