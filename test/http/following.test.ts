import { expect, test } from 'bun:test'
import { type Frame, linesOf, readFrames } from '../support/read-stream.ts'
import { gate, seedFlow, seedLines } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'
import { hasCurl, hasPython, startClient, streamClients } from '../support/stream-clients.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const message = 'What change requests are open?'
const finished = { event: 'done', data: '{"status":"finished"}' }
const unknown = { event: 'done', data: '{"status":"unknown"}' }

/** A server with one conversation, and a reader that connects with the id of its last event. */
async function makeConversation(...options: Parameters<typeof makeServer>) {
  const made = await makeServer(...options)
  const id = await made.open()
  const path = `/api/conversations/${id}`
  let lastId: string | undefined
  const read = async (isLast?: (frame: Frame) => boolean) => {
    const headers = lastId === undefined ? {} : { 'last-event-id': lastId }
    const frames = await readFrames(await made.get(`${path}/thinking`, headers), isLast)
    lastId = frames.findLast(({ id }) => id !== undefined)?.id ?? lastId
    return frames
  }
  const ask = async () => {
    const run = crypto.randomUUID()
    await made.post(`${path}/messages`, { message, run })
    return run
  }
  return { ...made, path, read, ask }
}

test('a reader receives questions that started and ended between its connections, one by one', async () => {
  const { ask, read } = await makeConversation({}, { script: seedFlow })
  const reading = read()
  const runs = [await ask()]
  await reading
  runs.push(await ask(), await ask())
  for (const run of runs.slice(1)) {
    const frames = await read()
    expect(linesOf(frames)).toEqual(seedLines)
    expect(frames.at(-1)).toEqual({ ...finished, id: `${run}:9` })
  }
})

test('a reader at the end of a conversation receives the next question', async () => {
  const { ask, read } = await makeConversation({}, { script: seedFlow })
  for (let questions = 0; questions < 3; questions += 1) {
    const reading = read()
    await ask()
    expect(linesOf(await reading)).toEqual(seedLines)
  }
})

test('a reader that was cut off receives the rest of its run before the next one', async () => {
  const { ask, read } = await makeConversation({}, { script: seedFlow })
  const reading = read(({ data }) => data === seedLines[2])
  await ask()
  await ask()
  expect([...linesOf(await reading), ...linesOf(await read())]).toEqual(seedLines)
  expect(linesOf(await read())).toEqual(seedLines)
})

test('a reader of an earlier run receives all later ones before the active one', async () => {
  const held = gate()
  const { ask, read, get, post, path } = await makeConversation(
    {},
    {
      script: async (request, turn) => {
        if (JSON.stringify(request.messages).includes('HELD')) await held.opened
        return seedFlow(request, turn)
      },
    },
  )
  const reading = read()
  await ask()
  await reading
  const second = await ask()
  const run = crypto.randomUUID()
  const asked = post(`${path}/messages`, { message: 'HELD', run })
  const isStored = async () => (await get(`${path}/runs/${run}`)).status === 200
  await until(isStored, 'the run has started')
  expect((await read()).at(-1)?.id).toBe(`${second}:9`)
  const active = read()
  held.open()
  expect((await active).at(-1)).toEqual({ ...finished, id: `${run}:9` })
  await asked
})

test('a reader with a position is closed without done when no question follows in time', async () => {
  const settings = { firstEventSeconds: 0, keepAliveSeconds: 0.01 }
  const { ask, read, path, get } = await makeConversation(settings, { script: seedFlow })
  const run = await ask()
  const headers = { 'last-event-id': `${run}:9` }
  const frames = await readFrames(await get(`${path}/thinking`, headers))
  expect(frames.filter(({ comment }) => comment === undefined)).toEqual([])
  expect((await read()).at(-1)).toMatchObject(unknown)
})

test('a reader that has never received an event gets a position before it is closed', async () => {
  const settings = { firstEventSeconds: 0, keepAliveSeconds: 0.01 }
  const { ask, read } = await makeConversation(settings, { script: seedFlow })
  expect((await read()).at(-1)).toMatchObject(unknown)
  // It comes back after these questions.
  const runs = [await ask(), await ask()]
  for (const run of runs) {
    const frames = await read()
    expect(linesOf(frames)).toEqual(seedLines)
    expect(frames.at(-1)?.id).toBe(`${run}:9`)
  }
})

