import { expect, test } from 'bun:test'
import type { FunctionMiddleware } from '../../src/core/call.ts'
import { expectNothingLeft } from '../support/test-server.ts'
import { makeLiveServer, nowMs, useFakes } from './ask.ts'
import { FakeSystem, type Fault } from './fakes/fake-system.ts'
import { basicSettings, oauthSettings, startServiceNow } from './fakes/servicenow.ts'

expectNothingLeft()
const use = useFakes()
const table = '/api/now/table'
const question = 'Which incidents are open?'

async function live(settings: object = basicSettings) {
  const fake = await use(startServiceNow(() => nowMs))
  return { fake, ...(await makeLiveServer({ serviceNowUrl: fake.url, ...settings })) }
}

const throttled = (seconds: number): Fault => ({
  status: 429,
  headers: { 'retry-after': String(seconds) },
  json: { error: { message: 'Rate limit exceeded', detail: null } },
})
const down: Fault = { status: 503, text: 'down' }
const again = 'Please try again in a moment.'
const operator = 'Ask the operator of this server to check'

const passing: [what: string, faults: Fault[], waits: number[]][] = [
  ['a limit of requests with Retry-After', [throttled(3)], [3000]],
  ['two limits in a row', [throttled(2), throttled(7)], [2000, 7000]],
  ['a short outage', [down, down], [500, 1000]],
  ['half a body', ['half'], [500]],
]

test.each(passing)('%s delays the answer and does not change it', async (_, faults, expected) => {
  const { ask, fake, waits } = await live()
  const { calls: undisturbed } = await ask(question)
  fake.misbehave(table, ...faults)
  const { calls } = await ask(question)
  expect(undisturbed.map(({ reason }) => reason)).toEqual([undefined])
  expect(calls).toEqual(undisturbed)
  expect(waits).toEqual(expected)
})

test('a date in Retry-After is waited for as well', async () => {
  const { ask, fake, waits } = await live()
  const date = new Date(nowMs + 4000).toUTCString()
  fake.misbehave(table, { status: 503, headers: { 'retry-after': date }, text: '' })
  await ask(question)
  expect(waits).toEqual([4000])
})

const lasting: [what: string, faults: Fault[], reason: string, requests: number][] = [
  [
    'a long limit of requests',
    [throttled(120)],
    `ServiceNow accepts no more requests for 120 seconds. ${again}`,
    1,
  ],
  [
    'a limit that stays',
    [throttled(1), throttled(1), throttled(1)],
    `ServiceNow accepts no more requests for 1 seconds. ${again}`,
    3,
  ],
  ['an outage', [down, down, down], `ServiceNow has a problem. ${again}`, 3],
  [
    'an error of the server',
    [{ status: 500, text: '{}' }],
    `ServiceNow has a problem. ${again}`,
    1,
  ],
  [
    'a page instead of JSON',
    ['html'],
    `ServiceNow sent something other than JSON. ${operator} its settings.`,
    1,
  ],
  [
    'an unknown form',
    [{ json: { rows: [] } }],
    `ServiceNow sent data in an unknown form. ${operator} its settings.`,
    1,
  ],
  [
    'a row in an unknown form',
    [{ json: { result: [{ number: 'INC1' }] } }],
    `ServiceNow sent data in an unknown form. ${operator} its settings.`,
    1,
  ],
  [
    'missing rights',
    [{ status: 403, json: {} }],
    `ServiceNow does not allow this. ${operator} its rights.`,
    1,
  ],
  [
    'a rejected request',
    [{ status: 400, json: {} }],
    `ServiceNow rejected the request. ${operator} its settings.`,
    1,
  ],
  [
    'a body without an end',
    [{ text: `"${'x'.repeat(9_000_000)}"` }],
    `ServiceNow sent too much data. ${operator} its settings.`,
    1,
  ],
]

test.each(lasting)(
  '%s gives an error that names the system',
  async (_, faults, reason, requests) => {
    const { ask, fake } = await live()
    fake.misbehave(table, ...faults)
    const { calls, answer } = await ask(question)
    expect(calls.map((call) => call.reason)).toEqual([reason])
    expect(answer).toContain(reason.slice(0, 30))
    expect(fake.requests).toHaveLength(requests)
  },
)

test('a system that cannot be reached gives an error that says so', async () => {
  const fake = await startServiceNow(() => nowMs)
  const { ask } = await makeLiveServer({ serviceNowUrl: fake.url, ...basicSettings })
  fake.stop()
  const { calls } = await ask(question)
  expect(calls[0]?.reason).toBe(`ServiceNow cannot be reached. ${again}`)
})

