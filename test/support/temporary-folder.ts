import { statfsSync } from 'node:fs'

const memory = '/dev/shm'

/** More than the files of all tests that run at the same time. */
const neededBytes = 4 * 2 ** 30

// `bun test` loads this file before each test file. The tests make thousands of files, which take much less time in memory.
if (process.env.TMPDIR === undefined && hasSpace()) process.env.TMPDIR = memory

function hasSpace(): boolean {
  try {
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize > neededBytes
  } catch {
    return false
  }
}
