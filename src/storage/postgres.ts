import { SQL } from 'bun'
import { z } from 'zod'
import { OpsError } from '../core/errors.ts'
import { countStatement, type Maintenance, sizeFromRows } from './maintenance.ts'
import { deleteInactive, findOldest } from './postgres-deletion.ts'
import { isTemporaryError } from './postgres-error.ts'
import { migratePostgres, requireCurrentSchema } from './postgres-migrate.ts'
import { PostgresOwnerStore } from './postgres-owner-store.ts'
import { PostgresPool } from './postgres-pool.ts'
import { PostgresRunWriter } from './postgres-run-writer.ts'
import { listUnfinished, PostgresSharedRuns } from './postgres-shared-runs.ts'
import { ownedShareFromRow } from './rows.ts'
import type { SharedRuns, Store } from './store.ts'

/** How to open a store in Postgres. */
export type PostgresOptions = {
  /** Whether to bring the schema up to date. Without it, an older schema is an error, and the role needs no DDL rights. */
  migrate: boolean
  leaseMs: number
  /** Most connections for requests. The runs of the process use five more. */
  connections: number
}

/** A store that several processes share. */
export type SharedStore = Store & Maintenance & { shared: SharedRuns }

/** Times after which the server cancels a statement. */
const requestMs = 10_000
const urgentMs = 5000
const migrationMs = 600_000

/** How many leases failed writes are repeated. For the same time after an outage no process takes a lease. */
const leasesOfRetries = 3
/** The tables that grow. */
const vacuumStatement = 'VACUUM conversations, runs, messages, events'

/**
 * Opens the history in a Postgres database. `Bun.sql` reads `url`; it may also name a Unix socket (`?path=/run/postgresql`)
 * or ask for TLS (`?sslmode=verify-full`).
 * @throws OpsError `bad_setting` when the database cannot be used, without the password of the URL
 */
export async function openPostgresStore(
  url: string,
  { migrate, leaseMs, connections }: PostgresOptions,
): Promise<SharedStore> {
  await prepare<unknown>(url, migrate ? migratePostgres : requireCurrentSchema)
  const pool = new PostgresPool({ url, connections, statementMs: requestMs, patient: true })
  const forRuns = { url, statementMs: urgentMs, patient: false }
  const urgent = new PostgresPool({ ...forRuns, connections: 3 })
  const lease = new PostgresPool({ ...forRuns, connections: 1 })
  const member = { id: crypto.randomUUID() }
  const writer = new PostgresRunWriter(urgent, () => member.id)
  const shared = new PostgresSharedRuns({ pool, urgent, lease, writer, leaseMs, member })
  return {
    forOwner: (owner) => new PostgresOwnerStore(pool, writer, owner),
    appendEvents: (entries) => writer.append(entries),
    listUnfinished: () => listUnfinished(pool, "status = 'running'", Number.MAX_SAFE_INTEGER),
    isTemporary: isTemporaryError,
    retryMs: leasesOfRetries * leaseMs,
    async addProcess() {},
    // Every process may serve every page.
    knowsProcess: async () => true,
    shared,
    deleteInactive: (before, limit) => deleteInactive(pool, before, limit),
    findOldest: () => findOldest(pool),
    async findShare(hash) {
      const [row] = await pool.query(
        'SELECT shares.*, owner FROM shares JOIN conversations ON id = conversation WHERE hash = $1',
        [hash],
      )
      return row === undefined ? undefined : ownedShareFromRow(row)
    },
    // The lease is the write: it is renewed three times in its duration. A replica would answer a query.
    async check() {
      const [row] = await urgent.query(
        "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS found",
      )
      if (z.object({ found: z.boolean() }).parse(row).found) {
        throw new Error('The database is read-only.')
      }
    },
    async size() {
      const [counts] = await pool.query(countStatement)
      const [bytes] = await pool.query(
        'SELECT pg_database_size(current_database()) AS bytes, 0 AS "freeBytes"',
      )
      return sizeFromRows(counts, bytes)
    },
    vacuum: () => prepare(url, async (own) => void (await own.query(vacuumStatement))),
    // The rows are in no other file that this process could change.
    purge: async () => true,
    async close() {
      await Promise.all([pool.close(), urgent.close(), lease.close()])
    },
  }
}

/**
 * Brings the schema of a database up to date. Resolves with the number of steps that it took.
 * @throws OpsError `bad_setting` when the database cannot be used
 */
export function migrateDatabase(url: string): Promise<number> {
  return prepare(url, migratePostgres)
}

/** The host and the name of a database, without user and password. */
export function describeDatabase(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url)
  const socket = searchParams.get('path') ?? searchParams.get('socket')
  return `${socket ?? `${hostname}:${port || 5432}`}${pathname}`
}

async function prepare<Result>(
  url: string,
  work: (pool: PostgresPool) => Promise<Result>,
): Promise<Result> {
  const options = { url, connections: 1, statementMs: migrationMs, patient: false }
  const pool = new PostgresPool(options)
  try {
    return await work(pool)
  } catch (cause) {
    throw unusable(url, cause)
  } finally {
    await pool.close()
  }
}

function unusable(url: string, cause: unknown): OpsError {
  if (cause instanceof OpsError) return cause
  const state = cause instanceof SQL.PostgresError ? (cause.errno ?? cause.code) : undefined
  const reason = cause instanceof Error ? cause.message : String(cause)
  const message = `The database ${describeDatabase(url)} cannot be used (${reason}${state ? `, ${state}` : ''}). Check DATABASE_URL.`
  return new OpsError('bad_setting', { message, cause })
}
