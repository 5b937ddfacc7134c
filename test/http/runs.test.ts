import { expect, test } from 'bun:test'
import { z } from 'zod'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import { defineTool } from '../../src/tools/tool.ts'
import { replaceCalls } from '../support/faulty-store.ts'
import { isTriage, type Script } from '../support/scripted-model.ts'
import { seedFlow } from '../support/scripts.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

type Event = { type: string; agent?: string; durationMs?: number; usage?: unknown }

containerTest('storing an answer is retried', async () => {
  const store = openSqliteStore(':memory:')
  let fails = 2
  const locked = new Error('database is locked')
  const failing = replaceCalls(store, (own) => ({
    async endRun(...call) {
      fails -= 1
      if (fails >= 0) throw locked
      await own.endRun(...call)
    },
  }))
  const isTemporary = (error: unknown) => error === locked
  const parts = { script: seedFlow, store: { ...failing, isTemporary } }
  const { open, post } = await makeServer({}, parts)
  const path = `/api/conversations/${await open()}/messages`
  const answer = await (await post(path, { message: 'What is open?' })).json()
  expect(answer).toMatchObject({ run: { status: 'finished' } })
})

containerTest(
  'a run whose end could not be stored has failed and does not block its conversation',
  async () => {
    const store = openSqliteStore(':memory:')
    let broken = true
    const failing = replaceCalls(store, (own) => ({
      async endRun(...call) {
        if (broken) throw new Error('disk full')
        await own.endRun(...call)
      },
    }))
    const { open, post, get } = await makeServer({}, { script: seedFlow, store: failing })
    const id = await open()
    const run = crypto.randomUUID()
    const path = `/api/conversations/${id}/messages`
    expect((await post(path, { message: 'What is open?', run })).status).toBe(503)
    const stored = await (await get(`/api/conversations/${id}/runs/${run}`)).json()
    expect(stored).toMatchObject({ status: 'failed', error: { code: 'store_failed' } })
    const page = await (await get(`/conversations/${id}`)).text()
    expect(page).toContain('Thinking failed')
    expect(page).not.toContain('The server restarted')
    expect((await get(`/conversations/${id}/messages?run=${run}`)).status).toBe(200)
    broken = false
    expect((await post(path, { message: 'And now?' })).status).toBe(200)
  },
)

containerTest('a question is answered although its title could not be stored', async () => {
  const failing = replaceCalls(openSqliteStore(':memory:'), () => ({
    async updateConversation() {
      throw new Error('database is locked')
    },
  }))
  const { open, post } = await makeServer({}, { script: seedFlow, store: failing })
  const answer = await post(`/api/conversations/${await open()}/messages`, { message: 'One' })
  expect(answer.status).toBe(200)
})

test('another question with the same run id gets 409 and changes nothing', async () => {
  const { open, post, get } = await makeServer({}, { script: seedFlow })
  const id = await open()
  const run = crypto.randomUUID()
  const path = `/api/conversations/${id}/messages`
  await post(path, { message: 'one', run })
  const second = await post(path, { message: 'two', run })
  expect(second.status).toBe(409)
  expect(await second.json()).toMatchObject({ code: 'run_taken' })
  const { messages } = (await (await get(`/api/conversations/${id}`)).json()) as { messages: [] }
  expect(messages).toHaveLength(2)
})

test('a refused first question leaves no empty conversation', async () => {
  const { request, get } = await makeServer({ questionsPerHour: 1 }, { script: seedFlow })
  const ask = () =>
    request('/conversations', {
      method: 'POST',
      body: new URLSearchParams({ message: 'What is open?' }),
    })
  expect((await ask()).status).toBe(303)
  expect((await ask()).status).toBe(429)
  const { conversations } = (await (await get('/api/conversations')).json()) as {
    conversations: []
  }
  expect(conversations).toHaveLength(1)
})

test('the page creates no conversation when its first question would be refused', async () => {
  const { request, get, open, post } = await makeServer(
    { questionsPerHour: 1 },
    { script: seedFlow },
  )
  await post(`/api/conversations/${await open()}/messages`, { message: 'What is open?' })
  const headers = { 'hx-request': 'true' }
  const refused = await request('/conversations', {
    method: 'POST',
    body: new FormData(),
    headers,
  })
  expect(refused.status).toBe(429)
  const list = (await (await get('/api/conversations')).json()) as { conversations: [] }
  expect(list.conversations).toHaveLength(1)
})