test('the position of a new reader is the end of the last question', async () => {
  const settings = { firstEventSeconds: 0, keepAliveSeconds: 0.01 }
  const { ask, read } = await makeConversation(settings, { script: seedFlow })
  const first = await ask()
  expect((await read()).at(-1)).toEqual({ ...unknown, id: `${first}:9` })
  const second = await ask()
  expect((await read()).at(-1)?.id).toBe(`${second}:9`)
})

test('a position of another conversation shows nothing of that conversation', async () => {
  const settings = { firstEventSeconds: 0, keepAliveSeconds: 0.01 }
  const { ask, open, get } = await makeConversation(settings, { script: seedFlow })
  const run = await ask()
  const other = `/api/conversations/${await open()}/thinking`
  for (const seq of [0, 3, 9]) {
    const frames = await readFrames(await get(other, { 'last-event-id': `${run}:${seq}` }))
    expect(linesOf(frames)).toEqual([])
    expect(frames.at(-1)).toMatchObject(unknown)
  }
})

test('deleting a conversation ends its waiting readers at once', async () => {
  const { ask, path, get, remove } = await makeConversation({}, { script: seedFlow })
  const run = await ask()
  const urls = [
    `${path}/thinking`,
    `${path}/thinking?last_event_id=${run}:9`,
    `${path}/thinking?run=${crypto.randomUUID()}`,
  ]
  const opened = urls.map(() => gate())
  const reading = urls.map(async (url, index) =>
    readFrames(await get(url), ({ comment }) => {
      if (comment === 'connected') opened[index]?.open()
      return false
    }),
  )
  await Promise.all(opened.map((one) => one.opened))
  await remove(path)
  for (const frames of await Promise.all(reading)) expect(frames.at(-1)).toEqual(unknown)
})

const names = Object.keys(streamClients)
if (!hasCurl) names.push('without curl, which is not installed')
if (!hasPython) names.push('without http.client, because python3 is not installed')

test(`three questions in a row reach every client, nothing lost or doubled (${names.join(', ')})`, async () => {
  const made = await makeConversation({ maxStreamsPerUser: 100 }, { script: seedFlow })
  const { get, ask, path } = made
  let opened = 0
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    async fetch({ url, headers }) {
      const { pathname, search } = new URL(url)
      const id = headers.get('last-event-id')
      const response = await get(`${pathname}${search}`, id === null ? {} : { 'last-event-id': id })
      let isOpen = false
      const count = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          if (!isOpen) opened += 1
          isOpen = true
          controller.enqueue(chunk)
        },
      })
      return new Response(response.body?.pipeThrough(count), response)
    },
  })
  const url = `http://127.0.0.1:${server.port}${path}/thinking`
  const clients = Object.values(streamClients).flatMap((follow) => [
    { format: 'text', ...startClient(follow, url) },
    { format: 'json', ...startClient(follow, `${url}?format=json`) },
  ])
  const isDone = ({ type }: { type: string }) => type === 'done'
  const doneBy = (questions: number) => () =>
    clients.every(({ received }) => received.filter(isDone).length >= questions)
  try {
    await until(() => opened === clients.length, 'every client is connected')
    // The second question starts and ends before any client has come back.
    const runs = [await ask(), await ask()]
    await until(doneBy(2), 'every client has received two questions', 20_000)
    runs.push(await ask())
    await until(doneBy(3), 'every client has received three questions', 20_000)
    const events = await Promise.all(
      runs.map(async (run) => {
        const response = await get(`${path}/runs/${run}`)
        return ((await response.json()) as { events: object[] }).events
      }),
    )
    const done = { type: 'done', data: finished.data }
    const asMessage = (data: unknown) => ({ type: 'message', data })
    const expected = {
      text: runs.flatMap(() => [...seedLines.map(asMessage), done]),
      json: events.flatMap((all) => [
        ...all.map(asMessage),
        { ...done, data: { status: 'finished' } },
      ]),
    }
    for (const { format, received } of clients) {
      if (format === 'text') expect<unknown>(received).toEqual(expected.text)
      // Stored events have their fields in another order.
      else {
        const read = received.map(({ type, data }) => ({ type, data: JSON.parse(data) }))
        expect(read).toEqual(expected.json)
      }
    }
  } finally {
    for (const { stop } of clients) stop()
    await server.stop(true)
  }
}, 60_000)
