import { expect } from 'bun:test'
import { postgresTest as test } from '../support/postgres.ts'
import { usePostgresStores } from '../support/postgres-stores.ts'

const { makeStores } = usePostgresStores()

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

test('a clock of the database that is set back locks no user out for more than an hour', async () => {
  const { database, store } = await makeStores()
  await store.shared.takeQuestion('ann', 'r1', 1)
  await database.query("UPDATE questions SET asked_at = asked_at + interval '25 hours'")
  expect(await store.shared.secondsToQuestion('ann', 1)).toBeWithin(3590, 3601)
  expect(await store.shared.takeQuestion('ann', 'r2', 1)).toBeWithin(3590, 3601)
  await database.query("UPDATE questions SET asked_at = asked_at - interval '1 hour'")
  expect(await store.shared.takeQuestion('ann', 'r2', 1)).toBe(0)
})
