import { statfsSync, statSync } from 'node:fs'

/** Less free space than this is a full disk: a write may still find room in the WAL, but the next ones do not. */
const fewestFreeBytes = 1_000_000

/**
 * Returns a function that checks an open file: the process keeps its file although the path has another one.
 * @throws Error from the returned function, when the path has another file or none, or its disk is full
 */
export function watchOpenFile(path: string): () => void {
  const opened = statSync(path)
  return () => {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.ino !== opened.ino || found.dev !== opened.dev) {
      throw new Error(
        `${path} was deleted or replaced while the server runs. What it writes now is lost when it ends: restart it.`,
      )
    }
    const { blocks, bavail, bsize } = statfsSync(path)
    // Some file systems do not report their size.
    if (blocks > 0 && bavail * bsize < fewestFreeBytes) throw new Error('the disk is full')
  }
}
