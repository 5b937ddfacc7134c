import { expect, test } from 'bun:test'
import { Cursor } from '../../src/core/cursor.ts'
import type { EventBody } from '../../src/core/event.ts'
import { endedLog, RunLog } from '../../src/core/run-log.ts'

const called = (tool: string): EventBody => ({
  type: 'tool.called',
  span: '1',
  parent: '0',
  agent: 'ServiceNow',
  tool,
  arguments: '{}',
})

function makeLog(maxEvents = 100) {
  let full = false
  const store = {
    append() {
      if (full) throw new Error('disk full')
    },
    forget() {},
  }
  const log = new RunLog({ now: () => 7, maxEvents, store, onStoreFailed() {} })
  return { log, fill: (on: boolean) => (full = on) }
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

test('one call returns every event since the last call', async () => {
  const { log } = makeLog()
  const cursor = follow(log)
  const pending = next(cursor)
  log.append(called('a'))
  log.append(called('b'))
  expect(seqs(await pending)).toEqual([1, 2])
  log.append(called('c'))
  expect(seqs(await next(cursor))).toEqual([3])
  expect(cursor.seq).toBe(3)
})

test('a cursor starts after the last event that its reader has seen', async () => {
  const { log } = makeLog()
  for (const tool of ['a', 'b', 'c']) log.append(called(tool))
  expect(seqs(await next(follow(log, 2)))).toEqual([3])
})

test('a position beyond the end of the log starts at the first event', async () => {
  const { log } = makeLog()
  log.append(called('a'))
  expect(seqs(await next(follow(log, 99)))).toEqual([1])
})

test('`ended` has the status only after the last event was returned', async () => {
  const { log } = makeLog()
  const cursor = follow(log)
  log.append(called('a'))
  await next(cursor)
  log.append({ type: 'run.stopped', durationMs: 1 })
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
  const { log, fill } = makeLog()
  const cursor = follow(log)
  log.append(called('a'))
  await next(cursor)
  fill(true)
  log.append(called('lost'))
  fill(false)
  log.append(called('c'))
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
