import { Committer, type JournalEntry } from '../../src/core/committer.ts'
import type { ThinkingEvent } from '../../src/core/event.ts'

/** A committer that keeps the events in memory. `failWith` makes its writes fail until it is called without an error. */
export function memoryCommitter() {
  const stored: ThinkingEvent[] = []
  let failure: Error | undefined
  const write = async (entries: readonly JournalEntry[]) => {
    if (failure !== undefined) throw failure
    stored.push(...entries.map(({ event }) => event))
  }
  const committer = new Committer({
    write,
    isTemporary: () => false,
    retryMs: 1,
    monotonicMs: () => 0,
  })
  const failWith = (error?: Error) => {
    failure = error
  }
  return { committer, stored, failWith }
}
