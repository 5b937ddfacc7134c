import { expect } from 'bun:test'
import { SQL } from 'bun'
import { postgresTest as test } from '../support/postgres.ts'
import { errorOf, usePostgresStores } from '../support/postgres-stores.ts'
import { until } from '../support/socket-server.ts'
import {
  endOf,
  entryOf,
  eventOf,
  questionOf,
  seqsOf,
  storedConversation,
} from '../support/stored-runs.ts'

const { makeStores, onEnd } = usePostgresStores()

const key = { owner: 'ann', conversation: 'c1', run: 'r1' }
const interrupted = { ...endOf('r1'), status: 'interrupted' as const }

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

test('an interruption does not change a run whose process has its lease', async () => {
  const { other, ann } = await makeStores()
  await ann.beginRun('c1', questionOf('r1'))
  await other.shared.expireLeases()
  expect(await other.shared.listLost()).toEqual([])
  await other.shared.interrupt(key, interrupted, [eventOf(1)])
  expect((await ann.findRun('c1', 'r1'))?.status).toBe('running')
})

test('statements of runs that wait for the database delay no renewal', async () => {
  const { database, store } = await makeStores()
  const sql = new SQL(database.url, { max: 1 })
  onEnd(() => sql.close({ timeout: 0 }))
  await sql.unsafe('BEGIN')
  await sql.unsafe('LOCK TABLE runs IN ACCESS EXCLUSIVE MODE')
  let answered = 0
  const reads = Array.from({ length: 10 }, async () => {
    await store.shared.listStopRequests()
    answered += 1
  })
  const areWaiting = async () => {
    const [row] = await database.query(
      "SELECT count(*) AS n FROM pg_locks WHERE NOT granted AND relation = 'runs'::regclass",
    )
    return Number(row?.n) === 3
  }
  await until(areWaiting, 'all connections of the runs wait')
  expect(await store.shared.renew(new Map([['ann', 1]]))).toBe(true)
  expect(answered).toBe(0)
  await sql.unsafe('COMMIT')
  await Promise.all(reads)
})
