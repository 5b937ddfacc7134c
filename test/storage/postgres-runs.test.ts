import { expect } from 'bun:test'
import type { Hint } from '../../src/storage/store.ts'
import { postgresTest as test } from '../support/postgres.ts'
import { usePostgresStores } from '../support/postgres-stores.ts'
import { until } from '../support/socket-server.ts'
import {
  endOf,
  entryOf,
  eventOf,
  questionOf,
  seqsOf,
  storedConversation,
} from '../support/stored-runs.ts'

const { makeStores } = usePostgresStores()

const key = { owner: 'ann', conversation: 'c1', run: 'r1' }

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
