import { expect, test } from 'bun:test'
import type OpenAI from 'openai'
import { client, toolsOf } from './offline-evaluation.ts'

type Tools = { name: string; description: string; parameters: Record<string, unknown> }[]
type Message = OpenAI.ChatCompletionMessageParam

/** Answers every call with what `results` says for its tool, one after the other; the last one again and again. */
async function talk(
  question: string,
  tools: Tools,
  results: Record<string, unknown[]>,
  system = 'Now: 2026-11-22T14:35:00.000Z',
) {
  const messages: Message[] = [
    { role: 'system', content: system },
    { role: 'user', content: question },
  ]
  const calls: { tool: string; args: Record<string, unknown> }[] = []
  for (let step = 0; step < 10; step++) {
    const completion = await client.chat.completions.create({
      model: 'offline',
      messages,
      tools: tools.map((tool) => ({ type: 'function', function: tool })),
    })
    const message = completion.choices[0]?.message
    const called = message?.tool_calls?.filter((call) => call.type === 'function') ?? []
    if (message === undefined || called.length === 0)
      return { calls, answer: message?.content ?? '' }
    messages.push(message)
    for (const {
      id,
      function: { name, arguments: given },
    } of called) {
      calls.push({ tool: name, args: JSON.parse(given) })
      const queue = results[name] ?? []
      const result = queue.length > 1 ? queue.shift() : queue[0]
      const content = typeof result === 'string' ? result : JSON.stringify(result)
      messages.push({ role: 'tool', tool_call_id: id, content })
    }
  }
  throw new Error('It never came to an answer.')
}

const serviceNow = toolsOf.ServiceNow ?? []
const logAnalytics = toolsOf['Log Analytics'] ?? []
const health = toolsOf['Service Health'] ?? []

function incident(number: number, more: Record<string, unknown> = {}) {
  return {
    number: `INC00${number}`,
    short_description: 'Something is late',
    state: 'new',
    priority: 2,
    service: 'Snowflake',
    assignment_group: 'Data Platform',
    opened_at: '2026-11-22T09:00:00Z',
    ...more,
  }
}

test('an error of a tool is told and not tried again', async () => {
  const { calls, answer } = await talk('open incidents', serviceNow, {
    list_incidents: ['Failed: The source system did not answer as expected.'],
  })
  expect(calls).toHaveLength(1)
  expect(answer).toContain('The source system did not answer as expected.')
})

test('an error that blames an argument gets one more try without it', async () => {
  const { calls } = await talk('open incidents for Snowflake', serviceNow, {
    list_incidents: ['Failed: service: not known here'],
  })
  expect(calls.map(({ args }) => args)).toEqual([
    { state: 'open', service: 'Snowflake' },
    { state: 'open' },
  ])
})

test('what one tool found is told although another failed', async () => {
  const { answer } = await talk('open changes and open incidents', serviceNow, {
    list_change_requests: ['Failed: no answer'],
    list_incidents: [{ total: 1, incidents: [incident(10023)] }],
  })
  expect(answer).toContain('INC0010023')
  expect(answer).toContain('the change requests of ServiceNow: no answer')
})

test('a name that finds nothing is looked for in all there is', async () => {
  const { calls, answer } = await talk('incidents for the Data Platfrom team', serviceNow, {
    list_incidents: [
      { total: 0, incidents: [] },
      { total: 2, incidents: [incident(10023), incident(10024, { assignment_group: 'Network' })] },
    ],
  })
  expect(calls).toHaveLength(2)
  expect(answer).toContain('INC0010023')
  expect(answer).not.toContain('INC0010024')
  expect(answer).toContain('“Data Platfrom”')
})

test('a pipeline that does not exist is answered with those that do', async () => {
  const { answer } = await talk('status of the unicorn pipeline', logAnalytics, {
    query_pipeline_status: [
      { pipelines: [] },
      { pipelines: [{ pipeline: 'finance-ledger-hourly', latest_run: {} }] },
    ],
  })
  expect(answer).toContain('no pipeline called **unicorn**')
  expect(answer).toContain('finance-ledger-hourly')
})

