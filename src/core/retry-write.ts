import { wait } from './wait.ts'

/** Pauses between the attempts. The last one repeats. */
const pausesMs = [5, 20, 75, 200, 300, 400]
const lastPauseMs = 500

/**
 * Writes, and tries again while the error is temporary, as with a lock of another process or a full disk. The last attempt
 * is the first one that fails later than `limitMs` after the first failure; `Infinity` sets no limit.
 * @throws what `write` throws, if the error is not temporary or lasts too long
 */
export async function retryWrite<Result>(
  write: () => Promise<Result>,
  isTemporary: (error: unknown) => boolean,
  limitMs = 10_000,
): Promise<Result> {
  let isLate = false
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await write()
      } catch (error) {
        if (isLate || !isTemporary(error)) throw error
      }
      // A timer takes `Infinity` as 1 ms.
      if (limitMs !== Number.POSITIVE_INFINITY) {
        timer ??= setTimeout(() => {
          isLate = true
        }, limitMs)
      }
      await wait(pausesMs[attempt] ?? lastPauseMs)
    }
  } finally {
    clearTimeout(timer)
  }
}
