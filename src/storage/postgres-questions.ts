import { z } from 'zod'
import type { PostgresPool, Query } from './postgres-pool.ts'

const secondsRow = z.object({ seconds: z.coerce.number() })

const isExpired = "asked_at <= clock_timestamp() - interval '1 hour'"

/** Deleting expired questions reads the whole table, so it is rare. Each time it deletes at most so many. */
const forgetEveryMs = 60_000
const forgetAtOnce = 10_000

/** The questions of each user within the last hour, of all processes. */
export class PostgresQuestions {
  readonly #pool: PostgresPool
  #forgotAtMs = Number.NEGATIVE_INFINITY

  constructor(pool: PostgresPool) {
    this.#pool = pool
  }

  /** See `SharedRuns.takeQuestion`. */
  async take(owner: string, run: string, perHour: number): Promise<number> {
    return this.#pool.transaction(async (query) => {
      // Questions of a user are counted one after the other.
      await query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [owner])
      await query(`DELETE FROM questions WHERE owner = $1 AND ${isExpired}`, [owner])
      // The clock of the database was set back: such a question would count until the clock has caught up.
      await query(
        'UPDATE questions SET asked_at = clock_timestamp() WHERE owner = $1 AND asked_at > clock_timestamp()',
        [owner],
      )
      const seconds = await secondsToNext(query, owner, run, perHour)
      if (seconds > 0) return seconds
      await query('INSERT INTO questions (owner, run) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        owner,
        run,
      ])
      return 0
    })
  }

  /** See `SharedRuns.secondsToQuestion`. */
  secondsToNext(owner: string, perHour: number): Promise<number> {
    return secondsToNext((text, values) => this.#pool.query(text, values), owner, '', perHour)
  }

  /** Deletes what users have left who do not return. */
  async forgetExpired(): Promise<void> {
    const now = performance.now()
    if (now < this.#forgotAtMs + forgetEveryMs) return
    this.#forgotAtMs = now
    // Rows that are locked are deleted elsewhere at this moment.
    await this.#pool.query(
      `DELETE FROM questions WHERE (owner, run) IN (
         SELECT owner, run FROM questions WHERE ${isExpired} LIMIT $1 FOR UPDATE SKIP LOCKED)`,
      [forgetAtOnce],
    )
  }
}

/** At the limit the seconds until the oldest question expires, otherwise 0. A question of `run` does not count. */
async function secondsToNext(query: Query, owner: string, run: string, perHour: number) {
  const [row] = await query(
    `SELECT greatest(1, min(ceil(extract(epoch FROM
       least(asked_at, clock_timestamp()) + interval '1 hour' - clock_timestamp())))) AS seconds
     FROM questions WHERE owner = $1 AND run <> $2 AND NOT ${isExpired} HAVING count(*) >= $3`,
    [owner, run, perHour],
  )
  return row === undefined ? 0 : secondsRow.parse(row).seconds
}
