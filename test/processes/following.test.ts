import { afterAll, expect } from 'bun:test'
import { postgresTest as test } from '../support/postgres.ts'
import { type ServerProcess, useServerProcesses } from '../support/postgres-processes.ts'
import { openConversation, send } from '../support/process-client.ts'
import { framesOf } from '../support/read-stream.ts'
import { seedFlow, seedLines } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'
import { startClient, streamClients } from '../support/stream-clients.ts'

const { deploy, onEnd } = useServerProcesses(afterAll)

let started: Promise<[ServerProcess, ServerProcess]> | undefined

/** The two processes of this file, and a new conversation. */
async function startTwo() {
  started ??= deploy(seedFlow).then(({ start }) => {
    const settings = { MAX_STREAMS_PER_USER: '100' }
    return Promise.all([start(settings), start(settings)])
  })
  const [a, b] = await started
  return { a, b, path: await openConversation(a.url) }
}

/** A proxy that sends each request to the next server. */
function balance(urls: readonly string[]): string {
  let next = 0
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    fetch({ url, headers, signal }) {
      const { pathname, search } = new URL(url)
      next += 1
      const id = headers.get('last-event-id')
      return fetch(`${urls[next % urls.length]}${pathname}${search}`, {
        signal,
        ...(id !== null && { headers: { 'last-event-id': id } }),
      })
    },
  })
  onEnd(() => server.stop(true))
  return `http://127.0.0.1:${server.port}`
}

const done = { type: 'done', data: '{"status":"finished"}' }
const question = [...seedLines.map((data) => ({ type: 'message', data })), done]

test('every client follows three questions of two processes, nothing lost or doubled', async () => {
  const { a, b, path } = await startTwo()
  const ask = (url: string) => send(`${url}${path}/messages`, { message: 'What is open?' })
  // A client without a position would miss a question that ends before it has connected.
  await ask(a.url)
  const stream = `${balance([a.url, b.url])}${path}/thinking?last_event_id=00000000-0000-0000-0000-000000000000:0`
  const clients = Object.values(streamClients).map((follow) => startClient(follow, stream))
  for (const { stop } of clients) onEnd(stop)
  await ask(b.url)
  const hasRead = (questions: number) => () =>
    clients.every(({ received }) => received.length >= questions * question.length)
  await until(hasRead(2), 'every client has received two questions', 30_000)
  await ask(a.url)
  await until(hasRead(3), 'every client has received three questions', 30_000)
  for (const { received } of clients)
    expect(received).toEqual([...question, ...question, ...question])
}, 90_000)

test('a waiting reader receives the next question, although a later one begins in its own process', async () => {
  const { a, b } = await startTwo()
  for (let round = 0; round < 5; round += 1) {
    const path = await openConversation(a.url)
    const ask = async (url: string) => {
      const asked = await send(`${url}${path}/messages`, { message: 'What is open?' })
      return ((await asked.json()) as { run: { id: string } }).run.id
    }
    const last = await ask(a.url)
    const headers = { 'last-event-id': `${last}:9` }
    const frames = framesOf(await fetch(`${b.url}${path}/thinking`, { headers }))
    expect((await frames.next()).value).toMatchObject({ comment: 'connected' })
    const next = await ask(a.url)
    await ask(b.url)
    const ids: (string | undefined)[] = []
    for await (const { id } of frames) if (id !== undefined) ids.push(id)
    expect(ids.at(-1)).toBe(`${next}:9`)
  }
}, 60_000)

test('deleting a conversation on another process ends its waiting readers at once', async () => {
  const { a, b, path } = await startTwo()
  const frames = framesOf(await fetch(`${b.url}${path}/thinking`))
  expect((await frames.next()).value).toMatchObject({ comment: 'connected' })
  expect((await fetch(`${a.url}${path}`, { method: 'DELETE' })).status).toBe(204)
  const rest: unknown[] = []
  for await (const frame of frames) rest.push(frame)
  expect(rest).toEqual([{ event: 'done', data: '{"status":"unknown"}' }])
}, 60_000)
