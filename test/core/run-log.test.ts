import { expect, test } from 'bun:test'
import type { EventBody, ThinkingEvent } from '../../src/core/event.ts'
import { RunLog } from '../../src/core/run-log.ts'

const called = (tool: string): EventBody => ({
  type: 'tool.called',
  span: '1',
  parent: '0',
  agent: 'ServiceNow',
  tool,
  arguments: '{}',
})
const finished: EventBody = { type: 'run.finished', durationMs: 1 }

function makeLog({ maxEvents = 100, fail = (): boolean => false } = {}) {
  const stored: ThinkingEvent[] = []
  const failures: unknown[] = []
  const store = {
    append(event: ThinkingEvent) {
      if (fail()) throw new Error('disk full')
      stored.push(event)
    },
    forget: (upToSeq: number) =>
      void stored.splice(0, stored.findIndex(({ seq }) => seq === upToSeq) + 1),
  }
  const options = {
    now: () => 7,
    maxEvents,
    store,
    onStoreFailed: (error: unknown) => failures.push(error),
  }
  return { log: new RunLog(options), stored, failures }
}

test('events have numbers from 1 and the time', () => {
  const { log } = makeLog()
  log.append(called('a'))
  log.append(called('b'))
  expect(log.since(0).map(({ seq, at }) => [seq, at])).toEqual([
    [1, 7],
    [2, 7],
  ])
  expect(log.since(1).map(({ seq }) => seq)).toEqual([2])
  expect(log.since(2)).toEqual([])
})

test('an event is stored before a reader is woken', () => {
  const { log, stored } = makeLog()
  const seen: number[] = []
  log.watch(() => seen.push(stored.length))
  log.append(called('a'))
  expect(seen).toEqual([1])
})

test('the log closes once, and drops later events', () => {
  const { log } = makeLog()
  log.append(finished)
  log.append(called('late'))
  log.append({ type: 'run.failed', durationMs: 1 })
  expect(log.status).toBe('finished')
  expect(log.since(0).map(({ type }) => type)).toEqual(['run.finished'])
})

test('a log over its limit reports exactly the removed events', () => {
  const { log, stored } = makeLog({ maxEvents: 3 })
  for (const tool of ['a', 'b', 'c', 'd', 'e']) log.append(called(tool))
  const [gap, ...rest] = log.since(0)
  expect(gap).toMatchObject({ type: 'gap', from: 1, to: 2, seq: 2 })
  expect(rest.map(({ seq }) => seq)).toEqual([3, 4, 5])
  expect(log.since(1)[0]).toMatchObject({ type: 'gap', from: 2, to: 2 })
  expect(log.since(2).map(({ seq }) => seq)).toEqual([3, 4, 5])
  expect(stored.map(({ seq }) => seq)).toEqual([3, 4, 5])
})

test('an event that cannot be stored is not delivered, and the failure is reported once', () => {
  let full = false
  const { log, failures } = makeLog({ fail: () => full })
  log.append(called('a'))
  full = true
  log.append(called('b'))
  log.append(called('c'))
  expect(log.since(0)).toHaveLength(1)
  expect(failures).toHaveLength(1)
})

test('the end of a run reaches its readers even when nothing can be stored', () => {
  const { log } = makeLog({ fail: () => true })
  log.append({ type: 'run.failed', durationMs: 1, code: 'store_failed' })
  expect(log.status).toBe('failed')
  expect(log.since(0)).toHaveLength(1)
})

test('a reader that has left is not woken and not counted', () => {
  const { log } = makeLog()
  let woken = 0
  const leave = log.watch(() => woken++)
  const stay = log.watch(() => {})
  leave()
  log.append(called('a'))
  expect(woken).toBe(0)
  expect(log.watchers).toBe(1)
  stay()
  expect(log.watchers).toBe(0)
})

test('the same function may watch twice, and ending one registration keeps the other', () => {
  const { log } = makeLog()
  let woken = 0
  const wake = () => void woken++
  const first = log.watch(wake)
  log.watch(wake)
  first()
  first()
  log.append(called('a'))
  expect(woken).toBe(1)
})
