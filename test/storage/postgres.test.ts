import { afterEach, expect } from 'bun:test'
import { openPostgresStore, type PostgresOptions } from '../../src/storage/postgres.ts'
import type { Hint } from '../../src/storage/store.ts'
import { postgresTest as test, usePostgres } from '../support/postgres.ts'
import { until } from '../support/socket-server.ts'
import {
  endOf,
  entryOf,
  eventOf,
  questionOf,
  seqsOf,
  storedConversation,
} from '../support/stored-runs.ts'

const { makeDatabase, cluster } = usePostgres()

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** Options of a store whose leases outlast the test. */
const options: PostgresOptions = { migrate: true, leaseMs: 60_000, connections: 4 }

async function makeStores({ leaseMs = 60_000 } = {}) {
  const database = await makeDatabase()
  cleanUps.push(database.drop)
  const open = async () => {
    const store = await openPostgresStore(database.url, { ...options, leaseMs })
    cleanUps.push(store.close)
    await store.shared.join()
    return store
  }
  const [store, other] = [await open(), await open()]
  await store.forOwner('ann').createConversation(storedConversation)
  return { database, store, other, ann: store.forOwner('ann'), annThere: other.forOwner('ann') }
}

/** What a promise rejects with. */
async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  )
}

const key = { owner: 'ann', conversation: 'c1', run: 'r1' }
const interrupted = { ...endOf('r1'), status: 'interrupted' as const }

test('a conversation has one active run over all processes', async () => {
  const { ann, annThere } = await makeStores()
  await ann.beginRun('c1', questionOf('r1'))
  await expect(annThere.beginRun('c1', questionOf('r2'))).rejects.toMatchObject({
    code: 'conversation_busy',
  })
  await ann.endRun('c1', endOf('r1'), [])
  await annThere.beginRun('c1', questionOf('r2'))
  expect((await ann.listRuns('c1')).map(({ status }) => status)).toEqual(['finished', 'running'])
})

test('a write that is repeated after its connection was lost changes nothing', async () => {
  const { store, ann } = await makeStores()
  const answer = { ...questionOf('r1', 2), id: 'a', role: 'assistant' as const }
  for (let attempt = 0; attempt < 2; attempt += 1) await ann.beginRun('c1', questionOf('r1'))
  for (let attempt = 0; attempt < 2; attempt += 1) await store.appendEvents([entryOf('r1', 1)])
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await ann.endRun('c1', endOf('r1'), [eventOf(1), eventOf(2)], answer)
  }
  expect(await ann.listMessages('c1')).toEqual([questionOf('r1'), answer])
  expect(seqsOf(await ann.listEvents('c1', 'r1'))).toEqual([1, 2])
})

test('a process that lost its lease can neither append nor end', async () => {
  const { store, other, ann, annThere } = await makeStores({ leaseMs: 1 })
  await ann.beginRun('c1', questionOf('r1'))
  await store.appendEvents([entryOf('r1', 1)])
  await other.shared.expireLeases()
  const [lost] = await other.shared.listLost()
  expect(lost).toMatchObject({ key, events: [eventOf(1)] })
  const refused = { code: 'interrupted' }
  await expect(store.appendEvents([entryOf('r1', 2)])).rejects.toMatchObject(refused)
  await expect(ann.endRun('c1', endOf('r1'), [eventOf(1)])).rejects.toMatchObject(refused)
  const interrupt = () => other.shared.interrupt(key, interrupted, [eventOf(1), eventOf(2)])
  expect([await interrupt(), await interrupt()]).toEqual([true, false])
  await expect(ann.endRun('c1', endOf('r1'), [eventOf(1)])).rejects.toMatchObject(refused)
  expect(await annThere.findRun('c1', 'r1')).toEqual(interrupted)
  expect(seqsOf(await annThere.listEvents('c1', 'r1'))).toEqual([1, 2])
  expect(await store.shared.renew(new Map())).toBe(false)
})

