import { expect, test } from 'bun:test'
import { retryWrite } from '../../src/core/retry-write.ts'

/** A write that fails `failures` times. */
function failing(failures: number) {
  const state = { attempts: 0 }
  const write = async () => {
    state.attempts += 1
    if (state.attempts <= failures) throw new Error(`failure ${state.attempts}`)
    return state.attempts
  }
  return { state, write }
}

test('a write is repeated while its error is temporary', async () => {
  const { write } = failing(3)
  expect(await retryWrite(write, () => true)).toBe(4)
  const { write: broken, state } = failing(3)
  await expect(retryWrite(broken, () => state.attempts < 2)).rejects.toThrow('failure 2')
})

test('the first failure after the limit is the last one', async () => {
  const { write } = failing(Number.POSITIVE_INFINITY)
  await expect(retryWrite(write, () => true, 1)).rejects.toThrow('failure 2')
})

test('without a limit a write is repeated until it succeeds', async () => {
  const { write } = failing(4)
  expect(await retryWrite(write, () => true, Number.POSITIVE_INFINITY)).toBe(5)
})
