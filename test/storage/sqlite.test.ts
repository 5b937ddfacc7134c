import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import type { RunMessage } from '../../src/core/run.ts'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import { makeDataDir } from '../support/server-process.ts'

const conversation = { id: 'c1', title: 't', model: 'm', createdAt: 1, updatedAt: 1 }

async function makeStore() {
  const store = openSqliteStore(':memory:')
  const ann = store.forOwner('ann')
  await ann.createConversation(conversation)
  return { store, ann }
}

function question(run: string, createdAt = 1): RunMessage {
  return { id: `q-${run}`, run, role: 'user', content: run, createdAt }
}

const started = { type: 'run.started', question: 'x', at: 1 } as const

test('a history of a newer version is refused and not changed', () => {
  const { path, remove } = makeDataDir()
  const file = join(path, 'newer.db')
  const db = new Database(file, { create: true })
  db.run('PRAGMA user_version = 99')
  db.close()
  expect(() => openSqliteStore(file)).toThrow('written by a newer version')
  const after = new Database(file).query('PRAGMA user_version').get()
  expect(after).toEqual({ user_version: 99 })
  remove()
})

test('conversations are stored in the file', async () => {
  const { path, remove } = makeDataDir()
  const file = join(path, 'again.db')
  const first = openSqliteStore(file)
  await first.forOwner('ann').createConversation(conversation)
  await first.close()
  const second = openSqliteStore(file)
  const found = await second.forOwner('ann').findConversation('c1')
  expect(found).toEqual({ ...conversation, owner: 'ann' })
  await second.close()
  remove()
})

test('the order of runs and messages does not depend on the clock', async () => {
  const { ann } = await makeStore()
  await ann.beginRun('c1', question('first', 5000))
  await ann.beginRun('c1', question('second', 1000))
  const contents = async (filter?: { run?: string; last?: number }) =>
    (await ann.listMessages('c1', filter)).map(({ content }) => content)
  expect((await ann.listRuns('c1')).map(({ id }) => id)).toEqual(['first', 'second'])
  expect(await contents()).toEqual(['first', 'second'])
  expect(await contents({ last: 1 })).toEqual(['second'])
  expect(await contents({ run: 'first' })).toEqual(['first'])
})

test('an unreadable event is skipped', async () => {
  const { ann } = await makeStore()
  await ann.beginRun('c1', question('r1'))
  ann.appendEvent('c1', 'r1', { ...started, seq: 1 })
  ann.appendEvent('c1', 'r1', { ...started, seq: 2, at: Number.NaN })
  ann.appendEvent('c1', 'r1', { ...started, seq: 3 })
  expect((await ann.listEvents('c1', 'r1')).map(({ seq }) => seq)).toEqual([1, 3])
})

test('two questions with one run id are stored once', async () => {
  const { ann } = await makeStore()
  await ann.beginRun('c1', question('r1', 1))
  await expect(ann.beginRun('c1', question('r1', 2))).rejects.toThrow()
  expect(await ann.listMessages('c1')).toHaveLength(1)
})

test('deleting a conversation deletes its runs, messages and events', async () => {
  const { ann } = await makeStore()
  await ann.beginRun('c1', question('r1'))
  ann.appendEvent('c1', 'r1', { ...started, seq: 1 })
  await ann.deleteConversation('c1')
  expect(await ann.listRuns('c1')).toEqual([])
  expect(await ann.listEvents('c1', 'r1')).toEqual([])
})

test('the store of one user cannot read or change the rows of another user', async () => {
  const { store, ann } = await makeStore()
  await ann.beginRun('c1', question('r1'))
  ann.appendEvent('c1', 'r1', { ...started, seq: 1 })
  const before = JSON.stringify([
    await ann.findConversation('c1'),
    await ann.listRuns('c1'),
    await ann.listMessages('c1'),
    await ann.listEvents('c1', 'r1'),
  ])

  const bob = store.forOwner('bob')
  expect(await bob.findConversation('c1')).toBeUndefined()
  expect(await bob.listConversations({ limit: 10 })).toEqual({ conversations: [] })
  expect(await bob.listRuns('c1')).toEqual([])
  expect(await bob.findRun('c1', 'r1')).toBeUndefined()
  expect(await bob.listMessages('c1')).toEqual([])
  expect(await bob.listEvents('c1', 'r1')).toEqual([])
  await bob.updateConversation('c1', { title: 'mine' })
  await bob.deleteConversation('c1')
  await expect(bob.beginRun('c1', question('r2'))).rejects.toMatchObject({ code: 'not_found' })
  await bob.endRun('c1', { id: 'r1', status: 'failed', startedAt: 1 }, question('r1'))
  expect(() => bob.appendEvent('c1', 'r1', { ...started, seq: 2 })).toThrow()
  bob.forgetEvents('c1', 'r1', 1)

  const after = JSON.stringify([
    await ann.findConversation('c1'),
    await ann.listRuns('c1'),
    await ann.listMessages('c1'),
    await ann.listEvents('c1', 'r1'),
  ])
  expect(after).toBe(before)
})
