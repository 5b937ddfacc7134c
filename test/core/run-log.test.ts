import { expect, test } from 'bun:test'
import type { EventBody } from '../../src/core/event.ts'
import { KeptEvents, RunLog } from '../../src/core/run-log.ts'
import { called } from '../support/emitting.ts'
import { memoryCommitter } from '../support/memory-committer.ts'

const key = { owner: 'ann', conversation: 'c1', run: 'r1' }

const finished: EventBody = { type: 'run.finished', durationMs: 1 }

function makeLog({ maxEvents = 100 } = {}) {
  const failures: unknown[] = []
  const memory = memoryCommitter()
  const log = new RunLog(key, {
    now: () => 7,
    maxEvents,
    committer: memory.committer,
    onStoreFailed: (error: unknown) => failures.push(error),
  })
  return { log, failures, ...memory }
}

test('events are numbered from 1 and carry the time', async () => {
  const { log, committer } = makeLog()
  log.append(called('a'))
  log.append(called('b'))
  await committer.flush()
  expect(log.since(0).map(({ seq, at }) => [seq, at])).toEqual([
    [1, 7],
    [2, 7],
  ])
  expect(log.since(1).map(({ seq }) => seq)).toEqual([2])
  expect(log.since(2)).toEqual([])
})

test('an event is stored before a reader is woken', async () => {
  const { log, committer, stored } = makeLog()
  const seen: number[] = []
  log.watch({ onEvents: () => seen.push(stored.length) })
  log.append(called('a'))
  expect(seen).toEqual([])
  await committer.flush()
  expect(seen).toEqual([1])
})

test('the log closes once, and drops later events', async () => {
  const { log, committer } = makeLog()
  log.close(log.seal(finished))
  log.append(called('late'))
  log.close({ type: 'run.failed', durationMs: 1, seq: 2, at: 7 })
  await committer.flush()
  expect(log.status).toBe('finished')
  expect(log.since(0).map(({ type }) => type)).toEqual(['run.finished'])
})

test('past its limit the log reports exactly the events that were dropped', async () => {
  const { log, committer } = makeLog({ maxEvents: 3 })
  for (const tool of ['a', 'b', 'c', 'd', 'e']) log.append(called(tool))
  await committer.flush()
  const [gap, ...rest] = log.since(0)
  expect(gap).toMatchObject({ type: 'gap', from: 1, to: 2, seq: 2 })
  expect(rest.map(({ seq }) => seq)).toEqual([3, 4, 5])
  expect(log.since(1)[0]).toMatchObject({ type: 'gap', from: 2, to: 2 })
  expect(log.since(2).map(({ seq }) => seq)).toEqual([3, 4, 5])
  expect(log.events.map(({ seq }) => seq)).toEqual([3, 4, 5])
})

test('an event that cannot be stored is not delivered, and the failure is reported once', async () => {
  const { log, committer, failWith, failures } = makeLog()
  log.append(called('a'))
  await committer.flush()
  failWith(new Error('disk full'))
  log.append(called('b'))
  log.append(called('c'))
  await committer.flush()
  expect(log.since(0)).toHaveLength(1)
  expect(failures).toHaveLength(1)
})

test('the end of a run reaches its readers even when nothing can be stored', async () => {
  const { log, failWith } = makeLog()
  failWith(new Error('disk full'))
  log.close(log.seal({ type: 'run.failed', durationMs: 1, code: 'store_failed' }))
  expect(log.status).toBe('failed')
  expect(log.since(0)).toHaveLength(1)
})

test('a reader that has left is not woken, and leaves nothing behind', async () => {
  const { log, committer } = makeLog()
  let woken = 0
  const leaving = { onEvents: () => woken++ }
  const staying = { onEvents() {} }
  log.watch(leaving)
  log.watch(staying)
  log.unwatch(leaving)
  log.append(called('a'))
  await committer.flush()
  expect(woken).toBe(0)
  expect(log.watchers).toBe(1)
  log.unwatch(staying)
  expect(log.watchers).toBe(0)
})

test('kept events are the newest ones, and readers are woken once for many', () => {
  const kept = new KeptEvents(3)
  const woken: number[] = []
  const watcher = { onEvents: () => woken.push(kept.lastSeq) }
  kept.watch(watcher)
  for (const seq of [1, 2, 3, 4, 5]) kept.add({ ...finished, seq, at: 7 })
  kept.wakeReaders()
  kept.unwatch(watcher)
  kept.add({ ...finished, seq: 6, at: 7 })
  kept.wakeReaders()
  expect([kept.all.map(({ seq }) => seq), woken]).toEqual([[4, 5, 6], [5]])
})
