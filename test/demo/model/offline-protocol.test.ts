import { expect, test } from 'bun:test'
import OpenAI from 'openai'
import { createOfflineFetch } from '../../../src/demo/model/offline.ts'

const base = 'http://offline.invalid/v1'
const offlineFetch = createOfflineFetch({ thinkMs: 0 })

function post(
  body: unknown,
  path = '/chat/completions',
  fetch = offlineFetch,
  signal?: AbortSignal,
) {
  return fetch(`${base}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal && { signal }),
  })
}

const plain = { model: 'offline', messages: [{ role: 'user', content: 'hello' }] }

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
  const client = new OpenAI({ apiKey: 'offline', baseURL: base, fetch: offlineFetch })
  const models = await client.models.list()
  expect(models.data.map(({ id }) => id)).toEqual(['offline'])
})

test.each([
  ['{', undefined, 'We could not parse the JSON body of your request.'],
  [{ model: 'offline' }, 'messages', undefined],
  [{ model: 'offline', messages: [] }, 'messages', undefined],
  [{ ...plain, messages: [{ role: 'robot', content: 'x' }] }, 'messages.0.role', undefined],
  [{ ...plain, stream: true }, 'stream', undefined],
  [{ ...plain, n: 2 }, 'n', undefined],
])('a request that does not fit gets a 400 that says where: %j', async (body, param, message) => {
  const response = await post(body)
  expect(response.status).toBe(400)
  const { error } = await response.json()
  expect(error.type).toBe('invalid_request_error')
  if (param !== undefined) expect(error.param).toBe(param)
  if (message !== undefined) expect(error.message).toBe(message)
})

test('the client of OpenAI understands the errors', async () => {
  const client = new OpenAI({
    apiKey: 'offline',
    baseURL: base,
    fetch: offlineFetch,
    maxRetries: 0,
  })
  const streamed = client.chat.completions
    .create({ model: 'offline', messages: [{ role: 'user', content: 'hi' }], stream: true })
    .catch((error: unknown) => error)
  expect(await streamed).toBeInstanceOf(OpenAI.BadRequestError)
  const embedded = client.embeddings
    .create({ model: 'offline', input: 'x' })
    .catch((error: unknown) => error)
  expect(await embedded).toBeInstanceOf(OpenAI.NotFoundError)
})

test('an unknown schema is refused and not filled with inventions', async () => {
  const response = await post({
    ...plain,
    response_format: { type: 'json_schema', json_schema: { name: 'recipe', schema: {} } },
  })
  expect(response.status).toBe(400)
})

test('an abort ends the thinking at once', async () => {
  const slow = createOfflineFetch({ thinkMs: 60_000 })
  const controller = new AbortController()
  const started = performance.now()
  const pending = post(plain, '/chat/completions', slow, controller.signal)
  controller.abort()
  const ended = await pending.catch((error: unknown) => error)
  expect(ended).toMatchObject({ name: 'AbortError' })
  expect(performance.now() - started).toBeLessThan(5_000)
})

test('what is aborted before it began never begins', async () => {
  expect(post(plain, '/chat/completions', offlineFetch, AbortSignal.abort())).rejects.toMatchObject(
    {
      name: 'AbortError',
    },
  )
})

test('a completion takes as long as it is told to', async () => {
  const started = performance.now()
  await post(plain, '/chat/completions', createOfflineFetch({ thinkMs: 30 }))
  expect(performance.now() - started).toBeGreaterThanOrEqual(29)
})
