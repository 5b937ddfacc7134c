/**
 * Resolves after `ms`, or as soon as one of the signals is aborted. It never rejects, and leaves no timer and no
 * listener behind.
 */
export async function wait(ms: number, ...signals: AbortSignal[]): Promise<void> {
  await settledWithin(new Promise<never>(() => {}), ms, ...signals)
}

/**
 * Waits for `work`, at most `ms`, and no longer than until one of the signals is aborted. Resolves with whether `work`
 * settled in time; the work itself goes on.
 * @throws what `work` throws, if it does so in time
 */
export async function settledWithin(
  work: Promise<unknown>,
  ms: number,
  ...signals: AbortSignal[]
): Promise<boolean> {
  if (signals.some(({ aborted }) => aborted)) return false
  const { promise: late, resolve } = Promise.withResolvers<boolean>()
  const giveUp = () => resolve(false)
  const timer = setTimeout(giveUp, ms)
  for (const signal of signals) signal.addEventListener('abort', giveUp)
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
    for (const signal of signals) signal.removeEventListener('abort', giveUp)
  }
}
