import { expect, test } from 'bun:test'
import { readConfig } from '../src/config.ts'
import { readmeWithSettings } from './support/write-settings.ts'

test('without any setting the defaults hold', () => {
  expect(readConfig({})).toMatchObject({
    port: 8000,
    host: '127.0.0.1',
    thinkMs: 350,
    auth: 'none',
  })
})

test('an empty variable counts as not set', () => {
  expect(readConfig({ PORT: ' ', OPENAI_API_KEY: '' })).toMatchObject({
    port: 8000,
    openaiApiKey: undefined,
  })
})

test('several models are a list', () => {
  expect(readConfig({ OPENAI_MODEL: ' a, b,,c ' }).openaiModels).toEqual(['a', 'b', 'c'])
})

test.each([
  [{ PORT: 'abc' }, 'PORT=abc is not valid: must be a whole number from 0 to 65535.'],
  [{ PORT: '70000' }, 'PORT=70000 is not valid: must be a whole number from 0 to 65535.'],
  [{ ANSWER_WAIT_SECONDS: '1.5' }, 'must be a whole number from 0 to 600'],
  [{ OPENAI_BASE_URL: 'localhost' }, 'OPENAI_BASE_URL=localhost is not valid: must be a http(s)'],
  [{ AUTH: 'magic' }, 'AUTH=magic is not valid'],
])('%o is told in one sentence', (environment, sentence) => {
  expect(() => readConfig(environment)).toThrow(sentence)
})

test('the README lists every setting as it is', async () => {
  const { now, made } = await readmeWithSettings()
  expect(made).toBe(now)
})
