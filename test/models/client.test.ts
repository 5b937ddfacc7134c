import { afterEach, expect, test } from 'bun:test'
import { readConfig } from '../../src/config.ts'
import { openModel } from '../../src/models/client.ts'

const servers: { stop: (now: boolean) => Promise<void> }[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(true)
})

const offlineFetch = () => Promise.reject(new Error('the offline model was called'))
const unused = { offlineFetch, entra: undefined }

/** Starts a chat-completions server that records its requests. */
function startModelServer() {
  const requests: { path: string; model: string; headers: Headers }[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      const { model } = (await request.json()) as { model: string }
      requests.push({ path: pathname + search, model, headers: request.headers })
      return Response.json({ choices: [{ message: { content: 'hello' } }] })
    },
  })
  servers.push(server)
  return { url: `http://127.0.0.1:${server.port}`, requests }
}

async function complete(environment: Record<string, string>, model?: string) {
  const access = openModel(readConfig(environment), unused)
  const messages = [{ role: 'user' as const, content: 'hello' }]
  await access.client.chat.completions.create({ model: model ?? access.models[0], messages })
  return access
}

test('OPENAI_BASE_URL selects a compatible server, with or without a key', async () => {
  const { url, requests } = startModelServer()
  const access = await complete({ OPENAI_BASE_URL: `${url}/v1`, OPENAI_MODEL: 'qwen3,llama' })
  await complete({ OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: 'sk-1' }, 'llama')
  expect(access).toMatchObject({ models: ['qwen3', 'llama'], offline: false })
  expect(requests.map(({ path, model }) => [path, model])).toEqual([
    ['/v1/chat/completions', 'qwen3'],
    ['/v1/chat/completions', 'llama'],
  ])
  expect(requests[1]?.headers.get('authorization')).toBe('Bearer sk-1')
})

test('Azure OpenAI gets the deployment in the path and the key in its own header', async () => {
  const { url, requests } = startModelServer()
  const environment = {
    AZURE_OPENAI_ENDPOINT: url,
    AZURE_OPENAI_API_KEY: 'az-1',
    AZURE_OPENAI_DEPLOYMENT_NAME: 'one, two',
  }
  const access = await complete(environment)
  await complete(environment, 'two')
  expect(access.description).toBe(`one, two on Azure OpenAI at ${new URL(url).host}`)
  expect(requests.map(({ path }) => path)).toEqual([
    '/openai/deployments/one/chat/completions?api-version=2024-10-21',
    '/openai/deployments/two/chat/completions?api-version=2024-10-21',
  ])
  expect(requests[0]?.headers.get('api-key')).toBe('az-1')
})

test('Azure OpenAI takes precedence over OPENAI_BASE_URL', async () => {
  const { url, requests } = startModelServer()
  const before = process.env.OPENAI_BASE_URL
  process.env.OPENAI_BASE_URL = 'http://elsewhere.invalid/v1'
  try {
    await complete({
      OPENAI_BASE_URL: 'http://elsewhere.invalid/v1',
      AZURE_OPENAI_ENDPOINT: `${url}/`,
      AZURE_OPENAI_API_KEY: 'az-1',
      AZURE_OPENAI_DEPLOYMENT_NAME: 'one',
    })
  } finally {
    if (before === undefined) delete process.env.OPENAI_BASE_URL
    else process.env.OPENAI_BASE_URL = before
  }
  expect(requests).toHaveLength(1)
})

test('FALLBACK_BASE_URL and FALLBACK_API_KEY put the fallback model on another server', async () => {
  const { url, requests } = startModelServer()
  const access = openModel(
    readConfig({
      OPENAI_API_KEY: 'sk-1',
      FALLBACK_MODEL: 'qwen3',
      FALLBACK_BASE_URL: `${url}/v1`,
      FALLBACK_API_KEY: 'sk-2',
    }),
    unused,
  )
  const { client, model = '' } = access.fallback ?? {}
  await client?.chat.completions.create({ model, messages: [{ role: 'user', content: 'x' }] })
  expect(requests.map(({ path, model: name }) => [path, name])).toEqual([
    ['/v1/chat/completions', 'qwen3'],
  ])
  expect(requests[0]?.headers.get('authorization')).toBe('Bearer sk-2')
  expect(access.description).toEndWith(`; fallback qwen3 at ${new URL(url).host}`)
  expect(() =>
    openModel(readConfig({ OPENAI_API_KEY: 'x', FALLBACK_API_KEY: 'x' }), unused),
  ).toThrow('FALLBACK_MODEL is missing.')
})

test('without model settings the offline model is used', () => {
  const access = openModel(readConfig({}), unused)
  expect(access).toMatchObject({ models: ['offline'], offline: true })
})

test('an error names the Azure setting that is missing', () => {
  const endpoint = { AZURE_OPENAI_ENDPOINT: 'https://x.openai.azure.com' }
  const open = (environment: Record<string, string>) => openModel(readConfig(environment), unused)
  expect(() => open(endpoint)).toThrow('AZURE_OPENAI_DEPLOYMENT_NAME is missing.')
  expect(() => open({ ...endpoint, AZURE_OPENAI_DEPLOYMENT_NAME: 'x' })).toThrow(
    'AZURE_OPENAI_API_KEY is missing. To use Entra ID instead, set AZURE_CLIENT_ID',
  )
})
