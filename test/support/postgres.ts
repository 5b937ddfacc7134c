import { afterAll, test } from 'bun:test'
import { hasPostgres, PostgresCluster, type TestDatabase } from './postgres-cluster.ts'

/** `test`, or `test.skip` without PostgreSQL: the runner prints the names of the tests that it leaves out. */
export const postgresTest = hasPostgres ? test : test.skip

/** A cluster for the tests of one file, which starts with the first test that needs it. Call it once at the top. */
export function usePostgres() {
  let started: Promise<PostgresCluster> | undefined
  const cluster = () => {
    started ??= PostgresCluster.start()
    return started
  }
  afterAll(async () => (await started)?.remove())
  /** A fresh database. */
  const makeDatabase = async (): Promise<TestDatabase> => (await cluster()).createDatabase()
  return { cluster, makeDatabase }
}
