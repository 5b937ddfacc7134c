import { z } from 'zod'
import type { PostgresPool } from './postgres-pool.ts'

/** Any number that no other program locks: the bytes of "opsd". */
const lockKey = 0x6f707364

const oldestRow = z.object({ oldest: z.coerce.number().nullable() })

/** See `Store.deleteInactive`. The lock of the transaction lets one process at a time delete. */
export async function deleteInactive(
  pool: PostgresPool,
  before: number,
  limit: number,
): Promise<number> {
  // A run that begins meanwhile changes `updated_at`, which the row lock makes this statement check again.
  const rows = await pool.query(
    `WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock($1) AS is_ours),
     inactive AS MATERIALIZED (
       SELECT id FROM conversations
       WHERE (SELECT is_ours FROM turn) AND updated_at < $2 AND NOT EXISTS (
         SELECT 1 FROM runs WHERE conversation = conversations.id AND status = 'running')
       LIMIT $3 FOR UPDATE SKIP LOCKED
     )
     DELETE FROM conversations WHERE id IN (SELECT id FROM inactive) RETURNING id`,
    [lockKey, before, limit],
  )
  return rows.length
}

/** See `Store.findOldest`. */
export async function findOldest(pool: PostgresPool): Promise<number | undefined> {
  const [row] = await pool.query('SELECT min(updated_at) AS oldest FROM conversations')
  return oldestRow.parse(row).oldest ?? undefined
}
