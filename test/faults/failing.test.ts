import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { z } from 'zod'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import type { Store } from '../../src/storage/store.ts'
import { defineTool } from '../../src/tools/tool.ts'
import { numbered } from '../support/emitting.ts'
import { replaceCalls } from '../support/faulty-store.ts'
import { framesOf, linesOf, readFrames } from '../support/read-stream.ts'
import { isTriage, type Script } from '../support/scripted-model.ts'
import { behind, gate, seedFlow, seedLines } from '../support/scripts.ts'
import { makeDataDir } from '../support/server-process.ts'
import { until } from '../support/socket-server.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const question = { message: 'What is open?' }

type Event = { type: string; span?: string; code?: string; preview?: string; truncated?: boolean }

/** Asks a specialist whose only tool calls `run`. `toolMessage` is the result that the model reads. */
async function callTool(run: () => Promise<unknown>, settings = {}) {
  const tool = defineTool({ name: 'probe', description: 'x', parameters: z.object({}), run })
  const specialist = { name: 'Probe', description: 'x', instructions: 'x', tools: [tool] }
  const toolMessages: string[] = []
  const script: Script = (request, turn) => {
    if (isTriage(request)) return { decide: [{ agent: 'Probe', question: 'x' }] }
    if (turn === 0) return { call: [{ tool: 'probe', arguments: {} }] }
    toolMessages.push(request.messages.at(-1)?.content ?? '')
    return { text: 'done' }
  }
  const made = await makeServer(settings, { script, specialists: [specialist] })
  const id = await made.open()
  const key = crypto.randomUUID()
  const response = await made.post(`/api/conversations/${id}/messages`, { ...question, run: key })
  expect(response.status).toBe(200)
  const frames = await readFrames(
    await made.get(`/api/conversations/${id}/thinking?format=json&run=${key}`),
  )
  expect(frames.at(-1)?.event).toBe('done')
  const events = linesOf(frames).map((line) => JSON.parse(line) as Event)
  return {
    events,
    toolMessage: toolMessages[0] ?? '',
    logged: made.logged,
    text: JSON.stringify(frames),
  }
}

const circular: Record<string, unknown> = {}
circular.self = circular

containerTest.each<[string, () => Promise<unknown>]>([
  ['throws', () => Promise.reject(new Error('password=hunter2'))],
  ['throws undefined', () => Promise.reject(undefined)],
  ['throws a string', () => Promise.reject('password=hunter2')],
  [
    'throws synchronously',
    () => {
      throw new TypeError('password=hunter2')
    },
  ],
  ['returns a circular value', async () => circular],
  ['returns a bigint', async () => ({ count: 1n })],
])(
  'a tool that %s fails for the model with a fixed sentence, and only the log has its cause',
  async (_, run) => {
    const { events, toolMessage, logged, text } = await callTool(run)
    expect(events.map(({ type }) => type)).toEqual([
      'run.started',
      'agent.invoked',
      'triage.decided',
      'agent.invoked',
      'tool.called',
      'tool.failed',
      'agent.finished',
      'agent.finished',
      'run.finished',
    ])
    expect(toolMessage).toBe('Failed: The source system did not answer as expected.')
    expect(text).not.toContain('hunter2')
    expect(logged).toHaveLength(1)
  },
)

containerTest(
  'a result of five megabytes is shortened for readers, and cut visibly for the model',
  async () => {
    const { events, toolMessage, text } = await callTool(async () => 'x'.repeat(5_000_000))
    const finished = events.find(({ type }) => type === 'tool.finished')
    expect(finished).toMatchObject({ truncated: true })
    expect(finished?.preview).toHaveLength(8193)
    expect(toolMessage).toMatch(
      /^Result \[1\]:\nx{65000,65500}…\n\n\[Cut here: 49\d{5} of 5000012 characters are left out\. Ask for less at once, for example with a filter\.\]$/,
    )
    expect(text.length).toBeLessThan(20_000)
  },
)

containerTest('a tool that returns undefined finishes', async () => {
  const { events, toolMessage } = await callTool(async () => undefined)
  expect(events.some(({ type }) => type === 'tool.finished')).toBe(true)
  expect(toolMessage).toBe('Result [1]:\n')
})

containerTest('a tool that exceeds its deadline fails, and the agent continues', async () => {
  const { events, toolMessage } = await callTool(() => new Promise(() => {}), { toolSeconds: 0.02 })
  expect(events.find(({ type }) => type === 'tool.failed')).toMatchObject({ code: 'deadline' })
  expect(toolMessage).toBe('Failed: The time limit was reached.')
})

test('an event emitted after the end of the run is dropped', async () => {
  const parts = { script: seedFlow, isEmitting: true }
  const { open, post, get, emitter } = await makeServer({}, parts)
  const id = await open()
  const run = crypto.randomUUID()
  const asked = post(`/api/conversations/${id}/messages`, { ...question, run })
  await emitter.release()
  await asked
  await emitter.emit([numbered(1)])
  const text = await (await get(`/api/conversations/${id}/thinking?run=${run}`)).text()
  expect(text).not.toContain('t1 finished')
  expect(text.match(/^event: done$/gm)).toHaveLength(1)
})

/** A store whose call `name` fails from its `nth` time on. */
function failingStore(name: 'beginRun' | 'endRun', nth = 1): Store {
  let calls = 0
  return replaceCalls(openSqliteStore(':memory:'), (own) => ({
    async [name](...parameters: unknown[]) {
      calls += 1
      if (calls >= nth) throw new Error('secret: disk I/O error on /dev/sda1')
      await Reflect.apply(own[name], own, parameters)
    },
  }))
}

