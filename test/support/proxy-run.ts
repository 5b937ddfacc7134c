import type { ThinkingEvent } from '../../src/core/event.ts'
import type { Way } from './proxy-process.ts'
import { type Replies, toolCalls, type World } from './proxy-world.ts'
import { type Frame, framesOf } from './read-stream.ts'
import { until } from './socket-server.ts'

/** A frame, and when it was here: ms since 1970. */
export type Arrival = Frame & { arrivedAt: number }

/** An open stream that is being read. */
export type OpenStream = {
  response: Response
  arrivals: Arrival[]
  /** The events so far, with how long each was on its way. */
  events: () => (ThinkingEvent & { lateMs: number })[]
  /** How the run ended, once `done` is here. */
  done: () => string | undefined
  /** Settles when the stream has ended. */
  ended: Promise<void>
  leave: () => void
}

/** Opens a stream and reads it until it ends or the test leaves. */
export async function openStream({ request }: Way, path: string, lastEventId?: string) {
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
  const stream: OpenStream = {
    response,
    arrivals,
    events: () =>
      arrivals
        .filter(({ event, data }) => event === undefined && data !== undefined)
        .map(({ data = '', arrivedAt }) => {
          const event = JSON.parse(data) as ThinkingEvent
          return { ...event, lateMs: arrivedAt - event.at }
        }),
    done: () => arrivals.find(({ event }) => event === 'done')?.data,
    // Whoever leaves hears an abort; whoever is cut sees that `done` is missing.
    ended: read().catch(() => {}),
    leave: () => leaving.abort(),
  }
  return stream
}

/** One question over one way: a conversation with an open stream, and a model that waits. */
export type WatchedRun = {
  conversation: string
  run: string
  path: string
  question: { message: string; run: string }
  replies: Replies
  stream: OpenStream
}

/** Opens a conversation and its stream. The question is not asked yet. */
export async function watchRun(world: World, way: Way): Promise<WatchedRun> {
  const created = await post(way, '/api/conversations', {})
  if (created.status !== 201) throw new Error(`${created.status}: ${await created.text()}`)
  const { id } = (await created.json()) as { id: string }
  const run = crypto.randomUUID()
  const path = `/api/conversations/${id}`
  const replies = world.repliesTo(`#${run}`)
  const stream = await openStream(way, `${path}/thinking?format=json&run=${run}`)
  const question = { message: `What is open? #${run}`, run }
  return { conversation: id, run, path, question, replies, stream }
}

/** Sends JSON over a way. */
export function post({ request }: Way, path: string, body: unknown, headers = {}) {
  const type = { 'content-type': 'application/json' }
  return request(path, {
    method: 'POST',
    headers: { ...type, ...headers },
    body: JSON.stringify(body),
  })
}

/** Asks without waiting for the answer. */
export async function askAsync(way: Way, { path, question }: WatchedRun): Promise<void> {
  const answer = await post(way, `${path}/messages`, question, { prefer: 'respond-async' })
  if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`)
}

/** What must have arrived before each reply of the model is opened: nobody can batch what is not yet there. */
const before = ['agent.invoked', 'agent.invoked', ...Array(toolCalls).fill('tool.finished')]

/** Opens one reply after the other, each only when all that came before it has arrived. */
export async function stepThrough({ stream, replies }: WatchedRun): Promise<void> {
  for (const reply of before.keys()) {
    const wanted = before.slice(0, reply + 1)
    const arrived = () => inOrder(stream, wanted)
    await until(arrived, `before reply ${reply}: ${wanted.join(', ')}`)
    replies.open(reply)
  }
  await until(() => stream.done() !== undefined, 'the run is over')
}

function inOrder(stream: OpenStream, wanted: string[]): boolean {
  const types = stream.events().map(({ type }) => type)
  return new Set(wanted).values().every((type) => count(types, type) >= count(wanted, type))
}

function count(all: string[], one: string): number {
  return all.filter((type) => type === one).length
}
