import { afterEach, expect, test } from 'bun:test'
import { ReaderClock } from '../../src/http/stream/reader-clock.ts'

const removals: (() => void)[] = []
afterEach(() => {
  for (const remove of removals.splice(0)) remove()
})

/** A clock with readers that note their names when they are woken. */
function makeClock(keepAliveMs: number) {
  const closing = new AbortController()
  const woken: string[] = []
  const state = { at: 1000 }
  const clock = new ReaderClock({
    keepAliveMs,
    monotonicMs: () => state.at,
    closing: closing.signal,
  })
  /** Adds a reader. `first` resolves when it is woken. */
  const add = (name: string, endsAtMs = Number.POSITIVE_INFINITY) => {
    const { promise: first, resolve } = Promise.withResolvers<void>()
    const wake = () => {
      woken.push(name)
      resolve()
    }
    const alarm = clock.add(wake, endsAtMs)
    removals.push(() => clock.remove(alarm))
    return { alarm, first, remove: () => clock.remove(alarm) }
  }
  return { add, woken, closing, state }
}

test('a silent reader is woken, and one that has written is not', async () => {
  const { add, woken } = makeClock(60)
  const writing = add('writing')
  const silent = add('silent')
  // Half a keep-alive later.
  writing.alarm.writtenAt = 30
  await silent.first
  expect(woken).toEqual(['silent'])
  await writing.first
})

test('a reader is woken at its end, and no more when it has left', async () => {
  const { add, woken, state } = makeClock(600)
  const left = add('left', 1020)
  const { first } = add('late', 1020)
  left.remove()
  expect(woken).toEqual([])
  state.at = 1020
  await first
  expect(woken).toEqual(['late'])
})

test('a reader is woken again after each silence', async () => {
  const { add, woken } = makeClock(60)
  const twice = Promise.withResolvers<void>()
  add('reader')
  const poll = setInterval(() => woken.length > 1 && twice.resolve(), 1)
  await twice.promise
  clearInterval(poll)
})

test('a shutdown wakes all readers at once', () => {
  const { add, woken, closing } = makeClock(6000)
  add('one')
  add('other')
  closing.abort()
  expect(woken).toEqual(['one', 'other'])
})
