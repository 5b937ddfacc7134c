import { expect, test } from 'bun:test'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import { replaceCalls } from '../support/faulty-store.ts'
import { isTriage, type Script } from '../support/scripted-model.ts'
import { seedFlow } from '../support/scripts.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

type Event = { type: string; agent?: string; durationMs?: number; usage?: unknown }

test('an answer that cannot be stored at once is stored a moment later', async () => {
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

test('a run whose end was never stored is interrupted, and does not block its conversation', async () => {
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
  const told = await (await get(`/api/conversations/${id}/runs/${run}`)).json()
  expect(told).toMatchObject({ status: 'interrupted', error: { code: 'interrupted' } })
  expect(await (await get(`/conversations/${id}`)).text()).toContain('Thinking interrupted')
  expect((await get(`/conversations/${id}/messages?run=${run}`)).status).toBe(200)
  broken = false
  expect((await post(path, { message: 'And now?' })).status).toBe(200)
})

test('another question under the same run id is refused, and the first one stays', async () => {
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

test('a first question that is refused leaves no empty conversation behind', async () => {
  const { app, get } = await makeServer({ questionsPerHour: 1 }, { script: seedFlow })
  const ask = () =>
    app.request('/conversations', {
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

test.each([{}, { prompt_tokens: null }, { prompt_tokens: 'many', completion_tokens: -1 }])(
  'a server that says %o of its tokens is understood to say nothing',
  async (usage) => {
    const message = { role: 'assistant', content: '{"tasks":[],"reject_reason":"no"}' }
    const body = JSON.stringify({ choices: [{ message, finish_reason: 'stop' }], usage })
    const { open, post, get } = await makeServer({}, { script: () => ({ body }) })
    const id = await open()
    const run = crypto.randomUUID()
    await post(`/api/conversations/${id}/messages`, { message: 'x', run })
    const told = (await (await get(`/api/conversations/${id}/runs/${run}`)).json()) as {
      events: Event[]
    }
    expect(told).toMatchObject({ status: 'finished', answer: 'no' })
    expect(told.events.some((event) => 'usage' in event)).toBe(false)
  },
)

test('a clock that is set back makes nothing unreadable', async () => {
  let at = 1_800_000_000_000
  const { open, post, get } = await makeServer({}, { script: seedFlow, now: () => (at -= 1000) })
  const id = await open()
  const run = crypto.randomUUID()
  await post(`/api/conversations/${id}/messages`, { message: 'x', run })
  const told = (await (await get(`/api/conversations/${id}/runs/${run}`)).json()) as {
    events: Event[]
  }
  expect(told).toMatchObject({ status: 'finished' })
  expect(told.events.every(({ durationMs = 0 }) => durationMs >= 0)).toBe(true)
  expect((await get(`/conversations/${id}/runs/${run}`)).status).toBe(200)
})

test('a question with code in it reaches its specialist', async () => {
  const question = 'Why did ```sales_daily``` fail?'
  const script: Script = (request, turn) =>
    isTriage(request) ? { decide: [{ agent: 'ServiceNow', question }] } : seedFlow(request, turn)
  const { open, post } = await makeServer({}, { script })
  const path = `/api/conversations/${await open()}/messages`
  const answer = await (await post(path, { message: question })).json()
  expect(answer).toMatchObject({ run: { status: 'finished' } })
})

test('an answer that is too long is cut, and says so', async () => {
  const script: Script = (request, turn) =>
    isTriage(request) ? seedFlow(request, turn) : { say: 'x'.repeat(1_000_000) }
  const { open, post } = await makeServer({}, { script })
  const path = `/api/conversations/${await open()}/messages`
  const answer = (await (await post(path, { message: 'x' })).json()) as {
    assistant_message: { content: string }
  }
  expect(answer.assistant_message.content.length).toBeLessThan(140_000)
  expect(answer.assistant_message.content).toContain('The answer was longer and is cut here.')
})

test.each(['stop', 'deadline'])(
  'at a %s a tool has ended before its agent, and that before triage',
  async (way) => {
    const called = Promise.withResolvers<void>()
    const serviceNow = {
      listChanges: () => {
        called.resolve()
        return new Promise<never>(() => {})
      },
      findChange: async () => undefined,
      listIncidents: async () => ({ total: 0, items: [] }),
      findIncident: async () => undefined,
    }
    const nothing = async () => []
    const connectors = {
      serviceNow,
      logAnalytics: {
        pipelineStatus: nothing,
        findRun: async () => undefined,
        listFailed: serviceNow.listIncidents,
      },
      serviceHealth: { databricks: nothing, snowflake: nothing, azure: nothing },
    }
    const settings = way === 'deadline' ? { agentSeconds: 0.1 } : {}
    const { open, post, get } = await makeServer(settings, { script: seedFlow, connectors })
    const id = await open()
    const run = crypto.randomUUID()
    const asked = post(`/api/conversations/${id}/messages`, { message: 'x', run })
    await called.promise
    if (way === 'stop') await post(`/api/conversations/${id}/runs/${run}/stop`)
    await asked
    const told = (await (await get(`/api/conversations/${id}/runs/${run}`)).json()) as {
      events: Event[]
    }
    const end = way === 'stop' ? 'stopped' : 'failed'
    expect(told.events.slice(-4).map(({ type, agent }) => [type, agent])).toEqual([
      [`tool.${end}`, 'ServiceNow'],
      [`agent.${end}`, 'ServiceNow'],
      [`agent.${end}`, 'Triage'],
      [`run.${end}`, undefined],
    ])
  },
)
