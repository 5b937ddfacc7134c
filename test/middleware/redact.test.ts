import { expect, test } from 'bun:test'
import { readConfig } from '../../src/config.ts'
import type { FunctionMiddleware } from '../../src/core/call.ts'
import { createRedact } from '../../src/core/redact.ts'
import { readRun } from '../support/agents-server.ts'
import { isTriage, type Script } from '../support/scripted-model.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg'
const key =
  '-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAx9\nq3rT\n-----END RSA PRIVATE KEY-----'

/** A text with a secret, and the same text as it may be shown. */
const cases: [string, string][] = [
  ['Authorization: Bearer abc.def', 'Authorization: [redacted]'],
  ['{"authorization":"Basic dXNlcjpw","a":1}', '{"authorization":"[redacted]","a":1}'],
  [`curl -H 'Authorization: Bearer x1' https://h`, `curl -H 'Authorization: [redacted]' https://h`],
  ['sent with bearer abcdefgh1234', 'sent with [redacted]'],
  [`the session ${jwt}, and`, 'the session [redacted], and'],
  ['ghp_abcdefghijklmnopqrstuvwxyz0123456789 is mine', '[redacted] is mine'],
  ['sk-proj-abc_DEF-ghi0123456789abc', '[redacted]'],
  ['AKIAIOSFODNN7EXAMPLE, and more', '[redacted], and more'],
  ['postgres://ann:p@ss@db/x', 'postgres://ann:[redacted]@db/x'],
  ['login password=hunter2; host=x', 'login password=[redacted]; host=x'],
  ['PASSWORD: hunter2', 'PASSWORD: [redacted]'],
  ['{"password": "hun\\"ter2", "x": 1}', '{"password": "[redacted]", "x": 1}'],
  ['{"client_secret":4711,"x":1}', '{"client_secret":"[redacted]","x":1}'],
  ['AccountKey=abc==;EndpointSuffix=x', 'AccountKey=[redacted];EndpointSuffix=x'],
  ['https://x.example/b?sv=1&sig=abc%3D&x=1', 'https://x.example/b?sv=1&sig=[redacted]&x=1'],
  ['Set-Cookie: a=b; c=d\nnext', 'Set-Cookie: [redacted]\nnext'],
  [`${key} and more`, '[redacted] and more'],
  [JSON.stringify({ key, x: 1 }), '{"key":"[redacted]","x":1}'],
]

/** Texts without a secret. */
const harmless = [
  'basic authentication is off, and the token: expired',
  '{"password": null, "tokens": 15, "inputTokens": 3}',
  'risk-assessment-of-the-2nd-upgrade at http://host:8080/path for ann@acme.example',
  'The token: [1]',
]

test.each(cases)('%j is redacted', (text, redacted) => {
  const redact = createRedact()
  expect(redact(text)).toBe(redacted)
  expect(redact(redacted)).toBe(redacted)
})

test.each(harmless)('%j is not redacted', (text) => {
  expect(createRedact()(text)).toBe(text)
})

test('a secret in JSON that is a string of JSON, and so on, is redacted, and the JSON stays valid', () => {
  const inner = {
    password: 'hun"ter2\\',
    passwd: '',
    client_secret: 4711,
    token: '\\"',
    next: 'kept',
  }
  const clean = {
    ...inner,
    password: '[redacted]',
    client_secret: '[redacted]',
    token: '[redacted]',
  }
  let text = JSON.stringify(inner)
  for (let depth = 0; depth < 5; depth += 1) {
    let read: unknown = createRedact()(text)
    for (let level = 0; level < depth; level += 1) read = JSON.parse(String(read)).body
    expect(JSON.parse(String(read))).toEqual(clean)
    text = JSON.stringify({ y: 2, body: text })
  }
})

test('a token after an escape is redacted', () => {
  const token = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'
  for (const before of ['\\n', '\\t', '\\u003d', '%20', '\\\\n']) {
    expect(createRedact()(`{"log":"used${before}${token}"}`)).not.toContain(token)
  }
})

test('a secret of a million characters is redacted whole', () => {
  for (const before of ['password=', 'password="', "password='", 'eyJ']) {
    for (const repeated of ['a', 'a,', 'a\\x']) {
      const text = createRedact()(before + repeated.repeat(500_000))
      if (before !== 'eyJ' || repeated === 'a') expect(text.length).toBeLessThan(30)
    }
  }
})

