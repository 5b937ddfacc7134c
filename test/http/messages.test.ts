import { expect, test } from 'bun:test'
import { identifyByHeader } from '../support/identify-by-header.ts'
import { lastQuestion } from '../support/scripted-model.ts'
import { behind, gate, seedFlow } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

type Answer = {
  user_message: { content: string; run: string } | null
  assistant_message: { content: string } | null
  title: string
  run: { id: string; status: string; error?: { code: string; message: string } }
}

const answerOf = async (response: Response) => (await response.json()) as Answer

test('the POST returns the answer, and the answer is stored', async () => {
  const { open, get, post } = await makeServer({}, { script: seedFlow })
  const id = await open()
  const run = crypto.randomUUID()
  const message = 'What change requests are open?'
  const response = await post(`/api/conversations/${id}/messages`, { message, run })
  expect(response.status).toBe(200)
  const answer = await answerOf(response)
  expect(answer).toMatchObject({ user_message: { content: message, run }, title: message })
  expect(answer.assistant_message?.content).toMatch(/^\*\*\d+\*\* change requests are open\./)
  expect(answer.run).toMatchObject({ id: run, status: 'finished' })
  const stored = await (await get(`/api/conversations/${id}`)).json()
  expect(stored).toMatchObject({
    title: message,
    messages: [answer.user_message, answer.assistant_message],
    runs: [{ id: run, status: 'finished' }],
  })
  const one = await (await get(`/api/conversations/${id}/runs/${run}`)).json()
  expect(one).toMatchObject({ status: 'finished', answer: answer.assistant_message?.content })
  const types = (one as { events: { type: string }[] }).events.map(({ type }) => type)
  expect(types.at(0)).toBe('run.started')
  expect(types.at(-1)).toBe('run.finished')
})

test('a repeated POST with the same run id is the same run, during and after it', async () => {
  const held = gate()
  const { open, post, model, get } = await makeServer({}, { script: behind(held, seedFlow) })
  const id = await open()
  const body = { message: 'What is open?', run: crypto.randomUUID() }
  const path = `/api/conversations/${id}/messages`
  const both = [post(path, body), post(path, body)]
  held.open()
  const [first, second] = await Promise.all(both.map(async (one) => answerOf(await one)))
  const third = await answerOf(await post(path, body))
  expect(second).toEqual(first as Answer)
  expect(third).toEqual(first as Answer)
  expect(model?.requests).toHaveLength(3)
  const stored = (await (await get(`/api/conversations/${id}`)).json()) as { messages: unknown[] }
  expect(stored.messages).toHaveLength(2)
})

test('a second question during a run gets 409', async () => {
  const held = gate()
  const { open, post, status } = await makeServer({}, { script: behind(held, seedFlow) })
  const path = `/api/conversations/${await open()}/messages`
  const first = post(path, { message: 'one' })
  await until(async () => (await status()).runs === 1, 'the first question has a run')
  const second = await post(path, { message: 'two' })
  expect(second.status).toBe(409)
  expect(await second.json()).toMatchObject({ code: 'conversation_busy' })
  held.open()
  expect((await first).status).toBe(200)
  expect((await post(path, { message: 'two' })).status).toBe(200)
})

test.each([
  ['respond-async', 0],
  ['wait=0', 0],
  ['foo; wait=0', 0],
  ['respond-async, wait=0', 0],
])('a POST that prefers %s gets 202 with the location of the run', async (prefer) => {
  const held = gate()
  const { open, post, get } = await makeServer({}, { script: behind(held, seedFlow) })
  const id = await open()
  const run = crypto.randomUUID()
  const path = `/api/conversations/${id}/messages`
  const response = await post(path, { message: 'x', run }, { prefer })
  expect(response.status).toBe(202)
  expect(await response.json()).toEqual({ run: { id: run, status: 'running' } })
  const location = response.headers.get('location') ?? ''
  expect(location).toBe(`/api/conversations/${id}/runs/${run}`)
  expect(await (await get(location)).json()).toMatchObject({ status: 'running', finished_at: null })
  held.open()
  const again = await answerOf(await post(path, { message: 'x', run }))
  expect(again.run.status).toBe('finished')
})

