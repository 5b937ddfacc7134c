import type { ThinkingEvent } from '../../src/core/event.ts'
import { type Origin, type Replies, toolCalls } from './proxy-origin.ts'
import type { Endpoint } from './proxy-process.ts'
import { type Frame, framesOf } from './read-stream.ts'
import { until } from './socket-server.ts'

/** A conversation with an open stream, and a model whose replies wait. */
export type WatchedRun = {
  conversation: string
  run: string
  path: string
  question: { message: string; run: string }
  replies: Replies
  stream: OpenStream
}

/** A frame and its time of arrival, in ms since 1970. */
export type Arrival = Frame & { arrivedAt: number }

/** An open stream. It is read until it ends or `leave` is called. */
export type OpenStream = {
  response: Response
  arrivals: Arrival[]
  /** The events received so far, each with its delay since it was emitted. */
  events: () => (ThinkingEvent & { delayMs: number })[]
  /** The data of `done`, once it has arrived. */
  done: () => string | undefined
  /** Settles when the stream has ended. */
  ended: Promise<void>
  leave: () => void
}

/** Opens a conversation and its stream. The question is not asked yet. */
export async function watchRun(origin: Origin, endpoint: Endpoint): Promise<WatchedRun> {
  const created = await post(endpoint, '/api/conversations', {})
  if (created.status !== 201) throw new Error(`${created.status}: ${await created.text()}`)
  const { id } = (await created.json()) as { id: string }
  const run = crypto.randomUUID()
  const path = `/api/conversations/${id}`
  const replies = origin.repliesTo(`#${run}`)
  const stream = await openStream(endpoint, `${path}/thinking?format=json&run=${run}`)
  const question = { message: `What is open? #${run}`, run }
  return { conversation: id, run, path, question, replies, stream }
}

/** Opens a stream and reads it in the background. */
export async function openStream(
  { request }: Endpoint,
  path: string,
  lastEventId?: string,
): Promise<OpenStream> {
  const leaving = new AbortController()
  const headers = {
    accept: 'text/event-stream',
    ...(lastEventId && { 'last-event-id': lastEventId }),
  }
  const response = await request(path, { headers, signal: leaving.signal })
  const arrivals: Arrival[] = []
  const read = async () => {
    for await (const frame of framesOf(response)) arrivals.push({ ...frame, arrivedAt: Date.now() })
  }
  return {
    response,
    arrivals,
    events: () =>
      arrivals
        .filter(({ event, data }) => event === undefined && data !== undefined)
        .map(({ data = '', arrivedAt }) => {
          const event = JSON.parse(data) as ThinkingEvent
          return { ...event, delayMs: arrivedAt - event.at }
        }),
    done: () => arrivals.find(({ event }) => event === 'done')?.data,
    // `leave` and a cut connection both reject the read. After a cut, `done` is missing.
    ended: read().catch(() => {}),
    leave: () => leaving.abort(),
  }
}

/** Posts JSON. */
export function post({ request }: Endpoint, path: string, body: unknown, headers = {}) {
  const type = { 'content-type': 'application/json' }
  return request(path, {
    method: 'POST',
    headers: { ...type, ...headers },
    body: JSON.stringify(body),
  })
}

/** Asks without waiting for the answer. */
export async function askAsync(endpoint: Endpoint, { path, question }: WatchedRun): Promise<void> {
  const answer = await post(endpoint, `${path}/messages`, question, { prefer: 'respond-async' })
  if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`)
}

/** For each reply of the model, the event that the reader must have received before the reply is released. */
const before = ['agent.invoked', 'agent.invoked', ...Array(toolCalls).fill('tool.finished')]

/** Releases the replies one by one, each after all earlier events have arrived, so a proxy cannot batch events. */
export async function stepThrough({ stream, replies }: WatchedRun): Promise<void> {
  for (const reply of before.keys()) {
    const wanted = before.slice(0, reply + 1)
    const arrived = () => includesAll(stream, wanted)
    await until(arrived, `before reply ${reply}: ${wanted.join(', ')}`)
    replies.open(reply)
  }
  await until(() => stream.done() !== undefined, 'the run has ended')
}

function includesAll(stream: OpenStream, wanted: string[]): boolean {
  const types = stream.events().map(({ type }) => type)
  return new Set(wanted).values().every((type) => count(types, type) >= count(wanted, type))
}

function count(all: string[], one: string): number {
  return all.filter((type) => type === one).length
}
