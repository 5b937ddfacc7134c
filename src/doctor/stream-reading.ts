import type { Target } from './target.ts'

/** One event of the examination, with the server's clock when it was sent and ours when it came. */
export type SeenEvent = { n: number; sentAt: number; arrivedAt: number; process: string }

/** What one stream looked like from here. Times are ms since it was asked for, unless they end in `At`. */
export type StreamReading = {
  /** 0 when no answer came at all. */
  status: number
  headers: Headers
  headMs: number
  /** When the first event came; 0 when none did. */
  firstEventMs: number
  events: SeenEvent[]
  heartbeatsMs: number[]
  /** Bytes that came together, without a pause between them. */
  lumps: { atMs: number; bytes: number }[]
  lastByteMs: number
  endedMs: number
  /** `cut`: it ended without `done`. `given_up`: it did not end in time. `closing`: the server said that it restarts. */
  ending: 'done' | 'cut' | 'given_up' | 'closing'
}

/** Bytes that come closer together than this came at once. */
const togetherMs = 50

/** Time for what a proxy holds back to the end to come after it. */
const patienceMs = 15_000

/** Reads one stream of the examination to its end. What goes wrong is part of the reading, not an exception. */
export async function readDoctorStream(
  { origin, fetch, now }: Pick<Target, 'origin' | 'fetch' | 'now'>,
  { seconds, pad = 0 }: { seconds: number; pad?: number },
): Promise<StreamReading> {
  const reading = emptyReading()
  const beganAt = now()
  const query = new URLSearchParams({ seconds: String(seconds), pad: String(pad) })
  const deadline = AbortSignal.timeout(seconds * 1000 + patienceMs)
  try {
    const response = await fetch(`${origin}/doctor/thinking?${query}`, {
      headers: { accept: 'text/event-stream' },
      signal: deadline,
    })
    reading.status = response.status
    reading.headers = response.headers
    reading.headMs = now() - beganAt
    await readBody(response, reading, { beganAt, now })
  } catch {
    if (deadline.aborted) reading.ending = 'given_up'
  }
  reading.endedMs = now() - beganAt
  return reading
}

function emptyReading(): StreamReading {
  return {
    ...{ status: 0, headers: new Headers(), headMs: 0, firstEventMs: 0, events: [] },
    ...{ heartbeatsMs: [], lumps: [], lastByteMs: 0, endedMs: 0, ending: 'cut' },
  }
}

async function readBody(
  response: Response,
  reading: StreamReading,
  { beganAt, now }: { beganAt: number; now: () => number },
): Promise<void> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  while (reader !== undefined) {
    const { done, value } = await reader.read()
    if (done) return
    const at = now()
    noteLump(reading, at - beganAt, value.length)
    rest += decoder.decode(value, { stream: true })
    const frames = rest.split('\n\n')
    rest = frames.pop() ?? ''
    for (const frame of frames) noteFrame(reading, frame, { at, ms: at - beganAt })
  }
}

function noteLump(reading: StreamReading, atMs: number, bytes: number): void {
  const last = reading.lumps.at(-1)
  if (last !== undefined && atMs - reading.lastByteMs < togetherMs) last.bytes += bytes
  else reading.lumps.push({ atMs, bytes })
  reading.lastByteMs = atMs
}

function noteFrame(
  reading: StreamReading,
  frame: string,
  { at, ms }: { at: number; ms: number },
): void {
  if (frame === ':') reading.heartbeatsMs.push(ms)
  else if (frame.startsWith(': the server restarts')) reading.ending = 'closing'
  else if (/^event: done$/m.test(frame)) reading.ending = 'done'
  else {
    const event = readEvent(/^data: (.*)$/m.exec(frame)?.[1] ?? '')
    if (event === undefined) return
    if (reading.events.length === 0) reading.firstEventMs = ms
    reading.events.push({ ...event, arrivedAt: at })
  }
}

function readEvent(data: string): Omit<SeenEvent, 'arrivedAt'> | undefined {
  try {
    const { n, sentAt, process } = JSON.parse(data) as SeenEvent
    return { n, sentAt, process }
  } catch {
    return undefined
  }
}
