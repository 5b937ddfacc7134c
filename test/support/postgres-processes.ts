import { afterEach } from 'bun:test'
import { usePostgres } from './postgres.ts'
import type { TestDatabase } from './postgres-cluster.ts'
import { type Script, startScriptedModel } from './scripted-model.ts'
import { startServer } from './server-process.ts'

/** A server process of a test. */
export type ServerProcess = Awaited<ReturnType<typeof startServer>>

/** Server processes that share one Postgres, and a model for them. */
export type Deployment = {
  database: TestDatabase
  start: (environment?: Record<string, string>) => Promise<ServerProcess>
}

/**
 * Starts server processes on one Postgres. Call it once at the top of a test file. They end after each test, or with
 * `afterAll` after the last one.
 */
export function useServerProcesses(after: typeof afterEach = afterEach) {
  const postgres = usePostgres()
  const cleanUps: (() => unknown)[] = []
  after(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
  })
  /** A fresh database, and a model that replies by a script. A lease lasts three seconds. */
  async function deploy(script: Script): Promise<Deployment> {
    const database = await postgres.makeDatabase()
    const model = startScriptedModel(script)
    cleanUps.push(model.stop)
    const start = async (environment = {}) => {
      const server = await startServer({
        DATABASE_URL: database.url,
        OPENAI_BASE_URL: model.url,
        LEASE_SECONDS: '3',
        SHUTDOWN_SECONDS: '1',
        ...environment,
      })
      cleanUps.push(async () => {
        server.kill('SIGKILL')
        await server.exited
      })
      return server
    }
    return { database, start }
  }
  return {
    deploy,
    cluster: postgres.cluster,
    onEnd: (cleanUp: () => unknown) => void cleanUps.push(cleanUp),
  }
}
