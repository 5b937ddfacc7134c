import { expect, test } from 'bun:test'
import { Cursor } from '../../src/core/cursor.ts'
import { endedLog, RunLog } from '../../src/core/run-log.ts'
import { called } from '../support/emitting.ts'
import { memoryCommitter } from '../support/memory-committer.ts'

function makeLog(maxEvents = 100) {
  const { committer, failWith } = memoryCommitter()
  const key = { owner: 'ann', conversation: 'c1', run: 'r1' }
  const log = new RunLog(key, { now: () => 7, maxEvents, committer, onStoreFailed() {} })
  /** Appends events and waits until they are stored. */
  const append = async (...tools: string[]) => {
    for (const tool of tools) log.append(called(tool))
    await committer.flush()
  }
  return { log, append, failWith }
}

function follow(log: RunLog, after = 0): Cursor {
  const cursor = new Cursor(after)
  cursor.attach('r1', log)
  return cursor
}

const seqs = (events: readonly { seq: number }[]) => events.map(({ seq }) => seq)

async function next(cursor: Cursor) {
  await cursor.ready()
  return cursor.read()
}

test('everything that was appended meanwhile is returned by the next call', async () => {
  const { log, append } = makeLog()
  const cursor = follow(log)
  const pending = next(cursor)
  await append('a', 'b')
  expect(seqs(await pending)).toEqual([1, 2])
  await append('c')
  expect(seqs(await next(cursor))).toEqual([3])
  expect(cursor.seq).toBe(3)
})

test('a cursor starts after the last event that its reader has seen', async () => {
  const { log, append } = makeLog()
  await append('a', 'b', 'c')
  expect(seqs(await next(follow(log, 2)))).toEqual([3])
})

test('a position that the log never had starts from the first event', async () => {
  const { log, append } = makeLog()
  await append('a')
  expect(seqs(await next(follow(log, 99)))).toEqual([1])
})

test('`ended` has the status once the last event was returned, not before', async () => {
  const { log, append } = makeLog()
  const cursor = follow(log)
  await append('a')
  await next(cursor)
  log.close(log.seal({ type: 'run.stopped', durationMs: 1 }))
  expect(cursor.ended).toBeUndefined()
  await next(cursor)
  expect(cursor.ended).toBe('stopped')
  expect(await next(cursor)).toEqual([])
})

test('the stored events of an ended run are read like a log', async () => {
  const cursor = new Cursor(0)
  cursor.attach('r1', endedLog([{ ...called('a'), seq: 1, at: 1 }], 'interrupted'))
  expect(seqs(await next(cursor))).toEqual([1])
  expect(cursor.ended).toBe('interrupted')
})

test('a run without any stored event has ended at once', async () => {
  const cursor = new Cursor(5)
  cursor.attach('r1', endedLog([], 'failed'))
  expect(await next(cursor)).toEqual([])
  expect(cursor.ended).toBe('failed')
})

test('`wake` resolves a pending call, or else the next one, with no events', async () => {
  const { log } = makeLog()
  const cursor = follow(log)
  const pending = next(cursor)
  cursor.wake()
  expect(await pending).toEqual([])
  cursor.wake()
  expect(await next(cursor)).toEqual([])
})

test('an event that could not be stored shows as a gap before the next one', async () => {
  const { log, append, failWith } = makeLog()
  const cursor = follow(log)
  await append('a')
  await next(cursor)
  failWith(new Error('disk full'))
  await append('lost')
  failWith()
  await append('c')
  expect(await next(cursor)).toMatchObject([
    { type: 'gap', from: 2, to: 2 },
    { type: 'tool.called', seq: 3 },
  ])
})

test('a closed cursor is no longer woken by its log', () => {
  const { log } = makeLog()
  const cursor = follow(log)
  expect(log.watchers).toBe(1)
  cursor.close()
  expect(log.watchers).toBe(0)
})
