import { expect } from 'bun:test'
import { connect, createServer, type Socket } from 'node:net'
import { PostgresPool } from '../../src/storage/postgres-pool.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { postgresTest as test, usePostgres } from '../support/postgres.ts'
import { until } from '../support/socket-server.ts'

const { makeDatabase } = usePostgres()

const { onEnd } = useCleanUps()

/** A fresh database, and a path to it that can become silent: it takes bytes and passes none on. */
async function makeSilenceable() {
  const { url } = await makeDatabase()
  const folder = new URL(url).searchParams.get('path')
  const network = { isSilent: false }
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const database = connect(`${folder}/.s.PGSQL.5432`)
    for (const [from, to] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(from)
      from.on('data', (bytes) => void (network.isSilent || to.write(bytes)))
      from.on('close', () => to.destroy())
      from.on('error', () => to.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onEnd(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  const path = new URL(url)
  path.search = ''
  path.port = String(typeof address === 'object' ? address?.port : '')
  path.hostname = '127.0.0.1'
  return { url: path.href, network }
}

function openPool(url: string, connections: number, statementMs: number): PostgresPool {
  const pool = new PostgresPool({ url, connections, statementMs, patient: false })
  onEnd(() => pool.close())
  return pool
}

test('load refuses callers that wait too long, and cuts no statement', async () => {
  const { url } = await makeDatabase()
  const pool = openPool(url, 1, 1000)
  const [first] = await pool.query('SELECT pg_backend_pid() AS pid')
  const work = Array.from({ length: 5 }, () => pool.query('SELECT pg_sleep(0.8)'))
  const settled = await Promise.allSettled(work)
  expect(settled.slice(0, 2).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
  expect(settled.at(-1)?.status).toBe('rejected')
  await until(async () => {
    const answer = await pool.query('SELECT pg_backend_pid() AS pid').catch(() => [])
    return Bun.deepEquals(answer[0], first)
  }, 'the same connection answers')
}, 60_000)

test('hints arrive again after the server was silent for longer than a connection may take', async () => {
  const { url, network } = await makeSilenceable()
  const pool = openPool(url, 2, 300)
  const hints: string[] = []
  const listens: string[] = []
  await pool.listen(
    'hints',
    (hint) => void hints.push(hint),
    () => void listens.push('again'),
  )
  await pool.query("SELECT pg_notify('hints', '')")
  await until(() => hints.length === 1, 'the first hint')
  network.isSilent = true
  await expect(pool.query('SELECT 1')).rejects.toThrow('does not answer')
  const replacedAt = performance.now()
  // The first attempt to listen gives up after five seconds.
  await until(() => performance.now() - replacedAt > 6000, 'listening has failed')
  network.isSilent = false
  await until(() => listens.length === 2, 'it listens again', 20_000)
  await pool.query("SELECT pg_notify('hints', '')")
  await until(() => hints.length === 2, 'the next hint')
}, 60_000)