/** Asks a question whose model calls a tool with `args`, which returns `result`; the model answers with that result. */
async function askWith(args: unknown, result: string | Error, settings = {}) {
  const received: string[] = []
  const layer: FunctionMiddleware = async (call) => {
    received.push(call.arguments)
    if (result instanceof Error) throw result
    return result
  }
  const script: Script = ({ messages, ...request }, turn) => {
    const all = { messages, ...request }
    if (isTriage(all)) return { decide: [{ agent: 'ServiceNow', question: `Find ${jwt}` }] }
    if (turn === 0) return { call: [{ tool: 'get_incident', arguments: args }] }
    return { text: `It says: ${messages.at(-1)?.content} [1]` }
  }
  const server = await makeServer(settings, { script, functionMiddleware: [layer] })
  const conversation = await server.open()
  const path = `/api/conversations/${conversation}`
  const run = crypto.randomUUID()
  const reply = await server.post(`${path}/messages`, { message: 'What is in it?', run })
  const texts = [await reply.text()]
  const shown = [
    `${path}/runs/${run}`,
    path,
    `/conversations/${conversation}`,
    `${path}/thinking?run=${run}&format=json`,
    ...['markdown', 'json', 'html'].map((format) => `${path}/runs/${run}/export?format=${format}`),
  ]
  for (const one of shown) texts.push(await (await server.get(one)).text())
  texts.push(Bun.inspect(await server.readLog(), { depth: 9 }))
  const requests = server.model?.requests ?? []
  return { received, requests, all: texts.join('\n'), run: await readRun(server, shown[0] ?? '') }
}

containerTest(
  'a tool gets the real arguments and the model the real result, and nothing that is stored, shown or exported has them',
  async () => {
    const args = { number: 'INC1', password: 'hunter2' }
    const result = `Log in with password=letmein77, or postgres://ann:wonderland@db/x. ${key}`
    const { received, requests, all, run } = await askWith(args, result)
    expect(received).toEqual([JSON.stringify(args)])
    expect(requests.at(-1)?.messages.at(-1)?.content).toContain('letmein77')
    for (const secret of ['hunter2', 'letmein77', 'wonderland', 'MIIEow', jwt]) {
      expect(all).not.toContain(secret)
    }
    expect(run.events).toContainEqual(
      expect.objectContaining({
        type: 'tool.called',
        arguments: '{"number":"INC1","password":"[redacted]"}',
      }),
    )
    expect(run.answer).toContain('password=[redacted]')
    expect(run.answer).toContain('[1]')
  },
)

containerTest('a secret that lies across the end of what is shown is redacted', async () => {
  for (const before of [100, 120, 127]) {
    const { run } = await askWith({}, `${'x'.repeat(before)} ${jwt}`, { maxShownBytes: 128 })
    const finished = run.events.find(({ type }) => type === 'tool.finished')
    expect(finished?.preview).not.toContain('eyJ')
    expect(finished?.preview).toMatch(/^x+/)
  }
})

containerTest('a result that is too long to be read whole shows no part of a secret', async () => {
  const secret = `${jwt} `.repeat(100_000)
  const { run } = await askWith({}, secret, { maxShownBytes: 128 })
  const finished = run.events.find(({ type }) => type === 'tool.finished')
  expect(finished?.preview).not.toMatch(/eyJ|c2lnb/)
  expect(finished?.truncated).toBe(true)
})

containerTest(
  'the credentials of the settings are redacted wherever a tool repeats them',
  async () => {
    const serviceNowPassword = 'Blue (horse) + 7'
    const { all, run, requests } = await askWith({}, `x ${serviceNowPassword} y`, {
      serviceNowPassword,
    })
    expect(requests.at(-1)?.messages.at(-1)?.content).toContain(serviceNowPassword)
    expect(all).not.toContain('horse')
    expect(run.answer).toContain('x [redacted] y')
  },
)

containerTest('REDACT_PATTERNS are redacted as well', async () => {
  const { redactPatterns } = readConfig({
    REDACT_PATTERNS: String.raw`CUST-\d{6} [a-z]{1,20}@acme`,
  })
  const { all, run } = await askWith({ number: 'CUST-123456' }, 'of ann@acme', { redactPatterns })
  expect(all).not.toMatch(/CUST-1|ann@acme/)
  expect(run.answer).toContain('of [redacted]')
})

test.each([
  ['(a+)+', 'repeats without a limit'],
  [String.raw`\d*x`, 'repeats without a limit'],
  ['a{2,}', 'repeats without a limit'],
  ['(a{1,9}){2}', 'repeats a group'],
  [String.raw`(a)\1`, 'refers to another part'],
  ['(?=a)b', 'looks around'],
  ['[a-z]{1,99}[a-z]{1,99}', 'more than 1000 ways'],
  ['a{0,9}', 'matches an empty text'],
  ['(', 'is not a regular expression'],
])('the pattern %s is refused, because it %s', (pattern, reason) => {
  expect(() => readConfig({ REDACT_PATTERNS: pattern })).toThrow(reason)
})

test('patterns with classes, escapes and groups are allowed', () => {
  const { redactPatterns } = readConfig({ REDACT_PATTERNS: String.raw`[*+?]\*\+ (?:a|b)?x{3}` })
  expect(createRedact(redactPatterns)('+*+ and bxxx')).toBe('[redacted] and [redacted]')
})
