import { expect, test } from 'bun:test'
import { OpsError } from '../../src/core/errors.ts'
import { type ActiveRun, Registry } from '../../src/core/registry.ts'

const options = { now: () => 0, maxEvents: 10, keeper: { append: () => {}, forget: () => {} } }
const place = { owner: 'ann', conversation: 'c1' }
const key = { ...place, run: 'r1' }

test('a reader who comes before the run is given it when it begins', () => {
  const registry = new Registry()
  const taken: ActiveRun[] = []
  registry.wait(place, 'r1', (active) => taken.push(active))
  registry.wait(place, undefined, (active) => taken.push(active))
  registry.wait(place, 'r2', (active) => taken.push(active))
  const active = registry.begin(key, options)
  expect(taken).toEqual([active, active])
  expect(registry.size).toBe(2)
})

test('another user who names the same ids gets nothing', () => {
  const registry = new Registry()
  let taken = 0
  registry.wait({ owner: 'bob', conversation: 'c1' }, 'r1', () => taken++)
  registry.begin(key, options)
  expect(taken).toBe(0)
  expect(registry.find({ owner: 'bob', conversation: 'c1' }, 'r1')).toBeUndefined()
})

test('a conversation has one run at a time', () => {
  const registry = new Registry()
  const first = registry.begin(key, options)
  expect(() => registry.begin({ ...key, run: 'r2' }, options)).toThrow(
    new OpsError('conversation_busy'),
  )
  registry.end(first)
  expect(registry.begin({ ...key, run: 'r2' }, options).key.run).toBe('r2')
})

test('a late end of an old run does not remove the new one', async () => {
  const registry = new Registry()
  const first = registry.begin(key, options)
  registry.end(first)
  await first.over
  const second = registry.begin({ ...key, run: 'r2' }, options)
  registry.end(first)
  expect(registry.find(place)).toBe(second)
})

test('a waiting reader who gives up leaves nothing behind', () => {
  const registry = new Registry()
  const leave = registry.wait(place, 'never', () => {})
  expect(registry.size).toBe(1)
  leave()
  leave()
  expect(registry.size).toBe(0)
})

test('a run whose events cannot be kept is stopped with that reason', () => {
  const registry = new Registry()
  const append = () => {
    throw new Error('disk full')
  }
  const active = registry.begin(key, { ...options, keeper: { append, forget: () => {} } })
  active.log.append({ type: 'run.started', question: 'x' })
  expect(active.signal.reason).toMatchObject({ code: 'store_failed' })
})