test('after the answer wait the POST gets 202 and the run continues', async () => {
  const held = gate()
  const settings = { answerWaitSeconds: 0 }
  const { open, post } = await makeServer(settings, { script: behind(held, seedFlow) })
  const path = `/api/conversations/${await open()}/messages`
  const body = { message: 'x', run: crypto.randomUUID() }
  expect((await post(path, body)).status).toBe(202)
  held.open()
  let status = 202
  while (status === 202) ({ status } = await post(path, body))
  expect(status).toBe(200)
})

test('Stop aborts the model call and ends the run as stopped, and repeating it changes nothing', async () => {
  const { open, post, get, model } = await makeServer({}, { script: () => 'hang' })
  const id = await open()
  const run = crypto.randomUUID()
  const asked = post(`/api/conversations/${id}/messages`, { message: 'x', run })
  await until(() => model?.requests.length === 1, 'the model is called')
  const stop = `/api/conversations/${id}/runs/${run}/stop`
  const stops = await Promise.all([post(stop), post(stop)])
  expect(stops.map(({ status }) => status)).toEqual([202, 202])
  const answer = await answerOf(await asked)
  expect(answer.run).toMatchObject({ status: 'stopped', error: { code: 'stopped' } })
  expect((await post(stop)).status).toBe(202)
  await until(() => model?.aborted === 1, 'the model call is aborted')
  const one = await (await get(`/api/conversations/${id}/runs/${run}`)).json()
  const types = (one as { events: { type: string }[] }).events.map(({ type }) => type)
  expect(types).toEqual(['run.started', 'agent.invoked', 'agent.stopped', 'run.stopped'])
})

test('triage receives the history, and a specialist only its question', async () => {
  const { open, post, model } = await makeServer({}, { script: seedFlow })
  const path = `/api/conversations/${await open()}/messages`
  await post(path, { message: 'What changes are open?' })
  await post(path, { message: 'and the closed ones?' })
  const [, , , triage, specialist] = model?.requests ?? []
  expect(triage?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user'])
  expect(specialist?.messages.map(({ role }) => role)).toEqual(['system', 'user'])
  expect(specialist && lastQuestion(specialist)).toBe('and the closed ones?')
})

test('a question over the hourly limit gets 429, and other users are not affected', async () => {
  const parts = { script: seedFlow, identify: identifyByHeader }
  const { open, post } = await makeServer({ questionsPerHour: 2 }, parts)
  const ann = { 'x-user': 'ann' }
  const path = `/api/conversations/${await open(ann)}/messages`
  expect((await post(path, { message: '1' }, ann)).status).toBe(200)
  expect((await post(path, { message: '2' }, ann)).status).toBe(200)
  const third = await post(path, { message: '3' }, ann)
  expect(third.status).toBe(429)
  expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(3500)
  const bob = { 'x-user': 'bob' }
  const other = `/api/conversations/${await open(bob)}/messages`
  expect((await post(other, { message: '1' }, bob)).status).toBe(200)
})

containerTest('a draining server refuses questions with 503 and is not ready', async () => {
  const { open, post, get, runs } = await makeServer({}, { script: seedFlow })
  const id = await open()
  await runs.drain(0)
  const refused = await post(`/api/conversations/${id}/messages`, { message: 'x' })
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('5')
  expect((await get('/readyz')).status).toBe(503)
  expect((await get('/healthz')).status).toBe(200)
})

containerTest('a run that does not end while the server drains is interrupted', async () => {
  const { open, post, runs, model } = await makeServer({}, { script: () => 'hang' })
  const id = await open()
  const asked = post(`/api/conversations/${id}/messages`, { message: 'x' })
  await until(() => model?.requests.length === 1, 'the model is called')
  await runs.drain(1)
  expect((await answerOf(await asked)).run).toMatchObject({
    status: 'interrupted',
    error: { message: 'The server restarted before the answer was ready. Please ask again.' },
  })
})

test('without JavaScript the form redirects to the conversation', async () => {
  const { request, open, get } = await makeServer({}, { script: seedFlow })
  const form = (path: string, fields: Record<string, string>) =>
    request(path, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { origin: 'http://localhost' },
    })
  const first = await form('/conversations', { message: 'What is open?' })
  expect(first.status).toBe(303)
  const page = first.headers.get('location') ?? ''
  expect(page).toMatch(/^\/conversations\/[0-9a-f-]{36}#run-/)
  expect(await (await get(page)).text()).toContain('What is open?')
  const second = await form(`/conversations/${await open()}/messages`, { message: 'And now?' })
  expect(second.status).toBe(303)
})
