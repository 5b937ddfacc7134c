import { expect, test } from 'bun:test'
import { EventSource } from 'eventsource'
import {
  doneFrame,
  eventFrame,
  keepAliveFrame,
  openingFrame,
  readLastEventId,
} from '../../src/http/stream/frames.ts'

type Received = { data: string; id: string; type: string }

const run = crypto.randomUUID()

/** Lets a real client read frames that arrive in chunks of `size` bytes. */
function receive(text: string, size: number): Promise<Received[]> {
  const bytes = new TextEncoder().encode(
    openingFrame(1000) + text + doneFrame(`${run}:99`, 'finished'),
  )
  const received: Received[] = []
  const { promise, resolve } = Promise.withResolvers<Received[]>()
  const source = new EventSource('http://stream.invalid/', {
    fetch: async () => {
      let at = 0
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          controller.enqueue(bytes.slice(at, at + size))
          at += size
          if (at >= bytes.length) controller.close()
        },
      })
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    },
  })
  const onEvent = ({ data, lastEventId, type }: MessageEvent<string>) =>
    received.push({ data, id: lastEventId, type })
  source.addEventListener('message', onEvent)
  source.addEventListener('done', (event) => {
    onEvent(event)
    source.close()
    resolve(received)
  })
  return promise
}

const cases: [string, string, string][] = [
  ['one line', 'x', 'x'],
  ['an empty string', '', ''],
  ['a line feed', 'a\nb', 'a\nb'],
  ['a carriage return', 'a\rb', 'a\nb'],
  ['a carriage return and a line feed', 'a\r\nb', 'a\nb'],
  ['the end of a frame', 'a\n\nevent: done\ndata: x\n\n', 'a\n\nevent: done\ndata: x\n\n'],
  ['a field name', 'x\nid: 7\nretry: 1', 'x\nid: 7\nretry: 1'],
  ['NUL', 'a\0b', 'a\nb'],
  ['a lone surrogate', 'a\ud800b', 'a\ufffdb'],
  ['four-byte characters', '🦊🧯', '🦊🧯'],
  ['a BOM', '\ufeffx', '\ufeffx'],
  ['a leading space', ' x', ' x'],
  ['a Unicode line separator', 'a\u2028b\u0085c', 'a\u2028b\u0085c'],
]

test.each(cases)('%s in data is one event, for every chunk size', async (_, data, expected) => {
  const frames = eventFrame({ id: `${run}:1`, data }) + keepAliveFrame
  for (const size of [1, 2, 3, 7, 4096]) {
    expect(await receive(frames, size)).toEqual([
      { data: expected, id: `${run}:1`, type: 'message' },
      { data: '{"status":"finished"}', id: `${run}:99`, type: 'done' },
    ])
  }
})

test('a megabyte of data is one event', async () => {
  const data = 'ü🦊x\n'.repeat(100_000)
  const [first] = await receive(eventFrame({ id: `${run}:1`, data }), 65_536)
  expect(first?.data).toBe(data)
})

test('a keep-alive does not change the last event id', async () => {
  const frames = eventFrame({ id: `${run}:1`, data: 'a' }) + keepAliveFrame.repeat(3)
  const received = await receive(frames + eventFrame({ id: `${run}:2`, data: 'b' }), 5)
  expect(received.map(({ id }) => id)).toEqual([`${run}:1`, `${run}:2`, `${run}:99`])
})

test('only an id of the form run:seq is a cursor', () => {
  expect(readLastEventId(`${run.toUpperCase()}:12`)).toEqual({ run, seq: 12 })
  for (const id of [
    undefined,
    '',
    'x',
    run,
    `${run}:`,
    `${run}:-1`,
    `${run}:1.5`,
    `${run}:1 `,
    `${run}:1e3`,
  ]) {
    expect(readLastEventId(id)).toBeUndefined()
  }
})
