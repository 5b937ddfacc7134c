import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import { makeDataDir } from '../support/server-process.ts'
import { until } from '../support/socket-server.ts'
import { endOf, entryOf, eventOf, questionOf, storedConversation } from '../support/stored-runs.ts'

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
  await first.forOwner('ann').createConversation(storedConversation)
  await first.close()
  const second = openSqliteStore(file)
  const found = await second.forOwner('ann').findConversation('c1')
  expect(found).toEqual({ ...storedConversation, owner: 'ann' })
  await second.close()
  remove()
})

test('the journal keeps only what unfinished runs need', async () => {
  const { path, remove } = makeDataDir()
  const file = join(path, 'journal.db')
  const store = openSqliteStore(file)
  const ann = store.forOwner('ann')
  await ann.createConversation(storedConversation)
  const count = () => {
    const db = new Database(file, { readonly: true })
    const row = db.query<{ n: number }, []>('SELECT count(*) AS n FROM journal').get()
    db.close()
    return row?.n
  }
  await ann.beginRun('c1', questionOf('long'))
  await store.appendEvents([entryOf('long', 1)])
  for (let run = 0; run < 20; run += 1) {
    await ann.beginRun('c1', questionOf(`r${run}`))
    const entries = Array.from({ length: 50 }, (_, index) => entryOf(`r${run}`, index + 1))
    await store.appendEvents(entries)
    await ann.endRun(
      'c1',
      endOf(`r${run}`),
      entries.map(({ event }) => event),
    )
  }
  expect(count()).toBe(1001)
  await ann.endRun('c1', endOf('long'), [eventOf(1)])
  for (let run = 20; run < 30; run += 1) {
    await ann.beginRun('c1', questionOf(`r${run}`))
    await ann.endRun('c1', endOf(`r${run}`), [])
  }
  expect(count()).toBe(0)
  await store.close()
  remove()
})

// A view with the name of the step's second table makes the step fail after it has created its first one.
test('a migration that fails leaves the database as it was', () => {
  const { path, remove } = makeDataDir()
  const file = join(path, 'old.db')
  copyFileSync(join(import.meta.dir, 'fixtures/opsagent-0.1.0.db'), file)
  const change = new Database(file)
  change.run('CREATE VIEW run_events AS SELECT 1 AS one')
  const stateOf = (db: Database) => ({
    schema: db.query('SELECT type, name, sql FROM sqlite_master ORDER BY name').all(),
    version: db.query('PRAGMA user_version').all(),
    events: db.query('SELECT * FROM events ORDER BY conversation, run, seq').all(),
  })
  const before = stateOf(change)
  change.close()
  expect(() => openSqliteStore(file)).toThrow('run_events')
  const after = new Database(file)
  expect(stateOf(after)).toEqual(before)
  expect(before.events.length).toBeGreaterThan(0)
  after.close()
  remove()
})

test('the words of a conversation that was deleted are gone from the index', async () => {
  const { path, remove } = makeDataDir()
  const file = join(path, 'deleted.db')
  const store = openSqliteStore(file)
  const ann = store.forOwner('ann')
  const names = Array.from({ length: 40 }, (_, n) => `c${n}`)
  for (const id of names) {
    await ann.createConversation({ ...storedConversation, id, title: 'Quokka' })
    const question = { ...questionOf(`r-${id}`), content: `zebrafish number${id} shared` }
    await ann.beginRun(id, question)
    const answer = { ...question, id: `a-${id}`, role: 'assistant' as const, content: 'wolverine' }
    await ann.endRun(id, endOf(`r-${id}`), [], answer)
  }
  await ann.createConversation({ ...storedConversation, id: 'kept', title: 'shared' })
  const readIndex = () => {
    const db = new Database(file, { readonly: true })
    const blocks = db.query<{ block: Uint8Array }, []>('SELECT block FROM search_words_data').all()
    db.close()
    return blocks.map(({ block }) => Buffer.from(block).toString('latin1')).join()
  }
  const words = ['uokka', 'ebrafish', 'olverine']
  for (const word of words) expect(readIndex()).toContain(word)
  for (const id of names) await ann.deleteConversation(id)
  for (const word of words) expect(readIndex()).not.toContain(word)
  expect(await ann.searchConversations('shared', { limit: 50 })).toMatchObject([{ id: 'kept' }])
  await store.close()
  remove()
})

test('a deletion that was cut off continues at the next start, and leaves no words', async () => {
  const { path, remove } = makeDataDir()
  const file = join(path, 'cut-off.db')
  const store = openSqliteStore(file)
  const ann = store.forOwner('ann')
  await ann.createConversation(storedConversation)
  const content = Array.from({ length: 1000 }, (_, n) => `w${n}`).join(' ')
  await ann.beginRun('c1', { ...questionOf('r1'), content })
  const cutOff = ann.deleteConversation('c1').catch((error: unknown) => error)
  await store.close()
  expect(await cutOff).toBeInstanceOf(Error)
  const again = openSqliteStore(file)
  expect(await again.forOwner('ann').findConversation('c1')).toBeUndefined()
  const db = new Database(file)
  const count = (table: string) =>
    db.query<{ n: number }, []>(`SELECT count(*) AS n FROM ${table}`).get()?.n
  await until(() => count('conversations') === 0, 'the rest is deleted')
  expect(count('search_vocabulary')).toBe(0)
  db.close()
  await again.close()
  remove()
})

test('a search whose client has left ends without a result', async () => {
  const store = openSqliteStore(':memory:')
  const ann = store.forOwner('ann')
  await ann.createConversation({ ...storedConversation, title: 'alpha' })
  const leave = new AbortController()
  const search = () => ann.searchConversations('alpha', { limit: 10, signal: leave.signal })
  expect(await search()).toHaveLength(1)
  const left = search()
  leave.abort()
  expect(await left).toEqual([])
  await store.close()
})

test('a history opens while another process writes to it', async () => {
  const { path, remove } = makeDataDir()
  const file = join(path, 'opsagent.db')
  await openSqliteStore(file).close()
  const writer = new Database(file)
  writer.run('BEGIN IMMEDIATE')
  const store = openSqliteStore(file, { migrate: false })
  expect((await store.size()).conversations).toBe(0)
  await store.close()
  writer.run('ROLLBACK')
  writer.close()
  remove()
})
