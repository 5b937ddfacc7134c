import { expect, test } from 'bun:test'
import { z } from 'zod'
import { expectNothingLeft } from '../support/test-server.ts'
import { makeLiveServer, nowMs, type ToolCall, useFakes } from './ask.ts'
import { basicSettings, oauthSettings, pipelineRunId, startServiceNow } from './fakes/servicenow.ts'

expectNothingLeft()
const use = useFakes()
const now = () => nowMs

const incidentSchema = z.object({
  incident: z.looseObject({ pipeline_run: z.string(), work_notes: z.array(z.unknown()) }),
})
const listSchema = z.object({ incidents: z.array(z.object({ number: z.string() })) })

function numbersIn([call]: ToolCall[]): string[] {
  return listSchema.parse(call?.result).incidents.map(({ number }) => number)
}

async function live(authentication: object = basicSettings) {
  const fake = await use(startServiceNow(now))
  return { fake, ...(await makeLiveServer({ serviceNowUrl: fake.url, ...authentication })) }
}

test.each([
  'Which changes are open?',
  'Which emergency changes are there?',
  'Which high risk changes are planned for the next two days?',
  'Which changes were closed last week?',
  'Which incidents of priority 1 or 2 are open right now?',
  'incidents caused by CHG0030409',
  'incidents for azure storage',
  'how many incidents were opened yesterday?',
  'incidents mentioning "schema drift"',
  'the last 5 incidents',
  'changes about role clean-up',
  'Show CHG0030409',
  'What about CHG0099999?',
])('“%s” has the same answer from ServiceNow as from the sample estate', async (question) => {
  const sample = await (await makeLiveServer({})).ask(question)
  const { ask, fake } = await live()
  const { calls, answer } = await ask(question)
  expect(calls.length).toBeGreaterThan(0)
  expect(calls).toEqual(sample.calls)
  expect(answer).toContain('Live: ServiceNow. Sample data, not your systems: Log Analytics')
  expect(fake.requests.length).toBeLessThanOrEqual(2 * calls.length)
})

test('an incident in full has its notes, its cause and the run that raised it', async () => {
  const { ask } = await live()
  const { calls } = await ask('Show INC0010038')
  const sample = await (await makeLiveServer({})).ask('Show INC0010038')
  const expected = incidentSchema.parse(sample.calls[0]?.result)
  expect(expected.incident.work_notes.length).toBeGreaterThan(0)
  const pipeline_run = pipelineRunId(expected.incident.pipeline_run)
  expect(calls[0]?.result).toEqual({ incident: { ...expected.incident, pipeline_run } })
})

test('rows that the user may not read do not shorten a list', async () => {
  const { ask, fake } = await live()
  const { calls: before } = await ask('the last 5 incidents')
  const shown = numbersIn(before)
  for (const number of shown.slice(0, 3)) fake.hide(number)
  const { calls } = await ask('the last 5 incidents')
  expect(numbersIn(calls)).toHaveLength(5)
  expect(numbersIn(calls)).not.toContain(shown[0])
  expect(fake.requests.map(({ query }) => query.get('sysparm_offset'))).toEqual(['0', '0', '5'])
})

test('OAuth gets one token for all requests, also for those at the same time', async () => {
  const { ask, fake } = await live(oauthSettings)
  const question = 'Which change requests and incidents are open?'
  const [first, second] = await Promise.all([ask(question), ask(question)])
  expect(first.calls.map(({ reason }) => reason)).toEqual([undefined, undefined])
  expect(second.calls).toEqual(first.calls)
  expect(fake.requestsOf('/api/now/table')).toHaveLength(4)
  expect(fake.tokens.tokenRequests).toBe(1)
})

test('a token that is refused after a while is renewed once for all waiting requests', async () => {
  const { ask, fake } = await live(oauthSettings)
  await ask('Which incidents are open?')
  fake.revokeTokens()
  const { calls } = await ask('Which change requests and incidents are open?')
  expect(calls.map(({ reason }) => reason)).toEqual([undefined, undefined])
  expect(fake.tokens.tokenRequests).toBe(2)
})

test('a token is renewed before its end', async () => {
  let timeMs = nowMs
  const fake = await use(startServiceNow(now))
  const settings = { serviceNowUrl: fake.url, ...oauthSettings }
  const { ask } = await makeLiveServer(settings, { now: () => timeMs })
  await ask('Which incidents are open?')
  timeMs += 1_499_000
  await ask('Which incidents are open?')
  expect(fake.tokens.tokenRequests).toBe(1)
  timeMs += 2000
  await ask('Which incidents are open?')
  expect(fake.tokens.tokenRequests).toBe(2)
})

test.each([
  ['a wrong password', { ...basicSettings, serviceNowPassword: 'wrong-password' }],
  ['a wrong OAuth secret', { ...oauthSettings, serviceNowClientSecret: 'wrong-secret' }],
])('%s gives an error that names the credentials', async (_, authentication) => {
  const { ask, waits } = await live(authentication)
  const { calls, answer } = await ask('Which incidents are open?')
  const reason =
    'ServiceNow refused the credentials. Ask the operator of this server to check them.'
  expect(calls.map((call) => call.reason)).toEqual([reason])
  expect(answer).toContain('ServiceNow refused the credentials.')
  expect(waits).toEqual([])
})

test('an incomplete setting stops the start with one sentence', async () => {
  const incomplete = makeLiveServer({
    serviceNowUrl: 'https://acme.example',
    serviceNowUser: 'ann',
  })
  expect(incomplete).rejects.toThrow('SERVICENOW_URL needs SERVICENOW_PASSWORD, which is not set.')
})
