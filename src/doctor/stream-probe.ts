import { createParser } from 'eventsource-parser'
import * as z from 'zod/mini'
import type { Greeting, Server } from './server-probe.ts'

/** What one stream looked like to the client. `…At` is ms since 1970, `…Ms` is ms since `startedAt`. */
export type StreamReading = {
  startedAt: number
  /** 0 when there was no response. */
  status: number
  headers: Headers
  headMs: number
  events: ReceivedEvent[]
  heartbeatsMs: number[]
  /** Bytes of each burst: data that arrived with pauses below `togetherMs`. */
  bursts: number[]
  /** OpsAgent ends lines with LF. A CR shows that something rewrote the stream. */
  hasCarriageReturns: boolean
  lastByteMs: number
  endedMs: number
  /** `cut`: ended before `done`. `given_up`: did not end in time. `closing`: OpsAgent restarted. */
  ending: 'done' | 'cut' | 'given_up' | 'closing'
}

/** `sentAt` is by the clock of the server, `arrivedAt` by the clock of the client. */
export type ReceivedEvent = { sentAt: number; arrivedAt: number; process: string }

/** Data with shorter pauses in between counts as one burst. */
const togetherMs = 50

/** Users notice delays of this length, so the stream counts as buffered. */
export const bufferedMs = 1000

/** A proxy that buffers the whole response passes it on only after the end. */
const graceMs = 15_000

/** In characters. The longest event that OpsAgent sends has about 4,300. */
const maxBufferSize = 65_536

const eventData = z.object({ sentAt: z.number(), process: z.string() })

/** Reads a stream of `/doctor/thinking` to its end; `pad` adds characters to each event. Errors are in the reading. */
export async function readStream(
  { origin, fetch, now }: Server,
  { seconds, pad = 0 }: { seconds: number; pad?: number },
): Promise<StreamReading> {
  const reading: StreamReading = {
    startedAt: now(),
    status: 0,
    headers: new Headers(),
    headMs: 0,
    events: [],
    heartbeatsMs: [],
    bursts: [],
    hasCarriageReturns: false,
    lastByteMs: 0,
    endedMs: 0,
    ending: 'cut',
  }
  const deadline = AbortSignal.timeout(seconds * 1000 + graceMs)
  try {
    const response = await fetch(`${origin}/doctor/thinking?seconds=${seconds}&pad=${pad}`, {
      headers: { accept: 'text/event-stream' },
      signal: deadline,
    })
    reading.status = response.status
    reading.headers = response.headers
    reading.headMs = now() - reading.startedAt
    await readBody(response, reading, now)
  } catch {
    if (deadline.aborted) reading.ending = 'given_up'
  }
  reading.endedMs = now() - reading.startedAt
  return reading
}

async function readBody(
  response: Response,
  reading: StreamReading,
  now: () => number,
): Promise<void> {
  const reader = response.body?.getReader()
  if (reader === undefined) return
  const decoder = new TextDecoder()
  let arrivedAt = now()
  const parser = createParser({
    maxBufferSize,
    onComment(comment) {
      if (comment === 'the server restarts') reading.ending = 'closing'
      else if (comment !== 'connected') reading.heartbeatsMs.push(arrivedAt - reading.startedAt)
    },
    onEvent({ event, data }) {
      if (event === 'done') reading.ending = 'done'
      else addEvent(reading, data, arrivedAt)
    },
  })
  try {
    while (true) {
      const { done, value } = await reader.read()
      if (done) return
      arrivedAt = now()
      addToBursts(reading, arrivedAt - reading.startedAt, value.length)
      const text = decoder.decode(value, { stream: true })
      reading.hasCarriageReturns ||= text.includes('\r')
      parser.feed(text)
    }
  } finally {
    await reader.cancel()
  }
}

function addEvent({ events }: StreamReading, data: string, arrivedAt: number): void {
  try {
    events.push({ ...eventData.parse(JSON.parse(data)), arrivedAt })
  } catch {
    // Not an event of OpsAgent.
  }
}

function addToBursts(reading: StreamReading, atMs: number, bytes: number): void {
  const isSameBurst = reading.bursts.length > 0 && atMs - reading.lastByteMs < togetherMs
  const size = isSameBurst ? (reading.bursts.pop() ?? 0) : 0
  reading.bursts.push(size + bytes)
  reading.lastByteMs = atMs
}

/** The longest delay of an event, with the clocks of server and client aligned. `-Infinity` without events. */
export function largestDelayMs(
  { events }: StreamReading,
  { skewMs, roundTripMs }: Greeting,
): number {
  const delays = events.map((event) => event.arrivedAt + skewMs - event.sentAt - roundTripMs / 2)
  // A negative delay shows the error of `skewMs`: no event arrives before it is sent.
  return Math.max(...delays) - Math.min(0, ...delays)
}

/** The largest number of events that arrived together. */
export function largestBurst({ events }: StreamReading): number {
  let largest = 0
  let size = 0
  let previousAt = Number.NEGATIVE_INFINITY
  for (const { arrivedAt } of events) {
    size = arrivedAt - previousAt < togetherMs ? size + 1 : 1
    previousAt = arrivedAt
    largest = Math.max(largest, size)
  }
  return largest
}

/** How many bytes a proxy collects before it passes them on. */
export function bufferSize(padded: StreamReading | undefined): number | 'all' | undefined {
  if (padded === undefined || padded.events.length < 2) return undefined
  const sizes = padded.bursts.filter((bytes) => bytes > 1024)
  return sizes.length < 2 ? 'all' : Math.max(...sizes)
}
