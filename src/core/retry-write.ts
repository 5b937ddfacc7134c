import { wait } from './wait.ts'

/** Pauses between the attempts. The last one repeats. */
const pausesMs = [5, 20, 75, 200, 300, 400]
const lastPauseMs = 500

/** No attempt begins later than this after the first failure. */
const limitMs = 10_000

/**
 * Writes, and tries again while the error is temporary, as with a lock of another process or a full disk.
 * @throws what `write` throws, if the error is not temporary or lasts too long
 */
export async function retryWrite<Result>(
  write: () => Promise<Result>,
  isTemporary: (error: unknown) => boolean,
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
      timer ??= setTimeout(() => {
        isLate = true
      }, limitMs)
      await wait(pausesMs[attempt] ?? lastPauseMs)
    }
  } finally {
    clearTimeout(timer)
  }
}
