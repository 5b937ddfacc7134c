import { afterEach, expect, test } from 'bun:test'
import { readConfig } from '../../src/config.ts'
import { openModel } from '../../src/models/client.ts'

const servers: { stop: (now: boolean) => Promise<void> }[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(true)
})

const unused = () => Promise.reject(new Error('the offline model was asked'))

/** A server that writes down what it is asked, and answers in the protocol's words. */
function listen() {
  const asked: { path: string; model: string; headers: Headers }[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      const { model } = (await request.json()) as { model: string }
      asked.push({ path: pathname + search, model, headers: request.headers })
      return Response.json({ choices: [{ message: { content: 'hello' } }] })
    },
  })
  servers.push(server)
  return { url: `http://127.0.0.1:${server.port}`, asked }
}

async function say(environment: Record<string, string>, model?: string) {
  const door = openModel(readConfig(environment), unused)
  const messages = [{ role: 'user' as const, content: 'hello' }]
  await door.client.chat.completions.create({ model: model ?? door.models[0], messages })
  return door
}

test('a compatible server is asked at its base URL, with a key or without', async () => {
  const { url, asked } = listen()
  const door = await say({ OPENAI_BASE_URL: `${url}/v1`, OPENAI_MODEL: 'qwen3,llama' })
  await say({ OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: 'sk-1' }, 'llama')
  expect(door).toMatchObject({ models: ['qwen3', 'llama'], offline: false })
  expect(asked.map(({ path, model }) => [path, model])).toEqual([
    ['/v1/chat/completions', 'qwen3'],
    ['/v1/chat/completions', 'llama'],
  ])
  expect(asked[1]?.headers.get('authorization')).toBe('Bearer sk-1')
})

test('Azure OpenAI is asked by deployment, with its own kind of key', async () => {
  const { url, asked } = listen()
  const environment = {
    AZURE_OPENAI_ENDPOINT: url,
    AZURE_OPENAI_API_KEY: 'az-1',
    AZURE_OPENAI_DEPLOYMENT_NAME: 'one, two',
  }
  const door = await say(environment)
  await say(environment, 'two')
  expect(door.description).toBe(`one, two on Azure OpenAI at ${new URL(url).host}`)
  expect(asked.map(({ path }) => path)).toEqual([
    '/openai/deployments/one/chat/completions?api-version=2024-10-21',
    '/openai/deployments/two/chat/completions?api-version=2024-10-21',
  ])
  expect(asked[0]?.headers.get('api-key')).toBe('az-1')
})

test('Azure OpenAI goes before a base URL that is set as well', async () => {
  const { url, asked } = listen()
  const before = process.env.OPENAI_BASE_URL
  process.env.OPENAI_BASE_URL = 'http://elsewhere.invalid/v1'
  try {
    await say({
      ...{ OPENAI_BASE_URL: 'http://elsewhere.invalid/v1', AZURE_OPENAI_ENDPOINT: `${url}/` },
      ...{ AZURE_OPENAI_API_KEY: 'az-1', AZURE_OPENAI_DEPLOYMENT_NAME: 'one' },
    })
  } finally {
    if (before === undefined) delete process.env.OPENAI_BASE_URL
    else process.env.OPENAI_BASE_URL = before
  }
  expect(asked).toHaveLength(1)
})

test('without any key it is the offline model', () => {
  const door = openModel(readConfig({}), unused)
  expect(door).toMatchObject({ models: ['offline'], offline: true })
})

test('a setting without its counterpart is told by name', () => {
  const endpoint = { AZURE_OPENAI_ENDPOINT: 'https://x.openai.azure.com' }
  const open = (environment: Record<string, string>) => openModel(readConfig(environment), unused)
  expect(() => open(endpoint)).toThrow('AZURE_OPENAI_DEPLOYMENT_NAME is missing.')
  expect(() => open({ ...endpoint, AZURE_OPENAI_DEPLOYMENT_NAME: 'x' })).toThrow(
    'AZURE_OPENAI_API_KEY is missing.',
  )
})
