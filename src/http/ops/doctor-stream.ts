import type { SSEStreamingApi } from 'hono/streaming'
import { wait } from '../../core/wait.ts'
import {
  closingFrame,
  doneFrame,
  eventFrame,
  keepAliveFrame,
  openingFrame,
} from '../stream/frames.ts'

/** A test stream of the doctor. */
export type DoctorStream = {
  seconds: number
  /** Characters added to each event, to find out how much a proxy buffers. */
  pad: number
  process: string
  keepAliveMs: number
  /** Aborted when the server shuts down. */
  closing: AbortSignal
  /** Milliseconds since 1970. */
  now: () => number
}

const everyMs = 250
const maxSendingMs = 4000
const retryMs = 2000

/**
 * Writes events that carry the time of their sending, then only the comments of every stream, then `done`. It ends at
 * once when the reader leaves or the server shuts down.
 */
export async function writeDoctorStream(
  stream: SSEStreamingApi,
  { seconds, pad, process, keepAliveMs, closing, now }: DoctorStream,
): Promise<void> {
  const left = new AbortController()
  stream.onAbort(() => left.abort())
  const isOverAfter = async (ms: number) => {
    await wait(ms, left.signal, closing)
    return left.signal.aborted || closing.aborted
  }
  const sendingMs = Math.min(maxSendingMs, seconds * 500)
  const count = Math.max(1, Math.floor(sendingMs / everyMs))
  const padding = pad === 0 ? {} : { pad: 'x'.repeat(pad) }
  await stream.write(openingFrame(retryMs))
  for (let n = 1; n <= count; n += 1) {
    const data = JSON.stringify({ n, sentAt: now(), process, ...padding })
    await stream.write(eventFrame({ id: String(n), data }))
    if (await isOverAfter(everyMs)) return endEarly(stream, closing)
  }
  for (let restMs = seconds * 1000 - count * everyMs; restMs > 0; restMs -= keepAliveMs) {
    if (await isOverAfter(Math.min(keepAliveMs, restMs))) return endEarly(stream, closing)
    if (restMs > keepAliveMs) await stream.write(keepAliveFrame)
  }
  await stream.write(doneFrame(String(count), 'finished'))
}

async function endEarly(stream: SSEStreamingApi, closing: AbortSignal): Promise<void> {
  if (closing.aborted) await stream.write(closingFrame)
}
