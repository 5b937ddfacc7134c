import type { SSEStreamingApi } from 'hono/streaming'
import {
  closingFrame,
  doneFrame,
  eventFrame,
  keepAliveFrame,
  openingFrame,
} from '../stream/frames.ts'

/** One examination of the stream: how long it is, how large its events are, who sends it. */
export type DoctorStream = {
  seconds: number
  /** Characters that each event is made longer by, to find out how much a proxy keeps. */
  pad: number
  process: string
  keepAliveMs: number
  /** Aborted when the server closes. */
  closing: AbortSignal
  /** Milliseconds since 1970. */
  now: () => number
}

const everyMs = 250
const longestSendingMs = 4000
const retryMs = 2000

/**
 * Writes events that carry the time of their sending, then is quiet but for the comments of every stream, then says
 * `done`: what a run does, in short. It ends at once when the reader leaves or the server closes.
 */
export async function sendDoctorStream(
  stream: SSEStreamingApi,
  { seconds, pad, process, keepAliveMs, closing, now }: DoctorStream,
): Promise<void> {
  const left = new AbortController()
  stream.onAbort(() => left.abort())
  const isOver = async (ms: number) => {
    await pause(ms, [left.signal, closing])
    return stream.aborted || closing.aborted
  }
  const sendingMs = Math.min(longestSendingMs, seconds * 500)
  const count = Math.max(1, Math.floor(sendingMs / everyMs))
  const padding = pad === 0 ? {} : { pad: 'x'.repeat(pad) }
  await stream.write(openingFrame(retryMs))
  for (let n = 1; n <= count; n += 1) {
    const data = JSON.stringify({ n, sentAt: now(), process, ...padding })
    await stream.write(eventFrame({ id: String(n), data }))
    if (await isOver(everyMs)) return farewell(stream, closing)
  }
  for (let restMs = seconds * 1000 - count * everyMs; restMs > 0; restMs -= keepAliveMs) {
    if (await isOver(Math.min(keepAliveMs, restMs))) return farewell(stream, closing)
    if (restMs > keepAliveMs) await stream.write(keepAliveFrame)
  }
  await stream.write(doneFrame(String(count), 'finished'))
}

async function farewell(stream: SSEStreamingApi, closing: AbortSignal): Promise<void> {
  if (closing.aborted) await stream.write(closingFrame)
}

/** Waits so many milliseconds, or until one of the signals is aborted. Nothing of it is left afterwards. */
export async function pause(ms: number, signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const end = () => resolve()
  const timer = setTimeout(end, ms)
  for (const signal of signals) signal.addEventListener('abort', end)
  await promise
  clearTimeout(timer)
  for (const signal of signals) signal.removeEventListener('abort', end)
}
