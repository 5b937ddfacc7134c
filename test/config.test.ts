import { expect, test } from 'bun:test'
import { readConfig, secretsOf } from '../src/config.ts'
import { settingsFiles } from './support/write-settings.ts'

test('without environment variables the defaults apply', () => {
  expect(readConfig({})).toMatchObject({
    port: 8000,
    host: '127.0.0.1',
    dataDir: './data',
    auth: 'none',
    trustedProxies: [],
    openaiApiKey: undefined,
    openaiModels: ['gpt-5-mini'],
    thinkMs: 350,
    logFormat: 'text',
    accessLog: 'off',
  })
})

test('an empty variable counts as not set', () => {
  const environment = { PORT: ' ', OPENAI_API_KEY: '', OPENAI_MODEL: '' }
  expect(readConfig(environment)).toEqual(readConfig({}))
})

test('values are read without the space around them', () => {
  expect(readConfig({ PORT: ' 9000 ', DATA_DIR: ' /data\n' })).toMatchObject({
    port: 9000,
    dataDir: '/data',
  })
})

test('lists are comma-separated, and empty entries are dropped', () => {
  expect(readConfig({ OPENAI_MODEL: ' a, b,,c ' }).openaiModels).toEqual(['a', 'b', 'c'])
})

test('the prices of models are read as numbers, and a model name may have colons and slashes', () => {
  const { modelPrices } = readConfig({ MODEL_PRICES: 'gpt-5-mini=0.25/2, org/llama:8b=0/0' })
  expect(modelPrices).toEqual({
    'gpt-5-mini': { input: 0.25, output: 2 },
    'org/llama:8b': { input: 0, output: 0 },
  })
  expect(readConfig({}).modelPrices).toBeUndefined()
})

test('names of hosts and headers are read in lower case', () => {
  const environment = { ALLOWED_HOSTS: 'Ops.Example.com', FORWARDED_USER_HEADER: 'Remote-User' }
  expect(readConfig(environment)).toMatchObject({
    allowedHosts: ['ops.example.com'],
    forwardedUserHeader: 'remote-user',
  })
})

test.each([
  [{ PORT: 'abc' }, 'PORT=abc is not valid: must be a whole number from 0 to 65535.'],
  [{ PORT: '70000' }, 'PORT=70000 is not valid: must be a whole number from 0 to 65535.'],
  [{ ANSWER_WAIT_SECONDS: '1.5' }, 'must be a whole number from 0 to 600'],
  [{ OPENAI_BASE_URL: 'localhost' }, 'OPENAI_BASE_URL=localhost is not valid: must be an http or'],
  [{ MODEL_PRICES: 'gpt-5=1' }, 'must be entries such as gpt-5-mini=0.25/2'],
  [{ LOG_LEVEL: 'debug' }, 'LOG_LEVEL=debug is not valid: must be one of error, warn, info.'],
  [{ TRUSTED_PROXIES: '10.0.0.0/8, proxy' }, 'must be addresses or networks such as 10.0.0.0/8'],
])('%o is reported in one sentence', (environment, sentence) => {
  expect(() => readConfig(environment)).toThrow(sentence)
})

test('the value of a secret is not in the error', () => {
  expect(() => readConfig({ AZURE_OPENAI_API_KEY: 'sk-1 sk-2' })).toThrow(
    /^AZURE_OPENAI_API_KEY is not valid: must not contain spaces or line breaks\.$/,
  )
})

test('the secrets are the API keys and the password hashes', () => {
  const environment = { OPENAI_API_KEY: 'sk-1', BASIC_USERS: 'ann:x,bob:y', OPENAI_MODEL: 'm' }
  expect(secretsOf(readConfig(environment))).toEqual(['sk-1', 'ann:x', 'bob:y'])
})

test.each(await settingsFiles())(
  '$path lists the settings; `bun run settings` updates it',
  ({ current, expected }) => {
    expect(current).toBe(expected)
  },
)
