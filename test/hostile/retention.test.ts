import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { openPostgresStore } from '../../src/storage/postgres.ts'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import type { Store } from '../../src/storage/store.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { postgresTest, usePostgres } from '../support/postgres.ts'
import { startServer } from '../support/server-process.ts'
import { until } from '../support/socket-server.ts'
import { storedConversation } from '../support/stored-runs.ts'

const { onEnd, dataDir } = useCleanUps()
const { makeDatabase } = usePostgres()

const dayMs = 24 * 3_600_000

/** Stores 50 conversations of today and yesterday, and 50 that are older than 30 days. */
async function fill(store: Store): Promise<void> {
  const now = Date.now()
  for (let index = 0; index < 100; index += 1) {
    const updatedAt = now - (index < 50 ? index % 2 : 31 + index) * dayMs
    const conversation = { ...storedConversation, id: `c${index}`, createdAt: updatedAt, updatedAt }
    await store.forOwner('local').createConversation(conversation)
  }
  await store.close()
}

async function start(environment: Record<string, string>): Promise<string> {
  const server = await startServer({ ...environment, RETENTION_DAYS: '30' })
  onEnd(async () => {
    server.kill('SIGKILL')
    await server.exited
  })
  return server.url
}

/** The number of each conversation of the local user. */
async function numbersOf(url: string): Promise<number[]> {
  const response = await fetch(`${url}/api/conversations?limit=100`)
  const { conversations } = (await response.json()) as { conversations: { id: string }[] }
  return conversations.map(({ id }) => Number(id.slice(1)))
}

async function expectOldOnesDeleted(url: string): Promise<void> {
  let numbers: number[] = []
  await until(async () => {
    numbers = await numbersOf(url)
    return numbers.length <= 50
  }, 'the old ones are deleted')
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index))
}

test('with RETENTION_DAYS a server deletes the conversations that are older, and no other', async () => {
  const folder = dataDir()
  await fill(openSqliteStore(join(folder, 'opsagent.db')))
  await expectOldOnesDeleted(await start({ DATA_DIR: folder }))
})

postgresTest('with RETENTION_DAYS two servers on one Postgres delete the same', async () => {
  const { url } = await makeDatabase()
  await fill(await openPostgresStore(url, { migrate: true, leaseMs: 10_000, connections: 4 }))
  const urls = await Promise.all([start({ DATABASE_URL: url }), start({ DATABASE_URL: url })])
  for (const one of urls) await expectOldOnesDeleted(one)
})
