import { test } from 'bun:test'
import { join } from 'node:path'
import { openPostgresStore } from '../../src/storage/postgres.ts'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import { postgresTest, usePostgres } from '../support/postgres.ts'
import { makeDataDir } from '../support/server-process.ts'
import { storeContract } from './store-contract.ts'

const { makeDatabase } = usePostgres()

storeContract(
  'SQLite in memory',
  async () => ({ store: openSqliteStore(':memory:'), remove() {} }),
  test,
)

storeContract(
  'SQLite in a file',
  async () => {
    const { path, remove } = makeDataDir()
    return { store: openSqliteStore(join(path, 'contract.db')), remove }
  },
  test,
)

storeContract(
  'Postgres',
  async () => {
    const { url, drop } = await makeDatabase()
    const options = { migrate: true, leaseMs: 10_000, connections: 4 }
    return { store: await openPostgresStore(url, options), remove: drop }
  },
  postgresTest,
)
