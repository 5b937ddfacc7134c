/**
 * The longest time in ms for which the event loop was busy while `work` ran, as a timer of 5 ms saw it. It is CPU time of
 * this thread, so that other processes do not count.
 */
export async function longestStall(work: () => Promise<unknown>): Promise<number> {
  let last = cpuTimeMs()
  let longest = 0
  const observe = () => {
    const now = cpuTimeMs()
    longest = Math.max(longest, now - last)
    last = now
  }
  const timer = setInterval(observe, 5)
  try {
    await work()
    observe()
  } finally {
    clearInterval(timer)
  }
  return longest
}

/** The CPU time that this thread has used, in ms. */
export function cpuTimeMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/**
 * The CPU time of the fastest of up to three attempts, in ms: the first ones run code that is not compiled yet. An attempt
 * below `enoughMs` is the last one.
 */
export function leastCpuMs(enoughMs: number, work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 3 && least >= enoughMs; attempt += 1) {
    const before = cpuTimeMs()
    work()
    least = Math.min(least, cpuTimeMs() - before)
  }
  return least
}