test.each([{}, { prompt_tokens: null }, { prompt_tokens: 'many', completion_tokens: -1 }])(
  'an unreadable token usage is ignored: %o',
  async (usage) => {
    const message = { role: 'assistant', content: '{"tasks":[],"reject_reason":"no"}' }
    const body = JSON.stringify({ choices: [{ message, finish_reason: 'stop' }], usage })
    const { open, post, get } = await makeServer({}, { script: () => ({ body }) })
    const id = await open()
    const run = crypto.randomUUID()
    await post(`/api/conversations/${id}/messages`, { message: 'x', run })
    const stored = (await (await get(`/api/conversations/${id}/runs/${run}`)).json()) as {
      events: Event[]
    }
    expect(stored).toMatchObject({ status: 'finished', answer: 'no' })
    expect(stored.events.some((event) => 'usage' in event)).toBe(false)
  },
)

containerTest(
  'a run is readable and has no negative durations after the clock is set back',
  async () => {
    let at = 1_800_000_000_000
    const { open, post, get } = await makeServer({}, { script: seedFlow, now: () => (at -= 1000) })
    const id = await open()
    const run = crypto.randomUUID()
    await post(`/api/conversations/${id}/messages`, { message: 'x', run })
    const stored = (await (await get(`/api/conversations/${id}/runs/${run}`)).json()) as {
      events: Event[]
    }
    expect(stored).toMatchObject({ status: 'finished' })
    expect(stored.events.every(({ durationMs = 0 }) => durationMs >= 0)).toBe(true)
    expect((await get(`/conversations/${id}/runs/${run}`)).status).toBe(200)
  },
)

test('a question that contains code reaches its specialist', async () => {
  const question = 'Why did ```sales_daily``` fail?'
  const script: Script = (request, turn) =>
    isTriage(request) ? { decide: [{ agent: 'ServiceNow', question }] } : seedFlow(request, turn)
  const { open, post } = await makeServer({}, { script })
  const path = `/api/conversations/${await open()}/messages`
  const answer = await (await post(path, { message: question })).json()
  expect(answer).toMatchObject({ run: { status: 'finished' } })
})

test('an answer over the limit is shortened with a note', async () => {
  const script: Script = (request, turn) =>
    isTriage(request) ? seedFlow(request, turn) : { text: 'x'.repeat(1_000_000) }
  const { open, post } = await makeServer({}, { script })
  const path = `/api/conversations/${await open()}/messages`
  const answer = (await (await post(path, { message: 'x' })).json()) as {
    assistant_message: { content: string }
  }
  expect(answer.assistant_message.content.length).toBeLessThanOrEqual(65_536)
  expect(answer.assistant_message.content).toContain('The answer was longer and is cut here.')
})

/** Asks a specialist whose only tool never returns. `onCall` runs when the tool is called. */
async function askHangingTool(settings: { agentSeconds?: number }, onCall: () => void) {
  const tool = defineTool({
    name: 'hang',
    description: 'x',
    parameters: z.object({}),
    run() {
      onCall()
      return new Promise(() => {})
    },
  })
  const specialist = { name: 'Probe', description: 'x', instructions: 'x', tools: [tool] }
  const script: Script = (request) =>
    isTriage(request)
      ? { decide: [{ agent: 'Probe', question: 'x' }] }
      : { call: [{ tool: 'hang', arguments: {} }] }
  const { open, post, get } = await makeServer(settings, { script, specialists: [specialist] })
  const conversation = `/api/conversations/${await open()}`
  const run = crypto.randomUUID()
  return {
    asked: post(`${conversation}/messages`, { message: 'x', run }),
    stop: () => post(`${conversation}/runs/${run}/stop`),
    async lastEvents() {
      const response = await get(`${conversation}/runs/${run}`)
      const { events } = (await response.json()) as { events: Event[] }
      return events.slice(-4).map(({ type, agent }) => [type, agent])
    },
  }
}

containerTest('at a stop the tool ends before its agent, and the agent before triage', async () => {
  const called = Promise.withResolvers<void>()
  const { asked, stop, lastEvents } = await askHangingTool({}, called.resolve)
  await called.promise
  await stop()
  await asked
  expect(await lastEvents()).toEqual([
    ['tool.stopped', 'Probe'],
    ['agent.stopped', 'Probe'],
    ['agent.stopped', 'Triage'],
    ['run.stopped', undefined],
  ])
})

containerTest(
  'at a deadline the tool ends before its agent, and the agent before triage',
  async () => {
    // On a slow machine the deadline may pass before the tool is called. Then a longer one is tried.
    for (let agentSeconds = 0.1, called = false; !called; agentSeconds *= 2) {
      const { asked, lastEvents } = await askHangingTool({ agentSeconds }, () => {
        called = true
      })
      await asked
      if (!called) continue
      expect(await lastEvents()).toEqual([
        ['tool.failed', 'Probe'],
        ['agent.failed', 'Probe'],
        ['agent.failed', 'Triage'],
        ['run.failed', undefined],
      ])
    }
  },
)