test('a list shows fifteen rows and counts the rest', async () => {
  const incidents = Array.from({ length: 19 }, (_, index) => incident(10000 + index))
  const { answer } = await talk('how many incidents are there?', serviceNow, {
    list_incidents: [{ total: 19, incidents }],
  })
  expect(answer).toStartWith('**19** incidents')
  expect(answer.match(/^\| INC/gm)).toHaveLength(15)
  expect(answer).toContain('… and 4 more')
})

test('what is counted here from a list that was cut says so', async () => {
  const incidents = Array.from({ length: 50 }, (_, index) => incident(10000 + index))
  const { calls, answer } = await talk('open incidents per team', serviceNow, {
    list_incidents: [{ total: 83, incidents }],
  })
  expect(calls[0]?.args).toEqual({ state: 'open', limit: 50 })
  expect(answer).toContain('the first **50** of **83**')
})

test('pipes and line breaks in the data do not break the table', async () => {
  const { answer } = await talk('open incidents', serviceNow, {
    list_incidents: [{ total: 1, incidents: [incident(10023, { short_description: 'a | b\nc' })] }],
  })
  expect(answer).toContain('| INC0010023 | a \\| b c |')
})

test.each([
  ['assess', 'is in state assess'],
  ['authorize', 'is awaiting authorization'],
  ['scheduled', 'is scheduled'],
  ['implement', 'is in state implement'],
  ['review', 'is in review'],
  ['canceled', 'is canceled'],
])('a change in %s reads as a sentence', async (state, words) => {
  const change = { number: 'CHG0030412', short_description: 'x', state, risk: 'low' }
  const { answer } = await talk(`changes in state ${state}`, serviceNow, {
    list_change_requests: [{ total: 1, change_requests: [change] }],
  })
  expect(answer).toStartWith(`**1** change request ${words}.`)
})

test('an empty list names the filters', async () => {
  const { answer } = await talk('closed changes for Snowflake', serviceNow, {
    list_change_requests: [{ total: 0, change_requests: [] }],
  })
  expect(answer).toBe('No change request matches: state closed, service Snowflake.')
})

test('health tells the whole first and then only what is not healthy', async () => {
  const part = (service: string, status: string) => ({
    service,
    status,
    since: '2026-11-22T09:00:00Z',
    summary: 'x',
  })
  const { answer } = await talk('is databricks healthy?', health, {
    check_databricks_health: [
      {
        platform: 'Databricks',
        overall: 'outage',
        services: [part('Jobs', 'outage'), part('Unity Catalog', 'healthy')],
      },
    ],
  })
  expect(answer).toStartWith('**Databricks** is **❌ outage**')
  expect(answer).toContain('Databricks Jobs')
  expect(answer).not.toContain('Unity Catalog')
})

test('without a present no date is made up', async () => {
  const { calls } = await talk(
    'incidents since monday',
    serviceNow,
    { list_incidents: [{ total: 0, incidents: [] }] },
    'You help.',
  )
  expect(calls[0]?.args).toEqual({})
})

const costTools: Tools = [
  {
    name: 'get_cloud_cost',
    description: 'Tells what a subscription has cost in a month.',
    parameters: {
      type: 'object',
      properties: {
        subscription: { type: 'string', description: 'The subscription.' },
        granularity: { type: 'string', enum: ['daily', 'monthly'] },
      },
      required: ['subscription'],
    },
  },
  {
    name: 'list_certificates',
    description: 'Lists certificates that expire.',
    parameters: { type: 'object', properties: {} },
  },
]

test('tools that nobody knew before are found by their words and their results become a table', async () => {
  const { calls, answer } = await talk(
    'What was the daily cost of subscription sub-prod-1?',
    costTools,
    {
      get_cloud_cost: [{ total: 1, costs: [{ day: '2026-11-21T00:00:00Z', euro: 12 }] }],
    },
  )
  expect(calls).toEqual([
    { tool: 'get_cloud_cost', args: { subscription: 'sub-prod-1', granularity: 'daily' } },
  ])
  expect(answer).toContain('| Day | Euro |')
})

test('a question that fits no tool is answered with what can be asked', async () => {
  const { calls, answer } = await talk('Is it raining?', costTools, {})
  expect(calls).toEqual([])
  expect(answer).toContain('Lists certificates that expire.')
})
