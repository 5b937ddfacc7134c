import type { SSEStreamingApi } from 'hono/streaming'
import { type RunStatus, type ThinkingEvent, terminalStatus } from '../core/event.ts'
import type { RunLog } from '../core/run-log.ts'
import {
  closingFrame,
  doneFrame,
  eventFrame,
  keepAliveFrame,
  openingFrame,
  unknownRunFrame,
} from './sse.ts'
import { Waker } from './waker.ts'

/** What a reader follows: the log of a run, or what the store kept of one that is over. */
export type Readable = {
  run: string
  log: Pick<RunLog, 'since' | 'lastSeq' | 'closed' | 'watch'>
  /** How the run ended, for a log that lost its last event in a crash. */
  status?: RunStatus
}

/** One reader: what it follows, from where, in which form, and for how long. */
export type ReaderOptions = {
  /** The run, or how to be given it when it begins; the function that this returns gives up. */
  source: Readable | ((take: (readable: Readable) => void) => () => void)
  /** The last `seq` that the reader has seen. */
  after: number
  /** The event in the reader's form, or nothing for an event that has none. */
  encode: (event: ThinkingEvent) => string | undefined
  keepAliveMs: number
  /** How long it waits for its run to begin. */
  firstEventMs: number
  /** How long it lives at most; it is closed without `done` then, and comes back. */
  lifeMs: number
  /** Aborted when the server closes: the reader gets what there is, and comes back to the next server. */
  closing: AbortSignal
  now: () => number
}

/** Written at once at most, so that a long log does not become one long string. */
const batchCharacters = 65_536

/**
 * Writes a run to one reader until it is over, the reader has left, or its time is up. The reader holds a cursor and
 * no queue: while a write waits for a slow reader, what happens gathers in the log and goes out with the next write.
 */
export async function readRun(stream: SSEStreamingApi, options: ReaderOptions): Promise<void> {
  const { keepAliveMs, closing, now } = options
  const waker = new Waker()
  const reader = new RunReader(options, waker.wake)
  const until = now() + options.lifeMs
  const giveUpAt = now() + options.firstEventMs
  let quiet = false
  const timer = setInterval(() => {
    quiet = true
    waker.wake()
  }, keepAliveMs)
  stream.onAbort(waker.wake)
  closing.addEventListener('abort', waker.wake)
  try {
    await stream.write(openingFrame(retryMs()))
    while (!stream.aborted && now() < until) {
      const { text, over, more } = reader.next()
      if (text !== '') await stream.write(text)
      if (over) return
      if (more) continue
      if (closing.aborted) {
        await stream.write(closingFrame)
        return
      }
      if (!reader.began && now() >= giveUpAt) {
        await stream.write(unknownRunFrame)
        return
      }
      if (quiet) await stream.write(keepAliveFrame)
      quiet = false
      await waker.sleep()
    }
  } finally {
    clearInterval(timer)
    closing.removeEventListener('abort', waker.wake)
    reader.leave()
  }
}

/** A restart sends all readers back at random moments within three seconds, not at the same one. */
function retryMs(): number {
  return 1000 + Math.floor(Math.random() * 3000)
}

/** The cursor of one reader, and what comes next at it. */
class RunReader {
  readonly #encode: ReaderOptions['encode']
  readonly #wake: () => void
  #readable: Readable | undefined
  #cursor: number
  #leave: () => void

  constructor({ source, after, encode }: ReaderOptions, wake: () => void) {
    this.#encode = encode
    this.#wake = wake
    this.#cursor = after
    this.#leave = () => {}
    if (typeof source === 'function') this.#leave = source((readable) => this.#take(readable))
    else this.#take(source)
  }

  get began(): boolean {
    return this.#readable !== undefined
  }

  leave(): void {
    this.#leave()
  }

  next(): { text: string; over: boolean; more: boolean } {
    if (this.#readable === undefined) return { text: '', over: false, more: false }
    const { run, log } = this.#readable
    let text = ''
    for (const event of log.since(this.#cursor)) {
      if (text.length >= batchCharacters) return { text, over: false, more: true }
      const data = this.#encode(event)
      if (data !== undefined) text += eventFrame({ id: `${run}:${event.seq}`, data })
      this.#cursor = event.seq
    }
    // `done` goes out in the same write as the last event: nobody sees the one without the other.
    if (log.closed) text += this.#done(this.#readable)
    return { text, over: log.closed, more: false }
  }

  #take(readable: Readable): void {
    this.#readable = readable
    // An id ahead of the log was never ours: begin at the beginning.
    if (this.#cursor > readable.log.lastSeq) this.#cursor = 0
    this.#leave = readable.log.watch(this.#wake)
    this.#wake()
  }

  #done({ run, log, status }: Readable): string {
    const last = log.since(log.lastSeq - 1).at(-1)
    const ended = (last && terminalStatus(last)) ?? status ?? 'interrupted'
    return doneFrame(`${run}:${log.lastSeq}`, ended)
  }
}
