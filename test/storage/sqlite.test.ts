import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import { makeDataDir } from '../support/server-process.ts'

const key = { owner: 'ann', conversation: 'c1', run: 'r1' }

function makeStore() {
  const store = openSqliteStore(':memory:')
  const conversation = {
    id: 'c1',
    owner: 'ann',
    title: 't',
    model: 'm',
    createdAt: 1,
    updatedAt: 1,
  }
  store.createConversation(conversation)
  return store
}

function ask(store: ReturnType<typeof makeStore>, run: string, at: number) {
  const question = { id: `q-${run}`, run, role: 'user' as const, content: run, createdAt: at }
  store.beginRun({ ...key, run }, { question, at })
}

test('a history of a newer version is not touched', () => {
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

test('a history that is opened again holds what it held', () => {
  const { path, remove } = makeDataDir()
  const file = join(path, 'again.db')
  const conversation = {
    id: 'c1',
    owner: 'ann',
    title: 't',
    model: 'm',
    createdAt: 1,
    updatedAt: 1,
  }
  const first = openSqliteStore(file)
  first.createConversation(conversation)
  first.close()
  const second = openSqliteStore(file)
  expect(second.findConversation('ann', 'c1')).toEqual(conversation)
  second.close()
  remove()
})

test('the order of what was said does not depend on the clock', () => {
  const store = makeStore()
  ask(store, 'first', 5000)
  ask(store, 'second', 1000)
  expect(store.listRuns('c1').map(({ id }) => id)).toEqual(['first', 'second'])
  expect(store.listMessages('c1').map(({ content }) => content)).toEqual(['first', 'second'])
  expect(store.listMessages('c1', { last: 1 }).map(({ content }) => content)).toEqual(['second'])
  expect(store.listMessages('c1', { run: 'first' }).map(({ content }) => content)).toEqual([
    'first',
  ])
})

test('an event that cannot be read hides nothing but itself', () => {
  const store = makeStore()
  ask(store, 'r1', 1)
  const event = { type: 'run.started' as const, question: 'x', at: 1 }
  store.appendEvent(key, { ...event, seq: 1 })
  store.appendEvent(key, { ...event, seq: 2, at: Number.NaN })
  store.appendEvent(key, { ...event, seq: 3 })
  expect(store.listEvents('c1', 'r1', 0).map(({ seq }) => seq)).toEqual([1, 3])
})

test('a question that is asked twice under one id is stored once', () => {
  const store = makeStore()
  ask(store, 'r1', 1)
  expect(() => ask(store, 'r1', 2)).toThrow()
  expect(store.listMessages('c1')).toHaveLength(1)
})

test('a conversation takes its runs, messages and events with it', () => {
  const store = makeStore()
  ask(store, 'r1', 1)
  store.appendEvent(key, { type: 'run.started', question: 'x', seq: 1, at: 1 })
  store.deleteConversation('c1')
  expect(store.listRuns('c1')).toEqual([])
  expect(store.listEvents('c1', 'r1', 0)).toEqual([])
})
