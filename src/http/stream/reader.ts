import type { SSEStreamingApi } from 'hono/streaming'
import { type RunStatus, type ThinkingEvent, terminalStatus } from '../../core/event.ts'
import type { RunLog } from '../../core/run-log.ts'
import {
  closingFrame,
  doneFrame,
  eventFrame,
  keepAliveFrame,
  openingFrame,
  signedOutFrame,
  unknownRunFrame,
} from './frames.ts'
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
  /** When the reader's sign-on expires, in ms since 1970: nothing is written after that but the reason. */
  signedOutAt?: number | undefined
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
  const { keepAliveMs, closing } = options
  const reader = new RunReader(options)
  const timer = setInterval(reader.beat, keepAliveMs)
  const expiry = setTimeout(reader.wake, reader.signedOutInMs)
  stream.onAbort(reader.wake)
  closing.addEventListener('abort', reader.wake)
  try {
    await stream.write(openingFrame(retryMs()))
    while (!stream.aborted) {
      const frames = reader.next()
      if (frames !== '') await stream.write(frames)
      if (reader.over) return
      if (frames === '') await reader.sleep()
    }
  } finally {
    clearInterval(timer)
    clearTimeout(expiry)
    closing.removeEventListener('abort', reader.wake)
    reader.leave()
  }
}

/** A restart sends all readers back at random moments within three seconds, not at the same one. */
function retryMs(): number {
  return 1000 + Math.floor(Math.random() * 3000)
}

/** The cursor of one reader, and what comes next at it. */
class RunReader extends Waker {
  readonly #options: ReaderOptions
  readonly #signedOutAt: number
  readonly #until: number
  readonly #giveUpAt: number
  #readable: Readable | undefined
  #cursor: number
  #quiet = false
  #over = false
  #leave: () => void

  constructor(options: ReaderOptions) {
    super()
    const { source, after, now } = options
    this.#options = options
    this.#signedOutAt = options.signedOutAt ?? Number.POSITIVE_INFINITY
    this.#until = now() + options.lifeMs
    this.#giveUpAt = now() + options.firstEventMs
    this.#cursor = after
    this.#leave = () => {}
    if (typeof source === 'function') this.#leave = source((readable) => this.#take(readable))
    else this.#take(source)
  }

  /** Whether nothing comes any more after what `next` gave. */
  get over(): boolean {
    return this.#over
  }

  /** How long until the sign-on expires; not longer than this reader lives, as timers count to 24 days only. */
  get signedOutInMs(): number {
    const { now, lifeMs } = this.#options
    return Math.min(Math.max(0, this.#signedOutAt - now()), lifeMs)
  }

  /** To be called from time to time: if there is nothing else to say, a comment goes out. */
  readonly beat = (): void => {
    this.#quiet = true
    this.wake()
  }

  leave(): void {
    this.#leave()
  }

  /** What is to be written now; nothing while there is nothing to say. */
  next(): string {
    const at = this.#options.now()
    if (at >= this.#signedOutAt) return this.#end(signedOutFrame)
    const frames = at < this.#until ? this.#events() || this.#remark(at) : this.#end('')
    this.#quiet = false
    return frames
  }

  #events(): string {
    if (this.#readable === undefined) return ''
    const { run, log } = this.#readable
    if (log.lastSeq === this.#cursor && !log.closed) return ''
    let text = ''
    for (const event of log.since(this.#cursor)) {
      if (text.length >= batchCharacters) return text
      const data = this.#options.encode(event)
      if (data !== undefined) text += eventFrame({ id: `${run}:${event.seq}`, data })
      this.#cursor = event.seq
    }
    // `done` goes out in the same write as the last event: nobody sees the one without the other.
    return log.closed ? this.#end(text + this.#done(this.#readable)) : text
  }

  #remark(at: number): string {
    if (this.#options.closing.aborted) return this.#end(closingFrame)
    if (this.#readable === undefined && at >= this.#giveUpAt) return this.#end(unknownRunFrame)
    return this.#quiet ? keepAliveFrame : ''
  }

  #end(frames: string): string {
    this.#over = true
    return frames
  }

  #take(readable: Readable): void {
    this.#readable = readable
    // An id ahead of the log was never ours: begin at the beginning.
    if (this.#cursor > readable.log.lastSeq) this.#cursor = 0
    this.#leave = readable.log.watch(this.wake)
    this.wake()
  }

  #done({ run, log, status }: Readable): string {
    const last = log.since(log.lastSeq - 1).at(-1)
    const ended = (last && terminalStatus(last)) ?? status ?? 'interrupted'
    return doneFrame(`${run}:${log.lastSeq}`, ended)
  }
}
