import { expect, test } from 'bun:test'
import { isTriage, type Script } from '../support/scripted-model.ts'
import { expectNothingLeft } from '../support/test-server.ts'
import { makeLiveServer, nowMs, type ToolCall, useFakes } from './ask.ts'
import { startAzure, workspace } from './fakes/azure.ts'
import { tokensOf } from './fakes/kql.ts'
import { basicSettings, startServiceNow } from './fakes/servicenow.ts'
import { startSnowflake } from './fakes/snowflake.ts'

expectNothingLeft()
const use = useFakes()

/** What breaks out of a literal in one of the languages, and texts that mean something in them. */
const parts = [
  ...'"\'`\\^|;(),=<>@%#&?*[]{}$~:/\n\r\t\0\u2028\u00a0é漢🙂aB7 -_.',
  '^NQ',
  '^OR',
  '^ORDERBY',
  'javascript:',
  'JavaScript:gs.log(1)',
  '\\"',
  '" or 1 == 1 //',
  "' OR '1'='1",
  '| union Secrets',
  '--',
  '/*',
  'datetime(',
  '@"',
  '?sysparm_limit=1&',
]

/** A generator of numbers from 0 to 1 that repeats itself in each run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const random = randomFrom(20_261_122)
const pick = () => parts[Math.floor(random() * parts.length)] ?? ''
const values = [
  ...parts,
  ...Array.from({ length: 200 }, () =>
    Array.from({ length: 1 + Math.floor(random() * 6) }, pick).join(''),
  ),
].filter((value) => value.trim() !== '')

const perMessage = 16

/** Calls a tool with each value, 16 in a message, and returns the calls in the order of the values. */
async function callAll(
  settings: object,
  agent: string,
  tool: string,
  argsOf: (value: string) => object,
) {
  let batch: string[] = []
  const script: Script = (request, turn) => {
    if (isTriage(request)) return { decide: [{ agent, question: 'x' }] }
    if (turn > 0) return { text: 'done' }
    return { call: batch.map((value) => ({ tool, arguments: argsOf(value) })) }
  }
  const { ask } = await makeLiveServer({ ...settings, questionsPerHour: 1000 }, { script })
  const calls: ToolCall[] = []
  for (let start = 0; start < values.length; start += perMessage) {
    batch = values.slice(start, start + perMessage)
    calls.push(...(await ask('x')).calls)
  }
  expect(calls).toHaveLength(values.length)
  return calls
}

const normal = (value: string) => value.toLowerCase().replace(/[\s_-]+/g, '')

test('no text changes the conditions of an encoded query: it is a value, or it is refused', async () => {
  const fake = await use(startServiceNow(() => nowMs))
  const settings = { serviceNowUrl: fake.url, ...basicSettings }
  const calls = await callAll(settings, 'ServiceNow', 'list_incidents', (value) => ({
    service: value,
    assignment_group: value,
  }))
  const refused = calls.filter(({ reason }) => reason !== undefined)
  expect(new Set(refused.map(({ reason }) => reason))).toEqual(new Set(['tool_arguments']))
  const expected = values
    .map((value) => value.replace(/[\s\p{Cc}]+/gu, ' ').trim())
    .filter((value) => value !== '' && !/\^|javascript:/i.test(value))
    .map(
      (value) =>
        `business_service.nameLIKE${value}^ORcmdb_ci.nameLIKE${value}^assignment_group.nameLIKE${value}^ORDERBYpriority^ORDERBYDESCopened_at`,
    )
  expect(refused).toHaveLength(values.length - expected.length)
  expect(refused.length).toBeGreaterThan(20)
  expect(expected.length).toBeGreaterThan(100)
  const sent = fake.requests.map(({ query }) => query.get('sysparm_query') ?? '')
  expect(sent.toSorted()).toEqual(expected.toSorted())
  expect(new Set(fake.requests.map(({ query }) => query.get('sysparm_limit')))).toEqual(
    new Set(['20']),
  )
})

test('each word of a search is a value of its own', async () => {
  const fake = await use(startServiceNow(() => nowMs))
  const settings = { serviceNowUrl: fake.url, ...basicSettings }
  await callAll(settings, 'ServiceNow', 'list_incidents', (text) => ({ text }))
  const shape = /^(?:number|short_description|description|business_service\.name|cmdb_ci\.name)LIKE/
  for (const { query } of fake.requests) {
    const conditions = (query.get('sysparm_query') ?? '').split('^').slice(0, -2)
    expect(conditions.length % 5).toBe(0)
    for (const [index, condition] of conditions.entries()) {
      const own = index % 5 === 0 ? condition : condition.replace(/^OR/, '')
      expect(own).toMatch(shape)
    }
  }
})

test('no text changes a KQL query: it stays one string literal, or it is refused', async () => {
  const fake = await use(startAzure(() => nowMs))
  const settings = { logAnalyticsWorkspace: workspace, ...fake.urls, ...fake.settings.secret }
  const calls = await callAll(settings, 'Log Analytics', 'query_pipeline_status', (pipeline) => ({
    pipeline,
  }))
  const refused = calls.filter(({ reason }) => reason !== undefined)
  expect(new Set(refused.map(({ reason }) => reason))).toEqual(new Set(['tool_arguments']))
  const kept = values.map(normal).filter((value) => !/^$|[\p{Cc}\u2028\u2029]/u.test(value))
  expect(refused).toHaveLength(values.length - kept.length)
  const queries = fake
    .requestsOf('/query')
    .map(({ body }) => tokensOf((JSON.parse(body) as { query: string }).query))
  const literalAt = queries[0]?.findIndex(({ text }) => text === 'contains') ?? 0
  const literals = queries.map((tokens) => tokens[literalAt + 1]?.text ?? '')
  expect(literals.toSorted()).toEqual(kept.toSorted())
  const rest = queries.map((tokens) => JSON.stringify(tokens.toSpliced(literalAt + 1, 1)))
  expect(new Set(rest).size).toBe(1)
})

test('an id that Data Factory cannot have given is not sent', async () => {
  const fake = await use(startAzure(() => nowMs))
  const settings = { logAnalyticsWorkspace: workspace, ...fake.urls, ...fake.settings.secret }
  const calls = await callAll(settings, 'Log Analytics', 'get_pipeline_run_details', (value) => ({
    run_id: `${value}"`,
  }))
  expect(calls.every(({ result }) => JSON.stringify(result).includes('not_found'))).toBe(true)
  expect(fake.requests).toEqual([])
})

test('no text is in an SQL statement: it is a binding', async () => {
  const fake = await use(startSnowflake(() => nowMs))
  const tasks = { snowflakeWarehouse: 'OPS_WH', snowflakeDatabase: 'DW' }
  const settings = { ...fake.settings, ...tasks }
  await callAll(settings, 'Service Health', 'check_snowflake_health', (service) => ({ service }))
  expect(new Set(fake.statements).size).toBe(3)
  const bindings = fake.requests
    .map(({ body }) => JSON.parse(body) as { bindings?: Record<string, { value: string }> })
    .flatMap(({ bindings: given }) => given?.['1']?.value ?? [])
  expect(bindings.toSorted()).toEqual(values.map(normal).toSorted())
})
