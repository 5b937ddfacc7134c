import { test } from 'bun:test'
import { join } from 'node:path'
import { openPostgresStore } from '../../src/storage/postgres.ts'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import { postgresTest, usePostgres } from '../support/postgres.ts'
import { makeDataDir } from '../support/server-process.ts'
import { searchContract } from './search-contract.ts'
import { type StoreUnderTest, storeContract } from './store-contract.ts'

const { makeDatabase } = usePostgres()

const inMemory: StoreUnderTest = async () => ({ store: openSqliteStore(':memory:'), remove() {} })

const inFile: StoreUnderTest = async () => {
  const { path, remove } = makeDataDir()
  return { store: openSqliteStore(join(path, 'contract.db')), remove }
}

const inPostgres: StoreUnderTest = async () => {
  const { url } = await makeDatabase()
  const options = { migrate: true, leaseMs: 10_000, connections: 4 }
  return { store: await openPostgresStore(url, options), remove() {} }
}

for (const contract of [storeContract, searchContract]) {
  contract('SQLite in memory', inMemory, test)
  contract('SQLite in a file', inFile, test)
  contract('Postgres', inPostgres, postgresTest)
}
