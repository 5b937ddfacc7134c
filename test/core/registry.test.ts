import { expect, test } from 'bun:test'
import type { Cursor } from '../../src/core/cursor.ts'
import { OpsError } from '../../src/core/errors.ts'
import { Registry } from '../../src/core/registry.ts'
import type { RunResult } from '../../src/core/run.ts'
import { memoryCommitter } from '../support/memory-committer.ts'

const { committer, failWith } = memoryCommitter()
const options = { now: () => 0, maxEvents: 10, committer }
const place = { owner: 'ann', conversation: 'c1' }
const key = { ...place, run: 'r1' }
const started = { type: 'run.started', question: 'x' } as const

const result: RunResult = {
  run: { id: 'r1', status: 'finished', startedAt: 0, finishedAt: 1 },
  question: { id: 'm1', run: 'r1', role: 'user', content: 'x', createdAt: 0 },
}

async function next(cursor: Cursor) {
  await cursor.ready()
  return cursor.read()
}

test('a cursor that waits for a run reads it from its start', async () => {
  const registry = new Registry()
  const byId = registry.follow(place, 'r1', 0)
  const anyRun = registry.follow(place, undefined, 0)
  const otherRun = registry.follow(place, 'r2', 0)
  const active = registry.begin(key, 'x', options)
  active.log.append(started)
  expect(await next(byId)).toHaveLength(1)
  expect(await next(anyRun)).toHaveLength(1)
  expect([byId.run, anyRun.run, otherRun.run]).toEqual(['r1', 'r1', undefined])
  expect(registry.size).toBe(2)
})

test('a cursor of another user with the same ids never gets the run', () => {
  const registry = new Registry()
  const cursor = registry.follow({ owner: 'bob', conversation: 'c1' }, 'r1', 0)
  registry.begin(key, 'x', options)
  expect(cursor.run).toBeUndefined()
  expect(registry.find({ owner: 'bob', conversation: 'c1' }, 'r1')).toBeUndefined()
})

test('a conversation has one run at a time', () => {
  const registry = new Registry()
  const first = registry.begin(key, 'x', options)
  expect(() => registry.begin({ ...key, run: 'r2' }, 'x', options)).toThrow(
    new OpsError('conversation_busy'),
  )
  registry.end(first, result)
  expect(registry.begin({ ...key, run: 'r2' }, 'x', options).key.run).toBe('r2')
})

test('`ended` resolves with the result, or rejects when the end could not be stored', async () => {
  const registry = new Registry()
  const first = registry.begin(key, 'x', options)
  registry.end(first, result)
  expect(await first.ended).toBe(result)
  const second = registry.begin(key, 'x', options)
  registry.end(second, new OpsError('store_failed'))
  await expect(second.ended).rejects.toMatchObject({ code: 'store_failed' })
})

test('a late end of an old run does not remove a newer one', () => {
  const registry = new Registry()
  const first = registry.begin(key, 'x', options)
  registry.end(first, result)
  const second = registry.begin({ ...key, run: 'r2' }, 'x', options)
  registry.end(first, result)
  expect(registry.find(place)).toBe(second)
})

test('a waiting cursor that is closed leaves nothing behind', async () => {
  const registry = new Registry()
  const cursor = registry.follow(place, 'never', 0)
  expect(registry.size).toBe(1)
  const pending = next(cursor)
  cursor.close()
  cursor.close()
  expect(await pending).toEqual([])
  expect(registry.size).toBe(0)
})

test('a run whose events cannot be stored is stopped with that reason', async () => {
  const registry = new Registry()
  const active = registry.begin(key, 'x', options)
  failWith(new Error('disk full'))
  active.log.append(started)
  await committer.flush()
  failWith()
  expect(active.signal.reason).toMatchObject({ code: 'store_failed' })
})
