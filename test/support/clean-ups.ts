import { afterEach } from 'bun:test'
import { makeDataDir } from './server-process.ts'

/** Runs what a test registers with `onEnd` after that test, the last first. Call it once at the top of a file. */
export function useCleanUps() {
  const cleanUps: (() => unknown)[] = []
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
  })
  const onEnd = (cleanUp: () => unknown) => void cleanUps.push(cleanUp)
  return {
    onEnd,
    /** Makes a folder for a history, which is removed after the test. */
    dataDir(): string {
      const { path, remove } = makeDataDir()
      onEnd(remove)
      return path
    },
  }
}
