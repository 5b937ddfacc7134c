import { expect, test } from 'bun:test'
import { Committer, type JournalEntry, type JournalLog } from '../../src/core/committer.ts'
import type { ThinkingEvent } from '../../src/core/event.ts'

type Write = (entries: readonly JournalEntry[]) => Promise<void>

function makeLog(run: string) {
  const delivered: number[] = []
  const failures: unknown[] = []
  const log: JournalLog = {
    key: { owner: 'ann', conversation: 'c1', run },
    deliver: ({ seq }) => void delivered.push(seq),
    fail: (error) => void failures.push(error),
  }
  return { log, delivered, failures }
}

const event = (seq: number): ThinkingEvent => ({ type: 'run.started', question: 'x', seq, at: 0 })

const locked = new Error('locked')
const broken = new Error('no such run')

function makeCommitter(write: Write) {
  const isTemporary = (error: unknown) => error === locked
  return new Committer({ write, isTemporary, retryMs: 10_000, monotonicMs: () => 0 })
}

test('events of all runs that are appended together are one transaction', async () => {
  const writes: number[] = []
  const committer = makeCommitter(async (entries) => void writes.push(entries.length))
  const [one, other] = [makeLog('r1'), makeLog('r2')]
  committer.add({ log: one.log, event: event(1) })
  committer.add({ log: other.log, event: event(1) })
  committer.add({ log: one.log, event: event(2) })
  await committer.flush()
  expect(writes).toEqual([3])
  expect([one.delivered, other.delivered]).toEqual([[1, 2], [1]])
})

test('events that arrive during a write are the next transaction, in order', async () => {
  const writes: number[][] = []
  const gate = Promise.withResolvers<void>()
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const committer = makeCommitter(async (entries) => {
    writes.push(entries.map(({ event: { seq } }) => seq))
    if (writes.length === 2) return second.resolve()
    first.resolve()
    await gate.promise
  })
  const { log, delivered } = makeLog('r1')
  committer.add({ log, event: event(1) })
  await first.promise
  for (const seq of [2, 3, 4]) committer.add({ log, event: event(seq) })
  expect([writes, delivered]).toEqual([[[1]], []])
  gate.resolve()
  // Without `flush`, which would start the second transaction itself.
  await second.promise
  await committer.flush()
  expect(writes).toEqual([[1], [2, 3, 4]])
  expect(delivered).toEqual([1, 2, 3, 4])
})

test('a temporary error is retried, and loses nothing', async () => {
  let writes = 0
  const committer = makeCommitter(async () => {
    writes += 1
    if (writes <= 3) throw locked
  })
  const { log, delivered, failures } = makeLog('r1')
  committer.add({ log, event: event(1) })
  await committer.flush()
  expect(writes).toBe(4)
  expect([delivered, failures]).toEqual([[1], []])
})

test('an error of one run does not affect the others', async () => {
  const committer = makeCommitter(async (entries) => {
    if (entries.some(({ log }) => log.key.run === 'gone')) throw broken
  })
  const [one, gone, other] = [makeLog('r1'), makeLog('gone'), makeLog('r2')]
  for (const { log } of [one, gone, other]) committer.add({ log, event: event(1) })
  await committer.flush()
  expect([one.delivered, gone.delivered, other.delivered]).toEqual([[1], [], [1]])
  expect([one.failures, gone.failures, other.failures]).toEqual([[], [broken], []])
})

test('after a failure the next events are written again', async () => {
  let fails = true
  const committer = makeCommitter(async () => {
    if (fails) throw broken
  })
  const { log, delivered, failures } = makeLog('r1')
  committer.add({ log, event: event(1) })
  await committer.flush()
  fails = false
  committer.add({ log, event: event(2) })
  await committer.flush()
  expect([delivered, failures.length]).toEqual([[2], 1])
})

test('a flush does not wait for events that other runs append later', async () => {
  const [one, other] = [makeLog('r1'), makeLog('r2')]
  let writes = 0
  const committer = makeCommitter(async () => {
    writes += 1
    // Bounded, so that a flush that waits for all of them fails instead of hanging.
    if (writes < 20) committer.add({ log: other.log, event: event(writes) })
  })
  committer.add({ log: one.log, event: event(1) })
  await committer.flush()
  expect([one.delivered, writes]).toEqual([[1], 1])
})
