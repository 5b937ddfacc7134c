import { expect, test } from 'bun:test'
import OpenAI from 'openai'
import { createOfflineFetch } from '../../../src/demo/model/offline.ts'

const base = 'http://offline.invalid/v1'
const offline = createOfflineFetch({ thinkMs: 0 })
const clientOptions = { apiKey: 'offline', baseURL: base, fetch: offline, maxRetries: 0 }
const plain = { model: 'offline', messages: [{ role: 'user', content: 'hello' }] }

function post(body: unknown, fetch = offline, signal?: AbortSignal) {
  return fetch(`${base}/chat/completions`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal && { signal }),
  })
}

test('a completion has the shape, the ids and the usage of the protocol', async () => {
  const [first, second] = await Promise.all([post(plain), post(plain)])
  const [one, two] = [await first.json(), await second.json()]
  expect(one).toMatchObject({
    object: 'chat.completion',
    model: 'offline',
    choices: [{ index: 0, message: { role: 'assistant' }, finish_reason: 'stop' }],
  })
  expect(one.usage.total_tokens).toBe(one.usage.prompt_tokens + one.usage.completion_tokens)
  expect(one.usage.prompt_tokens).toBeGreaterThan(0)
  expect(one.id).not.toBe(two.id)
})

test('the models are listed', async () => {
  const models = await new OpenAI(clientOptions).models.list()
  expect(models.data.map(({ id }) => id)).toEqual(['offline'])
})

test.each([
  ['{', ''],
  [{ model: 'offline' }, 'messages'],
  [{ model: 'offline', messages: [] }, 'messages'],
  [{ ...plain, messages: [{ role: 'robot', content: 'x' }] }, 'messages.0.role'],
  [{ ...plain, stream: true }, 'stream'],
  [{ ...plain, n: 2 }, 'n'],
  [
    { ...plain, response_format: { type: 'json_schema', json_schema: { name: 'recipe' } } },
    'response_format',
  ],
])('a request that does not fit gets a 400 that names the field: %j', async (body, param) => {
  const response = await post(body)
  expect(response.status).toBe(400)
  const { error } = await response.json()
  expect(error).toMatchObject({ type: 'invalid_request_error', param })
})

test('the client of OpenAI understands the errors', async () => {
  const client = new OpenAI(clientOptions)
  const embedded = client.embeddings.create({ model: 'offline', input: 'x' })
  expect(await embedded.catch((error: unknown) => error)).toBeInstanceOf(OpenAI.NotFoundError)
  const response = await offline(`${base}/chat/completions`, { method: 'DELETE' })
  expect(response.status).toBe(404)
})

test('an abort ends the thinking at once', async () => {
  const slow = createOfflineFetch({ thinkMs: 60_000 })
  const controller = new AbortController()
  const pending = post(plain, slow, controller.signal)
  controller.abort()
  const started = performance.now()
  expect(await pending.catch((error: unknown) => error)).toMatchObject({ name: 'AbortError' })
  expect(performance.now() - started).toBeLessThan(5000)
})

test('a request that is aborted before it begins is not answered', async () => {
  const pending = post(plain, offline, AbortSignal.abort())
  expect(await pending.catch((error: unknown) => error)).toMatchObject({ name: 'AbortError' })
})

test('a completion takes as long as the settings say', async () => {
  const started = performance.now()
  await post(plain, createOfflineFetch({ thinkMs: 30 }))
  expect(performance.now() - started).toBeGreaterThanOrEqual(29)
})
