import { readdirSync, readFileSync, statSync } from 'node:fs'
import { type Log, oncePerMinute } from '../core/log.ts'

/** Files, the database, and connections that are no streams. */
const reserved = 200

/** How often the number of open files is read. */
const readEveryMs = 5000

/** From this share of the limit on, new connections may soon have to wait. */
const nearLimit = 0.95

/** How many files and connections this process may have open. Undefined where the system does not say so. */
export function openFileLimit(): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8')
    const limit = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1])
    return Number.isNaN(limit) ? undefined : limit
  } catch {
    return undefined
  }
}

/** A warning if the limit is too low for the streams of the settings. */
export function openFilesWarning(limit: number | undefined, maxStreams: number): string[] {
  const needed = maxStreams + reserved
  if (limit === undefined || limit >= needed) return []
  return [
    `This process may have ${limit} files and connections open, and MAX_STREAMS is ${maxStreams}. Raise the limit to ${needed} (ulimit -n, LimitNOFILE), or set MAX_STREAMS to ${Math.max(1, limit - reserved)}.`,
  ]
}

/**
 * Logs when the limit is nearly reached, once a minute. Connections beyond it wait in the system, without an error in the
 * process.
 */
export function watchOpenFiles(limit: number | undefined, log: Log): void {
  if (limit === undefined) return
  const error = oncePerMinute(log.error, () => performance.now())
  const timer = setInterval(() => {
    const open = countOpenFiles(limit)
    if (open < limit * nearLimit) return
    error(
      `${open} of ${limit} files and connections are open: new connections have to wait. Raise the limit (ulimit -n, LimitNOFILE), or lower MAX_STREAMS.`,
    )
  }, readEveryMs)
  timer.unref()
}

/** Reading the folder needs a free file: without one, all are open. */
function countOpenFiles(limit: number): number {
  try {
    // Since Linux 6.2 the size is the number of entries.
    return statSync('/proc/self/fd').size || readdirSync('/proc/self/fd').length
  } catch {
    return limit
  }
}