test('a system that does not answer in time is asked again, then given up', async () => {
  const fake = await use(startServiceNow(() => nowMs))
  let tries = 0
  const connectorWait = async (ms: number, signal: AbortSignal) => {
    if (ms !== 10_000) return
    // The time of a request ends when the fake has received it.
    tries += 1
    await Promise.race([fake.received(tries), aborted(signal)])
  }
  const settings = { serviceNowUrl: fake.url, ...basicSettings, connectorSeconds: 10 }
  const { ask } = await makeLiveServer(settings, { connectorWait })
  fake.misbehave(table, 'slow', 'slow', 'slow')
  const { calls } = await ask(question)
  expect(calls[0]?.reason).toBe(`ServiceNow did not answer in time. ${again}`)
  expect(fake.requests).toHaveLength(3)
})

test('Stop ends a request that hangs', async () => {
  const { fake, open, post, get } = await live()
  fake.misbehave(table, 'slow')
  const conversation = `/api/conversations/${await open()}`
  const run = crypto.randomUUID()
  const asked = post(`${conversation}/messages`, { message: question, run })
  await fake.received(1)
  await post(`${conversation}/runs/${run}/stop`)
  await asked
  const stored = await (await get(`${conversation}/runs/${run}`)).text()
  expect(stored).toContain('"tool.stopped"')
  expect(fake.requests).toHaveLength(1)
})

test('a redirect to another host is not followed, so that it does not get the credentials', async () => {
  const { ask, fake } = await live()
  const other = await use(new FakeSystem(() => ({ json: { result: [] } })).start())
  const location = `${other.url}/api/now/table/incident`
  fake.misbehave(table, { status: 302, headers: { location }, text: '' })
  const { calls } = await ask(question)
  expect(calls[0]?.reason).toBe(
    `ServiceNow redirected to another address. ${operator} its settings.`,
  )
  expect(other.requests).toEqual([])
})

test('a redirect within the host is followed', async () => {
  const { ask, fake } = await live()
  const { calls: direct } = await ask(question)
  const [request] = fake.requests
  const location = `${request?.path}?${request?.query}`
  fake.misbehave(table, { status: 307, headers: { location }, text: '' })
  expect((await ask(question)).calls).toEqual(direct)
  expect(fake.requests).toHaveLength(3)
})

test('no secret is in an event, an answer or the log, whatever a system repeats', async () => {
  const basic = `opsagent:${basicSettings.serviceNowPassword}`
  const cases: [settings: object, path: string, secrets: string[]][] = [
    [basicSettings, table, [basicSettings.serviceNowPassword, base64(basic)]],
    [oauthSettings, table, [oauthSettings.serviceNowClientSecret, 'servicenow-token']],
    [oauthSettings, '/oauth_token.do', [oauthSettings.serviceNowClientSecret]],
  ]
  for (const [settings, path, secrets] of cases) {
    for (const status of [400, 401, 500]) {
      const { ask, fake } = await live(settings)
      fake.misbehave(path, { echo: status }, { echo: status }, { echo: status })
      const { all, answer, calls } = await ask(question)
      expect(calls[0]?.reason).toStartWith('ServiceNow ')
      expect(all).toContain('[secret]')
      for (const secret of secrets) expect(all + answer).not.toContain(secret)
    }
  }
})

test('a system gets at most so many requests at a time', async () => {
  const fake = await use(startServiceNow(() => nowMs))
  const allCalled = Promise.withResolvers<void>()
  let called = 0
  const countCall: FunctionMiddleware = (_, next) => {
    called += 1
    if (called === 16) allCalled.resolve()
    return next()
  }
  const settings = { serviceNowUrl: fake.url, ...basicSettings, connectorRequests: 2 }
  const { ask } = await makeLiveServer(settings, { functionMiddleware: [countCall] })
  fake.misbehave(table, ...Array.from({ length: 16 }, (): Fault => 'held'))
  const both = 'Which change requests and incidents are open?'
  const asked = Array.from({ length: 8 }, () => ask(both))
  await allCalled.promise
  await fake.received(2)
  // A request that is sent after those of the tools.
  fake.misbehave('/probe', { json: {} })
  await (await fetch(`${fake.url}/probe`)).json()
  expect(fake.requestsOf(table)).toHaveLength(2)
  fake.release()
  await Promise.all(asked)
  expect(fake.requestsOf(table)).toHaveLength(16)
})

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}

async function aborted(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
}
