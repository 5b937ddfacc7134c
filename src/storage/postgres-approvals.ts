import { z } from 'zod'
import type { Decided } from '../core/approvals.ts'
import type { RunKey } from '../core/run.ts'
import { hintChannel, hintPayload } from './postgres-hint.ts'
import type { PostgresPool } from './postgres-pool.ts'

const decidedRow = z
  .object({ decision: z.enum(['approve', 'deny']), decided_by: z.string().nullable() })
  .transform(({ decision, decided_by: by }): Decided => ({ decision, ...(by !== null && { by }) }))

const keyRow = z.object({
  owner: z.string(),
  conversation: z.string(),
  run: z.string(),
  span: z.string(),
})

/** The decisions of users about tool calls, which any process receives and the process of the run applies. */
export class PostgresApprovals {
  readonly #options: { pool: PostgresPool; urgent: PostgresPool; member: { id: string } }

  constructor(options: { pool: PostgresPool; urgent: PostgresPool; member: { id: string } }) {
    this.#options = options
  }

  /** See `SharedRuns.decide`. */
  async decide(
    { owner, conversation, run }: RunKey,
    span: string,
    { decision, by }: Decided,
  ): Promise<Decided | undefined> {
    const { pool } = this.#options
    await pool.query(
      `WITH added AS (
        INSERT INTO approvals (run, span, decision, decided_by)
        SELECT number, $4, $5, $6 FROM runs JOIN conversations ON conversations.id = conversation
        WHERE owner = $1 AND conversation = $2 AND runs.id = $3 AND status = 'running'
        ON CONFLICT DO NOTHING RETURNING run
      )
      SELECT pg_notify('${hintChannel}', $7) FROM added`,
      [owner, conversation, run, span, decision, by ?? null, hintPayload({ type: 'decided' })],
    )
    // Another statement, because the first one does not see a row that was added at the same moment.
    const [row] = await pool.query(
      `SELECT decision, decided_by FROM approvals JOIN runs ON number = approvals.run
       JOIN conversations ON conversations.id = conversation
       WHERE owner = $1 AND conversation = $2 AND runs.id = $3 AND span = $4`,
      [owner, conversation, run, span],
    )
    return row === undefined ? undefined : decidedRow.parse(row)
  }

  /** See `SharedRuns.listDecisions`. */
  async list(): Promise<(Decided & { key: RunKey; span: string })[]> {
    const { urgent, member } = this.#options
    const rows = await urgent.query(
      `SELECT owner, conversation, runs.id AS run, span, decision, decided_by FROM approvals
       JOIN runs ON number = approvals.run JOIN conversations ON conversations.id = conversation
       WHERE process = $1 AND status = 'running'`,
      [member.id],
    )
    return rows.map((row) => {
      const { span, ...key } = keyRow.parse(row)
      return { key, span, ...decidedRow.parse(row) }
    })
  }
}
