import { z } from 'zod'
import { OpsError } from '../core/errors.ts'
import type { PostgresPool, Query } from './postgres-pool.ts'
import { postgresSteps, searchStep } from './postgres-schema.sql.ts'
import { indexHistory } from './postgres-search.ts'

const tableRow = z.object({ found: z.boolean() })
const versionRow = z.object({ version: z.number() })

/** Any number that no other program locks: the bytes of "ops". */
const lockKey = 0x6f7073

/**
 * Brings the schema up to date, in one transaction. Processes that start together wait for each other. Resolves with the
 * number of steps that it took.
 * @throws OpsError `bad_setting` for the database of a newer version
 */
export function migratePostgres(pool: PostgresPool): Promise<number> {
  return pool.transaction(async (query) => {
    await query('SELECT pg_advisory_xact_lock($1)', [lockKey])
    const version = await readVersion(query)
    const steps = postgresSteps.slice(version)
    for (const step of steps) await query(step)
    if (version < searchStep) await indexHistory(query)
    if (steps.length > 0) {
      await query('UPDATE schema_version SET version = $1', [postgresSteps.length])
    }
    return steps.length
  })
}

/**
 * Checks that the schema is the one of this version.
 * @throws OpsError `bad_setting` if it is older or newer
 */
export async function requireCurrentSchema(pool: PostgresPool): Promise<void> {
  const version = await readVersion((text, values) => pool.query(text, values))
  if (version === postgresSteps.length) return
  throw new OpsError('bad_setting', {
    message:
      'The schema of the database in DATABASE_URL is not up to date, and MIGRATE is off. Run `bun run migrate` first.',
  })
}

async function readVersion(query: Query): Promise<number> {
  const [table] = await query("SELECT to_regclass('schema_version') IS NOT NULL AS found", [])
  if (!tableRow.parse(table).found) return 0
  const [row] = await query('SELECT version FROM schema_version', [])
  const { version } = versionRow.parse(row)
  if (version > postgresSteps.length) {
    throw new OpsError('bad_setting', {
      message:
        'The database in DATABASE_URL was written by a newer version of OpsAgent. Start that version, or use another database.',
    })
  }
  return version
}
