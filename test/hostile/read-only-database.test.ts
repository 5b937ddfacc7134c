import { expect } from 'bun:test'
import { useCleanUps } from '../support/clean-ups.ts'
import { postgresTest, usePostgres } from '../support/postgres.ts'
import { startServer } from '../support/server-process.ts'
import { until } from '../support/socket-server.ts'

const { onEnd } = useCleanUps()
const { makeDatabase } = usePostgres()

postgresTest(
  'a server whose Postgres only reads is not ready, and ready again afterwards',
  async () => {
    const { url: database, query } = await makeDatabase()
    const { url, kill, exited } = await startServer({ DATABASE_URL: database })
    onEnd(async () => {
      kill('SIGKILL')
      await exited
    })
    const setReadOnly = async (value: 'on' | 'off') => {
      await query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`)
      await query('SELECT pg_reload_conf()')
    }
    const status = async () => (await fetch(`${url}/readyz`)).status
    expect(await status()).toBe(200)
    await setReadOnly('on')
    await until(async () => (await status()) === 503, 'it is not ready')
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    await setReadOnly('off')
    await until(async () => (await status()) === 200, 'it is ready')
  },
)
