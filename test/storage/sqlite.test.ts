import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import type { JournalEntry } from '../../src/core/committer.ts'
import type { Run, RunMessage } from '../../src/core/run.ts'
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

const eventOf = (seq: number) => ({ type: 'run.started' as const, question: 'x', at: 1, seq })

const ended = (id: string): Run => ({ id, status: 'finished', startedAt: 1, finishedAt: 2 })

/** An entry of the journal. */
function entry(run: string, seq: number): JournalEntry {
  const key = { owner: 'ann', conversation: 'c1', run }
  return { log: { key, deliver() {}, fail() {} }, event: eventOf(seq) }
}

const seqs = (events: readonly { seq: number }[]) => events.map(({ seq }) => seq)

test('a history of a newer version is not changed', () => {
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

test('a history that is opened again has its conversations', async () => {
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

test('the events of an ended run are read in order', async () => {
  const { store, ann } = await makeStore()
  await ann.beginRun('c1', question('r1'))
  await store.appendEvents([entry('r1', 1)])
  await ann.endRun('c1', ended('r1'), [eventOf(1), eventOf(2)])
  expect(seqs(await ann.listEvents('c1', 'r1'))).toEqual([1, 2])
})

test('an event that cannot be read hides no other event', async () => {
  const { ann } = await makeStore()
  await ann.beginRun('c1', question('r1'))
  await ann.endRun('c1', ended('r1'), [eventOf(1), { ...eventOf(2), at: Number.NaN }, eventOf(3)])
  expect(seqs(await ann.listEvents('c1', 'r1'))).toEqual([1, 3])
})

test('an unfinished run has the events that were stored of it', async () => {
  const { store, ann } = await makeStore()
  await ann.beginRun('c1', question('r1'))
  await ann.beginRun('c1', question('r2'))
  await store.appendEvents([entry('r1', 1), entry('r2', 1), entry('r1', 2)])
  await ann.endRun('c1', ended('r2'), [eventOf(1)])
  const [unfinished, ...others] = await store.listUnfinished()
  expect(unfinished).toMatchObject({ key: { owner: 'ann', conversation: 'c1', run: 'r1' } })
  expect(seqs(unfinished?.events ?? [])).toEqual([1, 2])
  expect(others).toEqual([])
})

test('the journal keeps only what unfinished runs need', async () => {
  const { path, remove } = makeDataDir()
  const file = join(path, 'journal.db')
  const store = openSqliteStore(file)
  const ann = store.forOwner('ann')
  await ann.createConversation(conversation)
  const count = () => {
    const db = new Database(file, { readonly: true })
    const row = db.query<{ n: number }, []>('SELECT count(*) AS n FROM journal').get()
    db.close()
    return row?.n
  }
  await ann.beginRun('c1', question('long'))
  await store.appendEvents([entry('long', 1)])
  for (let run = 0; run < 20; run += 1) {
    await ann.beginRun('c1', question(`r${run}`))
    const entries = Array.from({ length: 50 }, (_, index) => entry(`r${run}`, index + 1))
    await store.appendEvents(entries)
    await ann.endRun(
      'c1',
      ended(`r${run}`),
      entries.map(({ event }) => event),
    )
  }
  expect(count()).toBe(1001)
  await ann.endRun('c1', ended('long'), [eventOf(1)])
  for (let run = 20; run < 30; run += 1) {
    await ann.beginRun('c1', question(`r${run}`))
    await ann.endRun('c1', ended(`r${run}`), [])
  }
  expect(count()).toBe(0)
  await store.close()
  remove()
})

test('a failed transaction stores none of its events', async () => {
  const { store, ann } = await makeStore()
  await ann.beginRun('c1', question('r1'))
  const circular: Record<string, unknown> = {}
  circular.self = circular
  const broken = { ...entry('r1', 2), event: Object.assign(eventOf(2), circular) }
  await expect(store.appendEvents([entry('r1', 1), broken])).rejects.toThrow()
  expect((await store.listUnfinished())[0]?.events).toEqual([])
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
  await ann.endRun('c1', ended('r1'), [eventOf(1)])
  await ann.deleteConversation('c1')
  expect(await ann.listRuns('c1')).toEqual([])
  expect(await ann.listEvents('c1', 'r1')).toEqual([])
})

test('no call of a user reads or changes the rows of another user', async () => {
  const { store, ann } = await makeStore()
  await ann.beginRun('c1', question('r1'))
  await ann.endRun('c1', ended('r1'), [eventOf(1)])
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
  await bob.endRun('c1', { ...ended('r1'), status: 'failed' }, [eventOf(2)], question('r1'))

  const after = JSON.stringify([
    await ann.findConversation('c1'),
    await ann.listRuns('c1'),
    await ann.listMessages('c1'),
    await ann.listEvents('c1', 'r1'),
  ])
  expect(after).toBe(before)
})
