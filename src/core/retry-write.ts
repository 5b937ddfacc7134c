import { wait } from './wait.ts'

/** Pauses between the attempts, about 10 s in total. */
const pausesMs = [5, 20, 75, 200, 300, 400, ...Array<number>(18).fill(500)]

/**
 * Writes, and tries again while the error is temporary, as with a lock of another process or a full disk.
 * @throws what `write` throws, if the error is not temporary or lasts too long
 */
export async function retryWrite(
  write: () => Promise<void>,
  isTemporary: (error: unknown) => boolean,
): Promise<void> {
  for (const pauseMs of pausesMs) {
    try {
      return await write()
    } catch (error) {
      if (!isTemporary(error)) throw error
      await wait(pauseMs)
    }
  }
  await write()
}