/** A store that cannot store the `nth` event and later ones. */
function storeWithoutEvent(nth: number): Store {
  const store = openSqliteStore(':memory:')
  return {
    ...store,
    async appendEvents(entries) {
      if (entries.some(({ event }) => event.seq >= nth)) {
        throw new Error('secret: disk I/O error on /dev/sda1')
      }
      await store.appendEvents(entries)
    },
  }
}

containerTest.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'a store that fails at event %d ends the run with an error and closes its stream',
  async (nth) => {
    const store = storeWithoutEvent(nth)
    const { open, post, get, logged } = await makeServer({}, { script: seedFlow, store })
    const id = await open()
    const run = crypto.randomUUID()
    const reading = readFrames(await get(`/api/conversations/${id}/thinking?format=json`))
    const response = await post(`/api/conversations/${id}/messages`, { ...question, run })
    const text = await response.text()
    expect(text).not.toContain('secret')
    expect(response.status).toBe(200)
    const frames = await reading
    expect(frames.at(-1)).toMatchObject({ event: 'done', data: '{"status":"failed"}' })
    const stored = await get(`/api/conversations/${id}/runs/${run}`)
    expect(await stored.json()).toMatchObject({ error: { code: 'store_failed' } })
    expect(logged.map(({ cause }) => String(cause)).join()).toContain('history cannot be written')
  },
)

containerTest('a write lock of another process delays a run and loses nothing', async () => {
  const { path, remove } = makeDataDir()
  const file = join(path, 'locked.db')
  const store = openSqliteStore(file)
  const other = new Database(file)
  const failed = Promise.withResolvers<void>()
  const watched = replaceCalls(store, (own) => ({
    async beginRun(...call) {
      await own.beginRun(...call).catch((error: unknown) => {
        failed.resolve()
        throw error
      })
    },
  }))
  const { open, post, get } = await makeServer({}, { script: seedFlow, store: watched })
  const id = await open()
  const reading = readFrames(await get(`/api/conversations/${id}/thinking`))
  other.run('BEGIN IMMEDIATE')
  const asked = post(`/api/conversations/${id}/messages`, question)
  await failed.promise
  other.run('ROLLBACK')
  expect((await asked).status).toBe(200)
  expect(linesOf(await reading)).toEqual(seedLines)
  other.close()
  await store.close()
  remove()
})

containerTest(
  'a write lock in the middle of a run delays its events and loses nothing',
  async () => {
    const { path, remove } = makeDataDir()
    const file = join(path, 'locked.db')
    const inner = openSqliteStore(file)
    const other = new Database(file)
    const failed = Promise.withResolvers<void>()
    const store = {
      ...inner,
      async appendEvents(...call: Parameters<typeof inner.appendEvents>) {
        await inner.appendEvents(...call).catch((error: unknown) => {
          failed.resolve()
          throw error
        })
      },
    }
    const { opened, open: letModelAnswer } = gate()
    const script = behind({ opened }, seedFlow)
    const { open, post, get } = await makeServer({}, { script, store })
    const id = await open()
    const frames = framesOf(await get(`/api/conversations/${id}/thinking`))
    const asked = post(`/api/conversations/${id}/messages`, question)
    await frames.next()
    expect((await frames.next()).value).toMatchObject({ data: seedLines[0] })
    other.run('BEGIN IMMEDIATE')
    letModelAnswer()
    await failed.promise
    expect((await get('/readyz')).status).toBe(503)
    other.run('ROLLBACK')
    expect((await asked).status).toBe(200)
    const rest = []
    for await (const { data, event } of frames) if (event === undefined && data) rest.push(data)
    expect(rest).toEqual(seedLines.slice(1))
    await until(async () => (await get('/readyz')).status === 200, 'it is ready again')
    other.close()
    await inner.close()
    remove()
  },
)

containerTest('a question that cannot be stored is refused, and no model is called', async () => {
  const store = failingStore('beginRun')
  const { open, post, get, model, registry } = await makeServer({}, { script: seedFlow, store })
  const id = await open()
  const reading = readFrames(await get(`/api/conversations/${id}/thinking`))
  const response = await post(`/api/conversations/${id}/messages`, question)
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ code: 'store_failed' })
  expect((await reading).at(-1)).toMatchObject({ event: 'done', data: '{"status":"failed"}' })
  expect(model?.requests).toHaveLength(0)
  expect(registry.size).toBe(0)
})

containerTest(
  'an answer that cannot be stored fails its run, and the server keeps running',
  async () => {
    const store = failingStore('endRun')
    const { open, post, get, logged } = await makeServer({}, { script: seedFlow, store })
    const id = await open()
    const reading = readFrames(await get(`/api/conversations/${id}/thinking`))
    const response = await post(`/api/conversations/${id}/messages`, question)
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ code: 'store_failed' })
    expect((await reading).at(-1)).toMatchObject({ event: 'done', data: '{"status":"failed"}' })
    expect(logged.length).toBeGreaterThan(0)
    expect((await get('/healthz')).status).toBe(200)
  },
)

containerTest('with a closed store the server is alive but not ready', async () => {
  const store = openSqliteStore(':memory:')
  const { get } = await makeServer({}, { store })
  await store.close()
  expect((await get('/readyz')).status).toBe(503)
  expect((await get('/healthz')).status).toBe(200)
})