test('a process that joins again cannot write its earlier runs, but new ones', async () => {
  const { store, ann } = await makeStores()
  await ann.createConversation({ ...storedConversation, id: 'c2' })
  await ann.beginRun('c1', questionOf('r1'))
  await store.shared.leave()
  expect(store.isTemporary(await errorOf(ann.beginRun('c2', questionOf('r2'))))).toBe(true)
  await store.shared.join()
  await ann.beginRun('c2', questionOf('r2'))
  await expect(store.appendEvents([entryOf('r1', 1)])).rejects.toMatchObject({
    code: 'interrupted',
  })
  expect((await store.shared.listLost()).map(({ key: { run } }) => run)).toEqual(['r1'])
})

test('an event of a lost run does not affect the other runs of a batch', async () => {
  const { store, other, ann } = await makeStores()
  await ann.createConversation({ ...storedConversation, id: 'c2' })
  await ann.beginRun('c1', questionOf('r1'))
  await store.shared.join()
  await ann.beginRun('c2', questionOf('r2'))
  const entry = entryOf('r2', 1)
  const second = { ...entry, log: { ...entry.log, key: { ...entry.log.key, conversation: 'c2' } } }
  await expect(store.appendEvents([entryOf('r1', 1), second])).rejects.toThrow()
  await store.appendEvents([second])
  expect(await other.forOwner('ann').listEvents('c1', 'r1')).toEqual([])
  expect(seqsOf(await other.forOwner('ann').listEvents('c2', 'r2'))).toEqual([1])
})

test('an interruption does not change a run whose process has its lease', async () => {
  const { other, ann } = await makeStores()
  await ann.beginRun('c1', questionOf('r1'))
  await other.shared.expireLeases()
  expect(await other.shared.listLost()).toEqual([])
  await other.shared.interrupt(key, interrupted, [eventOf(1)])
  expect((await ann.findRun('c1', 'r1'))?.status).toBe('running')
})

test('another process finds a run, reads it from a position, and asks to stop it', async () => {
  const { store, other, ann } = await makeStores()
  const place = { owner: 'ann', conversation: 'c1' }
  const before = await other.shared.find([{ place }, { place, run: 'r1' }])
  expect(before).toEqual([undefined, undefined])
  await ann.beginRun('c1', questionOf('r1'))
  await store.appendEvents([entryOf('r1', 1), entryOf('r1', 2)])
  const found = await other.shared.find([
    { place },
    { place, run: 'r1' },
    { place: { ...place, owner: 'bob' } },
  ])
  expect(found).toMatchObject([{ key }, { key }, undefined])
  const number = found[0]?.number ?? 0
  const [news] = await other.shared.read([{ number, seq: 1 }])
  expect(news).toEqual({ number, status: 'running', events: [eventOf(2)] })
  await other.shared.requestStop({ ...key, owner: 'bob' })
  expect(await store.shared.listStopRequests()).toEqual([])
  await other.shared.requestStop(key)
  expect(await store.shared.listStopRequests()).toEqual([key])
  expect(await other.shared.listStopRequests()).toEqual([])
  await ann.endRun('c1', endOf('r1'), [eventOf(1), eventOf(2), eventOf(3)])
  const [end] = await other.shared.read([{ number, seq: 2 }])
  expect(end).toEqual({ number, status: 'finished', events: [eventOf(3)] })
  const next = await other.shared.find([{ place, after: number - 1 }])
  expect(next[0]?.number).toBe(number)
})

test('each batch sends one hint, also after the listening connection was lost', async () => {
  const { database, store, other, ann } = await makeStores()
  const hints: Hint[] = []
  await other.shared.watch((hint) => void hints.push(hint))
  await ann.beginRun('c1', questionOf('r1'))
  await store.appendEvents([entryOf('r1', 1), entryOf('r1', 2)])
  await until(() => hints.length === 3, 'three hints')
  expect(hints.map(({ type }) => type)).toEqual(['anything', 'begun', 'written'])
  await database.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'listen%'",
  )
  await until(() => hints.length === 4, 'the hint of the reconnection')
  await store.appendEvents([entryOf('r1', 3)])
  await until(() => hints.length === 5, 'the next hint')
  expect(hints.slice(3).map(({ type }) => type)).toEqual(['anything', 'written'])
})

