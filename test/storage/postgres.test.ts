import { expect } from 'bun:test'
import { openPostgresStore, type PostgresOptions } from '../../src/storage/postgres.ts'
import { postgresSteps } from '../../src/storage/postgres-schema.sql.ts'
import { postgresTest as test } from '../support/postgres.ts'
import { errorOf, usePostgresStores } from '../support/postgres-stores.ts'
import {
  endOf,
  entryOf,
  eventOf,
  questionOf,
  seqsOf,
  storedConversation,
} from '../support/stored-runs.ts'

const { makeDatabase, makeStores, cluster, onEnd } = usePostgresStores()

const options: PostgresOptions = { migrate: true, leaseMs: 60_000, connections: 4 }

test('processes that start together migrate once, and a newer schema is refused', async () => {
  const { url, query } = await makeDatabase()
  const stores = await Promise.all([1, 2, 3].map(() => openPostgresStore(url, options)))
  for (const store of stores) await store.close()
  await query('UPDATE schema_version SET version = 99')
  await expect(openPostgresStore(url, options)).rejects.toThrow('newer version')
  await expect(openPostgresStore(url, { ...options, migrate: false })).rejects.toThrow(
    'newer version',
  )
})

test('without migration an empty database is refused, and a current one needs no DDL rights', async () => {
  const { url, query } = await makeDatabase()
  await expect(openPostgresStore(url, { ...options, migrate: false })).rejects.toThrow(
    'bun run migrate',
  )
  await (await openPostgresStore(url, options)).close()
  await query('CREATE ROLE app LOGIN')
  await query('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app')
  const appUrl = url.replace('//test@', '//app@')
  const store = await openPostgresStore(appUrl, { ...options, migrate: false })
  await store.shared.join()
  const ann = store.forOwner('ann')
  await ann.createConversation(storedConversation)
  await ann.beginRun('c1', questionOf('r1'))
  await store.appendEvents([entryOf('r1', 1)])
  await ann.endRun('c1', endOf('r1'), [eventOf(1)], { ...questionOf('r1'), id: 'a' })
  expect(await store.shared.takeQuestion('ann', 'r1', 5)).toBe(0)
  await store.shared.leave()
  await store.close()
  await query('DROP OWNED BY app')
  await query('DROP ROLE app')
})

test('calls wait while the database restarts', async () => {
  const { store, ann } = await makeStores()
  const server = await cluster()
  await ann.beginRun('c1', questionOf('r1'))
  await server.stop()
  const found = ann.findConversation('c1')
  const refused = await errorOf(store.appendEvents([entryOf('r1', 1)]))
  expect(store.isTemporary(refused)).toBe(true)
  await expect(store.check()).rejects.toThrow()
  await server.launch()
  expect(await found).toMatchObject({ id: 'c1' })
  await store.appendEvents([entryOf('r1', 1)])
  await store.check()
})

test('connections that are cut are replaced, and the error of a cut statement is temporary', async () => {
  const { database, store, ann } = await makeStores()
  await ann.beginRun('c1', questionOf('r1'))
  const cut = () =>
    database.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
    )
  for (let seq = 1; seq <= 20; seq += 1) {
    const cutting = cut()
    for (;;) {
      try {
        await store.appendEvents([entryOf('r1', seq)])
        break
      } catch (error) {
        expect(store.isTemporary(error)).toBe(true)
      }
    }
    await cutting
  }
  const events = await ann.listEvents('c1', 'r1')
  expect(seqsOf(events)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
})

test('a NUL in a text is replaced when it is stored', async () => {
  const { ann } = await makeStores()
  await ann.beginRun('c1', { ...questionOf('r1'), content: 'a\0b' })
  expect((await ann.listMessages('c1'))[0]?.content).toBe('a\ufffdb')
})

test('a history without an index is indexed by the migration', async () => {
  const database = await makeDatabase()
  await database.query(postgresSteps[0] ?? '')
  await database.query(
    `INSERT INTO conversations
     SELECT 'c' || n, 'ann', 'title' || n, 'm', n, n FROM generate_series(1, 250) AS n`,
  )
  await database.query(
    `INSERT INTO runs (conversation, id, status, started_at, process)
     SELECT 'c' || n, 'r', 'finished', 1, 'p' FROM generate_series(1, 250) AS n`,
  )
  await database.query(
    `INSERT INTO messages (id, conversation, run, role, content, created_at)
     SELECT role || n, 'c' || n, 'r', role, role || ' number' || n, 1
     FROM generate_series(1, 250) AS n, unnest(ARRAY['user', 'assistant']) AS role`,
  )
  const store = await openPostgresStore(database.url, options)
  onEnd(store.close)
  const find = async (query: string) =>
    (await store.forOwner('ann').searchConversations(query, { limit: 10 })).map(({ id }) => id)
  expect(await find('title249')).toEqual(['c249'])
  expect(await find('user assistant number250')).toEqual(['c250'])
})
