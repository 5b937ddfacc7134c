import type { SSEStreamingApi } from 'hono/streaming'
import type { Cursor } from '../../core/cursor.ts'
import type { ThinkingEvent } from '../../core/event.ts'
import {
  closingFrame,
  doneFrame,
  eventFrame,
  keepAliveFrame,
  openingFrame,
  signedOutFrame,
  unknownRunFrame,
} from './frames.ts'
import type { ReaderClock } from './reader-clock.ts'

/** In which form and for how long one reader follows a run. */
export type ReaderOptions = {
  /** The event in the reader's form; `undefined` for an event that has none. */
  encode: (event: ThinkingEvent, run: string) => string | undefined
  /** Wakes the reader for a keep-alive and at its end. */
  clock: ReaderClock
  /** How long the reader waits for its run to start. */
  firstEventMs: number
  /** The last frame if the run has not started in time, or none. */
  lateFrame: string
  /** The last frame if the run has not started when the stream ends for another reason, or none. */
  positionFrame: string
  /** After this the stream is closed without `done`, and the client comes back. */
  lifeMs: number
  /** When the reader's identity expires, in ms since 1970. Nothing but the reason is written after that. */
  expiresAt?: number | undefined
  /** Aborted when the server shuts down. The reader gets what is there and comes back to the next server. */
  closing: AbortSignal
  /** Milliseconds since 1970. */
  now: () => number
  /** Milliseconds on a clock that is never set. */
  monotonicMs: () => number
}

/** How many characters one write may hold, so that a long log does not become one long string. */
const maxWriteCharacters = 65_536

/**
 * Writes a run to one reader until the run has ended, the reader has left, or its time is up. The reader has a cursor and
 * no queue: while a write waits for a slow reader, events stay in the run log and go out with the next write.
 */
export async function writeRun(
  stream: SSEStreamingApi,
  cursor: Cursor,
  options: ReaderOptions,
): Promise<void> {
  const { encode, clock, closing, now, monotonicMs, lifeMs } = options
  const { lateFrame, positionFrame, expiresAt = Number.POSITIVE_INFINITY } = options
  const openedAtMs = monotonicMs()
  const alarm = clock.add(cursor.wake, openedAtMs + Math.min(expiresAt - now(), lifeMs))
  stream.onAbort(cursor.wake)
  try {
    await stream.write(openingFrame(retryMs()))
    while (!stream.aborted) {
      await cursor.ready()
      const openMs = monotonicMs() - openedAtMs
      if (now() >= expiresAt) return writeLast(stream, signedOutFrame)
      const isWaiting = cursor.run === undefined
      if (cursor.dismissed) return writeLast(stream, unknownRunFrame)
      if (isWaiting && openMs >= options.firstEventMs) {
        return writeLast(stream, lateFrame)
      }
      const lastFrame = isWaiting ? positionFrame : ''
      if (openMs >= lifeMs) return writeLast(stream, lastFrame)
      let frames = ''
      const events = cursor.read()
      for (const event of events) {
        if (frames.length >= maxWriteCharacters) {
          await stream.write(frames)
          frames = ''
        }
        const data = encode(event, cursor.run ?? '')
        if (data !== undefined) frames += eventFrame({ id: `${cursor.run}:${event.seq}`, data })
      }
      // In the same write as the last event, so that no reader sees one without the other.
      if (cursor.ended) {
        frames += doneFrame(`${cursor.run}:${cursor.seq}`, cursor.ended)
        return writeLast(stream, frames)
      }
      if (frames === '' && closing.aborted) return writeLast(stream, closingFrame + lastFrame)
      if (events.length === 0) frames = keepAliveFrame
      if (frames === '') continue
      clock.restart(alarm)
      await stream.write(frames)
    }
  } finally {
    clock.remove(alarm)
    cursor.close()
  }
}

async function writeLast(stream: SSEStreamingApi, frame: string): Promise<void> {
  if (frame !== '') await stream.write(frame)
}

/** Random, so that after a restart the clients come back within three seconds and not all at once. */
function retryMs(): number {
  return 1000 + Math.floor(Math.random() * 3000)
}
