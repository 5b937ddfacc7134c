import { expect, test } from 'bun:test'
import { expectNothingLeft } from '../support/test-server.ts'
import { makeLiveServer, nowMs, useFakes } from './ask.ts'
import { azureSecrets, startAzure, subscription, workspace } from './fakes/azure.ts'
import { databricksToken, startDatabricks } from './fakes/databricks.ts'
import { FakeSystem, type Fault } from './fakes/fake-system.ts'
import { basicSettings, startServiceNow } from './fakes/servicenow.ts'
import { startSnowflake } from './fakes/snowflake.ts'

expectNothingLeft()
const use = useFakes()
const now = () => nowMs

type System = {
  name: string
  question: string
  path: string
  start: () => Promise<{ fake: FakeSystem; settings: object; secrets: string[] }>
}

async function azure(own: object) {
  const fake = await use(startAzure(now))
  const settings = { ...own, ...fake.urls, ...fake.settings.secret }
  return { fake, settings, secrets: azureSecrets }
}

const systems: System[] = [
  {
    name: 'ServiceNow',
    question: 'Which incidents are open?',
    path: '/table/incident',
    async start() {
      const fake = await use(startServiceNow(now))
      const settings = { serviceNowUrl: fake.url, ...basicSettings }
      return { fake, settings, secrets: [basicSettings.serviceNowPassword] }
    },
  },
  {
    name: 'Log Analytics',
    question: 'What is the status of our pipelines?',
    path: '/query',
    start: () => azure({ logAnalyticsWorkspace: workspace }),
  },
  {
    name: 'Azure',
    question: 'Is Azure healthy?',
    path: '/availabilityStatuses',
    start: () => azure({ azureSubscription: subscription }),
  },
  {
    name: 'Databricks',
    question: 'Is Databricks healthy?',
    path: '/sql/warehouses',
    async start() {
      const fake = await use(startDatabricks(now))
      const settings = { databricksHost: fake.url, ...databricksToken }
      return { fake, settings, secrets: [databricksToken.databricksToken] }
    },
  },
  {
    name: 'Snowflake',
    question: 'Is Snowflake healthy?',
    path: '/api/v2/statements',
    async start() {
      const fake = await use(startSnowflake(now))
      return { fake, settings: fake.settings, secrets: ['eyJ'] }
    },
  },
]

const passing: [what: string, fault: Fault, waitMs: number][] = [
  ['a limit of requests', { status: 429, headers: { 'retry-after': '4' }, json: {} }, 4000],
  ['half a body', 'half', 500],
]

test.each(
  systems.flatMap((system) =>
    passing.map((fault) => [system.name, fault[0], system, fault[1], fault[2]] as const),
  ),
)(
  '%s: %s delays the answer and does not change it',
  async (_name, _what, { question, path, start }, fault, waitMs) => {
    const { fake, settings } = await start()
    const { ask, waits } = await makeLiveServer(settings)
    const { calls: undisturbed } = await ask(question)
    fake.misbehave(path, fault)
    const { calls } = await ask(question)
    expect(undisturbed.map(({ reason }) => reason)).toEqual([undefined])
    expect(calls).toEqual(undisturbed)
    expect(waits).toEqual([waitMs])
  },
)

const lasting: [what: string, fault: Fault, does: string][] = [
  ['a page instead of JSON', 'html', 'sent something other than JSON'],
  ['another form', { json: { unknown: [1] } }, 'sent data in an unknown form'],
  ['missing rights', { echo: 403 }, 'does not allow this'],
  ['credentials that stay refused', { echo: 401 }, 'refused the credentials'],
]

test.each(
  systems.flatMap((system) =>
    lasting.map((fault) => [system.name, fault[0], system, fault[1], fault[2]] as const),
  ),
)(
  '%s: %s gives an error without a secret',
  async (_name, _what, { name, question, path, start }, fault, does) => {
    const { fake, settings, secrets } = await start()
    const { ask } = await makeLiveServer(settings)
    // Every request that reads, and its repetition with a new token.
    fake.misbehave(path, ...Array.from({ length: 6 }, () => fault))
    const { calls, all, answer } = await ask(question)
    expect(calls.map(({ reason }) => reason?.replace(/\..*/, ''))).toEqual([`${name} ${does}`])
    for (const secret of secrets) expect(all + answer).not.toContain(secret)
  },
)

test.each(systems.map((system) => [system.name, system] as const))(
  '%s: another host gets no request',
  async (name, { question, path, start }) => {
    const { fake, settings } = await start()
    const other = await use(new FakeSystem(() => ({ json: {} })).start())
    const { ask } = await makeLiveServer(settings)
    const redirect: Fault = { status: 307, headers: { location: `${other.url}/` }, text: '' }
    fake.misbehave(path, redirect, redirect, redirect)
    const { calls } = await ask(question)
    expect(calls[0]?.reason).toStartWith(`${name} redirected to another address.`)
    expect(other.requests).toEqual([])
  },
)

test.each(systems.map((system) => [system.name, system] as const))(
  '%s: replies that do not come in time give an error',
  async (name, { question, path, start }) => {
    const { fake, settings } = await start()
    let isSlow = false
    // While the system is slow, the time of a request ends when the fake has received one.
    const connectorWait = async (ms: number, signal: AbortSignal) => {
      const { promise: ended, resolve } = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => resolve())
      if (ms !== 10_000) resolve()
      await (isSlow ? Promise.race([fake.received(fake.requests.length + 1), ended]) : ended)
    }
    const { ask } = await makeLiveServer({ ...settings, connectorSeconds: 10 }, { connectorWait })
    // The server has a token after that.
    expect((await ask(question)).calls[0]?.reason).toBeUndefined()
    fake.misbehave(path, ...Array.from({ length: 6 }, (): Fault => 'slow'))
    isSlow = true
    const { calls } = await ask(question)
    expect(calls[0]?.reason).toBe(`${name} did not answer in time. Please try again in a moment.`)
  },
)

// The others have credentials that cannot be renewed here; OAuth of ServiceNow and Databricks has tests of its own.
const renewing = systems.filter(({ name }) =>
  ['Log Analytics', 'Azure', 'Snowflake'].includes(name),
)

test.each(renewing.map((system) => [system.name, system] as const))(
  '%s: a token that is refused after a while is renewed, and the answer does not change',
  async (_name, { question, path, start }) => {
    const { fake, settings } = await start()
    const { ask } = await makeLiveServer(settings)
    const { calls: undisturbed } = await ask(question)
    fake.misbehave(path, { echo: 401 })
    const { calls } = await ask(question)
    expect(undisturbed.map(({ reason }) => reason)).toEqual([undefined])
    expect(calls).toEqual(undisturbed)
  },
)
