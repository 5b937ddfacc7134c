import { expect, test } from 'bun:test'
import { z } from 'zod'
import { expectNothingLeft } from '../support/test-server.ts'
import { makeLiveServer, nowMs, useFakes } from './ask.ts'
import { azureSecrets, startAzure, workspace } from './fakes/azure.ts'
import { pipelineRunId } from './fakes/servicenow.ts'

expectNothingLeft()
const use = useFakes()

type Way = 'secret' | 'appService' | 'metadata'

async function live(way: Way = 'secret', more: object = {}) {
  const fake = await use(startAzure(() => nowMs))
  const settings = {
    logAnalyticsWorkspace: workspace,
    ...fake.urls,
    ...fake.settings[way],
    ...more,
  }
  return { fake, ...(await makeLiveServer(settings)) }
}

/** What the sample estate has and the logs of Data Factory have not. */
const onlySample = ['description', 'schedule', 'incident', 'platform']

/** A result without what only the sample estate has, with times in one form, and with other run ids. */
function common(result: unknown, idOf: (runId: string) => string = (id) => id): unknown {
  if (Array.isArray(result)) return result.map((one) => common(one, idOf))
  if (typeof result !== 'object' || result === null) return result
  const entries = Object.entries(result).filter(([name]) => !onlySample.includes(name))
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (name === 'run_id') return [name, idOf(value)]
      return [name, /_at$/.test(name) ? new Date(value).toISOString() : common(value, idOf)]
    }),
  )
}

test.each([
  'What is the status of our pipelines?',
  'Which pipelines failed in the last 24 hours, and why?',
  'Which pipelines failed this week?',
  'What are the last 2 failed pipelines of this week?',
  'Show the latest run of "finance-ledger-hourly"',
])('“%s” has the same answer from Log Analytics as from the sample estate', async (question) => {
  const sample = await (await makeLiveServer({})).ask(question)
  const { ask, fake } = await live()
  const { calls } = await ask(question)
  expect(calls.length).toBeGreaterThan(0)
  expect(calls.map(({ tool }) => tool)).toEqual(sample.calls.map(({ tool }) => tool))
  expect(calls.map(({ result }) => common(result))).toEqual(
    sample.calls.map(({ result }) => common(result, pipelineRunId)),
  )
  expect(fake.requestsOf('/query').length).toBeLessThanOrEqual(2 * calls.length)
})

test('a pipeline has its latest run, its last success and the counts of a week', async () => {
  const { ask } = await live()
  const { calls } = await ask('What is the status of our pipelines?')
  const { pipelines } = z
    .object({ pipelines: z.array(z.looseObject({ pipeline: z.string() })) })
    .parse(calls[0]?.result)
  const orders = pipelines.find(({ pipeline }) => pipeline === 'customer-orders-daily')
  expect(orders).toMatchObject({
    platform: 'Azure Data Factory',
    latest_run: { status: 'failed', started_at: '2026-11-21T22:30:00.000Z' },
    last_success_at: '2026-11-20T23:10:00.000Z',
  })
})

test.each([
  ['secret', '/oauth2/v2.0/token'],
  ['appService', '/msi/token'],
  ['metadata', '/metadata/identity/oauth2/token'],
] as const)('with %s, one token is used until it ends', async (way, path) => {
  const { ask, fake } = await live(way)
  const question = 'Which pipelines failed in the last 24 hours, and why?'
  const [first, second] = await Promise.all([ask(question), ask(question)])
  expect(first.calls[0]?.result).toMatchObject({ total: expect.any(Number) })
  expect(second.calls).toEqual(first.calls)
  expect(fake.requestsOf(path)).toHaveLength(1)
})

test('a user-assigned identity is named', async () => {
  const { ask, fake } = await live('metadata', { azureClientId: 'client-7' })
  await ask('Which pipelines failed today?')
  expect(fake.requestsOf('/metadata')[0]?.query.get('client_id')).toBe('client-7')
})

test('a metadata service that is being updated is asked again', async () => {
  const { ask, fake } = await live('metadata')
  fake.misbehave('/metadata', { status: 410, json: {} })
  const { calls } = await ask('Which pipelines failed today?')
  expect(calls[0]?.reason).toBeUndefined()
  expect(fake.requestsOf('/metadata')).toHaveLength(2)
})

test('a token that is refused is renewed once', async () => {
  const { ask, fake } = await live()
  await ask('Which pipelines failed today?')
  fake.revokeTokens()
  const { calls } = await ask('Which pipelines failed today?')
  expect(calls[0]?.reason).toBeUndefined()
  expect(fake.state.tokenRequests).toBe(2)
})

test('a wrong secret gives an error of Entra ID that does not contain the secret', async () => {
  const { ask, fake } = await live('secret', { azureClientSecret: 'wrong~secret-1Qq1' })
  const { calls, all } = await ask('Which pipelines failed today?')
  expect(calls[0]?.reason).toStartWith('Microsoft Entra ID refused the credentials.')
  expect(all).toContain('AADSTS7000215')
  for (const secret of [...azureSecrets, 'wrong~secret-1Qq1']) expect(all).not.toContain(secret)
  // Both queries waited for the same token.
  expect(fake.requests).toHaveLength(1)
})

test('a result that is not complete is refused, because it would read as complete', async () => {
  const { ask, fake } = await live()
  fake.state.isPartial = true
  const { calls } = await ask('Which pipelines failed today?')
  expect(calls[0]?.reason).toStartWith('Log Analytics returned only a part of the result.')
})

test('a missing setting stops the start', () => {
  const started = makeLiveServer({ logAnalyticsWorkspace: workspace, azureClientSecret: 'x' })
  expect(started).rejects.toThrow('AZURE_CLIENT_SECRET needs AZURE_TENANT_ID, which is not set.')
})