test('the questions of a user are counted exactly over all processes, once per run', async () => {
  const { database, store, other } = await makeStores()
  const both = [store.shared, other.shared]
  const taken = await Promise.all(
    Array.from({ length: 20 }, (_, index) => both[index % 2]?.takeQuestion('ann', `r${index}`, 7)),
  )
  expect(taken.filter((seconds) => seconds === 0)).toHaveLength(7)
  for (const seconds of taken.filter((one) => one !== 0)) expect(seconds).toBeWithin(3590, 3601)
  const first = taken.indexOf(0)
  expect(await other.shared.takeQuestion('ann', `r${first}`, 7)).toBe(0)
  expect(await other.shared.takeQuestion('bob', 'r1', 7)).toBe(0)
  await database.query("UPDATE questions SET asked_at = asked_at - interval '1 hour'")
  expect(await other.shared.takeQuestion('ann', 'later', 7)).toBe(0)
})

test('a run that has ended takes no more events, no other end and no request to stop', async () => {
  const { store, other, ann } = await makeStores()
  await ann.beginRun('c1', questionOf('r1'))
  await ann.endRun('c1', endOf('r1'), [eventOf(1)])
  await expect(store.appendEvents([entryOf('r1', 2)])).rejects.toMatchObject({
    code: 'interrupted',
  })
  const later = { ...endOf('r1'), finishedAt: 1e6 }
  await expect(ann.endRun('c1', later, [eventOf(1)])).rejects.toMatchObject({ code: 'interrupted' })
  await ann.endRun('c1', endOf('r1'), [eventOf(1)])
  expect(seqsOf(await ann.listEvents('c1', 'r1'))).toEqual([1])
  await other.shared.requestStop(key)
  expect(await store.shared.listStopRequests()).toEqual([])
})

test('whether a user may ask is read without counting, and old questions are deleted', async () => {
  const { database, store, other } = await makeStores()
  const seconds = () => other.shared.secondsToQuestion('ann', 1)
  expect([await seconds(), await seconds()]).toEqual([0, 0])
  await store.shared.takeQuestion('ann', 'r1', 1)
  expect(await seconds()).toBeWithin(3590, 3601)
  await database.query("UPDATE questions SET asked_at = asked_at - interval '1 hour'")
  expect(await seconds()).toBe(0)
  await other.shared.expireLeases()
  expect(await database.query('SELECT * FROM questions')).toEqual([])
})

test('a clock of the database that is set back locks no user out for more than an hour', async () => {
  const { database, store } = await makeStores()
  await store.shared.takeQuestion('ann', 'r1', 1)
  await database.query("UPDATE questions SET asked_at = asked_at + interval '25 hours'")
  expect(await store.shared.secondsToQuestion('ann', 1)).toBeWithin(3590, 3601)
  expect(await store.shared.takeQuestion('ann', 'r2', 1)).toBeWithin(3590, 3601)
  await database.query("UPDATE questions SET asked_at = asked_at - interval '1 hour'")
  expect(await store.shared.takeQuestion('ann', 'r2', 1)).toBe(0)
})

test('the open streams of a user in other processes are counted', async () => {
  const { store, other } = await makeStores()
  const count = () => other.shared.countStreams('ann')
  await store.shared.renew(new Map([['ann', 3]]))
  expect([await count(), await store.shared.countStreams('ann')]).toEqual([3, 0])
  await store.shared.renew(new Map([['bob', 1]]))
  expect(await count()).toBe(0)
  await store.shared.renew(new Map([['ann', 2]]))
  await store.shared.leave()
  expect(await count()).toBe(0)
})

test('processes that start together migrate once, and a newer schema is refused', async () => {
  const { url, drop, query } = await makeDatabase()
  cleanUps.push(drop)
  const stores = await Promise.all([1, 2, 3].map(() => openPostgresStore(url, options)))
  for (const store of stores) await store.close()
  await query('UPDATE schema_version SET version = 99')
  await expect(openPostgresStore(url, options)).rejects.toThrow('newer version')
  await expect(openPostgresStore(url, { ...options, migrate: false })).rejects.toThrow(
    'newer version',
  )
})

test('without migration an empty database is refused, and a current one needs no DDL rights', async () => {
  const { url, drop, query } = await makeDatabase()
  cleanUps.push(drop)
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
