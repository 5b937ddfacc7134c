import { expect, test } from 'bun:test'
import { settledWithin, wait } from '../../src/core/wait.ts'

const longMs = 60_000

test('`wait` ends as soon as one of its signals is aborted', async () => {
  const controller = new AbortController()
  const waiting = wait(longMs, new AbortController().signal, controller.signal)
  controller.abort()
  expect(await waiting).toBeUndefined()
  expect(await wait(longMs, AbortSignal.abort())).toBeUndefined()
})

test('`settledWithin` returns whether the work settled in time', async () => {
  expect(await settledWithin(Promise.resolve(1), longMs)).toBe(true)
  expect(await settledWithin(new Promise(() => {}), 0)).toBe(false)
  expect(await settledWithin(new Promise(() => {}), longMs, AbortSignal.abort())).toBe(false)
})

test('`settledWithin` throws what the work throws', async () => {
  await expect(settledWithin(Promise.reject(new Error('no')), longMs)).rejects.toThrow('no')
})
