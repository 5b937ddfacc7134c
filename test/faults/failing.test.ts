import { expect, test } from 'bun:test'
import { z } from 'zod'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import type { Store } from '../../src/storage/store.ts'
import { defineTool } from '../../src/tools/tool.ts'
import { emittingLayer, numbered } from '../support/emitting.ts'
import { linesOf, readFrames } from '../support/read-stream.ts'
import { isTriage, type Script } from '../support/scripted-model.ts'
import { seedFlow } from '../support/scripts.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const question = { message: 'What is open?' }

type Event = { type: string; span?: string; code?: string; preview?: string; truncated?: boolean }

/** Asks a specialist of our own whose one tool does what the test says. */
async function callTool(run: () => Promise<unknown>, settings = {}) {
  const tool = defineTool({ name: 'probe', description: 'x', parameters: z.object({}), run })
  const specialist = { name: 'Probe', description: 'x', instructions: 'x', tools: [tool] }
  const told: string[] = []
  const script: Script = (request, turn) => {
    if (isTriage(request)) return { decide: [{ agent: 'Probe', question: 'x' }] }
    if (turn === 0) return { call: [{ tool: 'probe', arguments: {} }] }
    told.push(request.messages.at(-1)?.content ?? '')
    return { say: 'done' }
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
  return { events, told: told[0] ?? '', logged: made.logged, text: JSON.stringify(frames) }
}

const circular: Record<string, unknown> = {}
circular.self = circular

test.each<[string, () => Promise<unknown>]>([
  ['throws', () => Promise.reject(new Error('password=hunter2'))],
  ['throws nothing', () => Promise.reject(undefined)],
  ['throws a text', () => Promise.reject('password=hunter2')],
  [
    'throws at once',
    () => {
      throw new TypeError('password=hunter2')
    },
  ],
  ['answers in a circle', async () => circular],
  ['answers a bigint', async () => ({ count: 1n })],
])('a tool that %s is an answer to the model, and its text stays in the log', async (_, run) => {
  const { events, told, logged, text } = await callTool(run)
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
  expect(told).toBe('Failed: The source system did not answer as expected.')
  expect(text).not.toContain('hunter2')
  expect(logged).toHaveLength(1)
})

test('a tool that answers five megabytes is shown shortened, and the model gets it', async () => {
  const { events, told, text } = await callTool(async () => 'x'.repeat(5_000_000))
  const finished = events.find(({ type }) => type === 'tool.finished')
  expect(finished).toMatchObject({ truncated: true })
  expect(finished?.preview).toHaveLength(8193)
  expect(told).toHaveLength(5_000_000)
  expect(text.length).toBeLessThan(20_000)
})

test('a tool that answers nothing is finished', async () => {
  const { events, told } = await callTool(async () => undefined)
  expect(events.some(({ type }) => type === 'tool.finished')).toBe(true)
  expect(told).toBe('')
})

test('a tool that takes too long is given up, and the agent goes on', async () => {
  const { events, told } = await callTool(() => new Promise(() => {}), { toolSeconds: 0.02 })
  expect(events.find(({ type }) => type === 'tool.failed')).toMatchObject({ code: 'deadline' })
  expect(told).toBe('Failed: It took too long and was given up.')
})

test('what is emitted after the end is dropped', async () => {
  const { layer, begun, release } = emittingLayer()
  const { open, post, get } = await makeServer({}, { script: seedFlow, agentMiddleware: [layer] })
  const id = await open()
  const run = crypto.randomUUID()
  const asked = post(`/api/conversations/${id}/messages`, { ...question, run })
  const emit = await begun
  release()
  await asked
  emit(numbered(1))
  const text = await (await get(`/api/conversations/${id}/thinking?run=${run}`)).text()
  expect(text).not.toContain('t1 finished')
  expect(text.match(/^event: done$/gm)).toHaveLength(1)
})

/** A store that fails from the `nth` call of one of its functions on. */
function failingStore(name: 'beginRun' | 'appendEvent' | 'endRun', nth: number): Store {
  const store = openSqliteStore(':memory:')
  const original = store[name] as (...given: unknown[]) => unknown
  let calls = 0
  const failing = (...given: unknown[]) => {
    calls += 1
    if (calls >= nth) throw new Error('secret: disk I/O error on /dev/sda1')
    return original(...given)
  }
  return { ...store, [name]: failing }
}

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])(
  'a store that fails at event %d ends the run with a reason, and closes its stream',
  async (nth) => {
    const store = failingStore('appendEvent', nth)
    const { open, post, get, logged } = await makeServer({}, { script: seedFlow, store })
    const id = await open()
    const run = crypto.randomUUID()
    const reading = readFrames(await get(`/api/conversations/${id}/thinking?format=json`))
    const response = await post(`/api/conversations/${id}/messages`, { ...question, run })
    const text = await response.text()
    expect(text).not.toContain('secret')
    expect(response.status).toBe(200)
    const frames = await reading
    expect(frames.at(-1)).toMatchObject({ event: 'done' })
    const told = await get(`/api/conversations/${id}/runs/${run}`)
    // The last event alone may be lost: the answer was stored before it.
    const ends = nth === 9 ? { status: 'finished' } : { error: { code: 'store_failed' } }
    expect(await told.json()).toMatchObject(ends)
    expect(JSON.stringify(logged.map(({ cause }) => String(cause)))).toContain(
      nth === 9 ? '' : 'history cannot be written',
    )
  },
)

test('a store that cannot take the question refuses it, and nothing runs', async () => {
  const store = failingStore('beginRun', 1)
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

test('a store that cannot take the answer: the stream says that it failed, and the server lives', async () => {
  const store = failingStore('endRun', 1)
  const { open, post, get, logged } = await makeServer({}, { script: seedFlow, store })
  const id = await open()
  const reading = readFrames(await get(`/api/conversations/${id}/thinking`))
  const response = await post(`/api/conversations/${id}/messages`, question)
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ code: 'store_failed' })
  expect((await reading).at(-1)).toMatchObject({ event: 'done', data: '{"status":"failed"}' })
  expect(logged.length).toBeGreaterThan(0)
  expect((await get('/healthz')).status).toBe(200)
})

test('a store that is gone makes the server not ready, but alive', async () => {
  const store = openSqliteStore(':memory:')
  const { get } = await makeServer({}, { store })
  store.close()
  expect((await get('/readyz')).status).toBe(503)
  expect((await get('/healthz')).status).toBe(200)
})
