import { expect, test } from 'bun:test'
import { call, writing } from '../support/evidence.ts'
import { framesOf } from '../support/read-stream.ts'
import { lastQuestion, type Script } from '../support/scripted-model.ts'
import { gate } from '../support/scripts.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

type Answered = {
  answer: string
  references?: { number: number; agent: string; tool: string; step?: number }[]
  unbacked?: string[]
  removed_references?: number
  events: { type: string; seq: number; tool?: string; arguments?: string }[]
}

async function askWith(script: Script, settings = {}) {
  const server = await makeServer(settings, { script })
  const id = await server.open()
  const run = crypto.randomUUID()
  const path = `/api/conversations/${id}`
  const asked = await server.post(`${path}/messages`, { message: 'What is open?', run })
  const { assistant_message: message } = (await asked.json()) as { assistant_message: object }
  const stored = (await (await server.get(`${path}/runs/${run}`)).json()) as Answered
  const calledAt = (step: number | undefined) => stored.events.find(({ seq }) => seq === step)
  const page = await (await server.get(`/conversations/${id}`)).text()
  return { ...server, ...stored, message, calledAt, id, run, page }
}

test('the references of the whole answer are numbered in their order, and each is a tool call', async () => {
  const { answer, references, calledAt, unbacked, message } = await askWith(
    writing({
      ServiceNow: {
        calls: [call('list_change_requests'), call('list_incidents')],
        text: 'Incidents first. [2]\nThen changes. [1][2]',
      },
      'Service Health': { calls: [call('check_databricks_health')], text: 'All is well [1].' },
    }),
  )
  expect(answer).toContain('Incidents first. [1]\nThen changes. [2][1]')
  expect(answer).toContain('All is well [3].')
  expect(references?.map(({ number, tool }) => `${number} ${tool}`)).toEqual([
    '1 list_incidents',
    '2 list_change_requests',
    '3 check_databricks_health',
  ])
  for (const { step, tool } of references ?? []) {
    expect(calledAt(step)).toMatchObject({ type: 'tool.called', tool })
  }
  expect(unbacked).toEqual([])
  expect(message).toMatchObject({ references: references ?? [] })
})

test('the references of a model that lies are removed and counted, and its section is marked', async () => {
  const { answer, references, unbacked, removed_references, page } = await askWith(
    writing({
      // The only call fails, so its number is no result.
      ServiceNow: {
        calls: [call('get_incident', { id: 7 })],
        text: 'All closed. [1] Trust me [7].',
      },
      'Service Health': {
        calls: [call('check_databricks_health')],
        text: 'Well. [1] [2](https://evil.example)\n\n[1]: https://evil.example',
      },
    }),
  )
  expect(answer).toContain('All closed. Trust me.')
  expect(unbacked).toEqual(['ServiceNow'])
  expect(removed_references).toBe(3)
  expect(references).toHaveLength(1)
  expect(answer).not.toContain('(https://evil.example')
  expect(answer).not.toContain(']: https://evil.example')
  expect(page.match(/Not backed by a tool result/g)).toHaveLength(1)
  expect(page).toContain('2 references to nothing were removed')
  expect(page).toContain('1 reference to nothing was removed')
})

test('a specialist cannot refer to the results of another one', async () => {
  const { answer, removed_references } = await askWith(
    writing({
      ServiceNow: { calls: [call('list_change_requests'), call('list_incidents')], text: 'A. [1]' },
      'Service Health': { calls: [call('check_databricks_health')], text: 'B. [2]' },
    }),
  )
  expect(answer).toContain('## Service Health\n\nB.')
  expect(answer).not.toContain('B. [')
  expect(removed_references).toBe(1)
})

test('the offline model refers to its results', async () => {
  const { open, post } = await makeServer()
  const id = await open()
  const message = 'Which change requests are open, and is Databricks healthy?'
  const response = await post(`/api/conversations/${id}/messages`, { message })
  const { assistant_message: answer } = (await response.json()) as {
    assistant_message: { content: string; references: unknown[]; unbacked: string[] }
  }
  expect(answer.content).toMatch(/change requests: .*\. \[1\]/)
  expect(answer.content).toMatch(/services of Databricks: .*\. \[2\]/)
  expect(answer).toMatchObject({ unbacked: [], removed_references: 0 })
})

test('a reference whose event is no longer kept has no step', async () => {
  const { references } = await askWith(
    writing({ ServiceNow: { calls: [call('list_change_requests')], text: 'A. [1]' } }),
    { maxEvents: 3 },
  )
  expect(references).toEqual([{ number: 1, agent: 'ServiceNow', tool: 'list_change_requests' }])
})

test('a rejection has no evidence and no mark', async () => {
  const { answer, references, page } = await askWith(() => ({ decide: [], reject: 'No poems.' }))
  expect(answer).toBe('No poems.')
  expect(references).toBeUndefined()
  expect(page).not.toContain('Not backed')
})

test('the page receives the section of a specialist while another one still works', async () => {
  const held = gate()
  const script = writing({
    ServiceNow: { calls: [call('list_change_requests')], text: '**Five** are open. [1] [8]' },
    'Service Health': { calls: [call('check_databricks_health')], text: 'All is well. [1]' },
  })
  const { open, post, get } = await makeServer(
    {},
    {
      async script(request, turn) {
        if (lastQuestion(request) === 'Service Health') await held.opened
        return script(request, turn)
      },
    },
  )
  const id = await open()
  const run = crypto.randomUUID()
  const streams = await Promise.all(
    ['/conversations', '/api/conversations'].map((path) =>
      get(`${path}/${id}/thinking?run=${run}`),
    ),
  )
  const [page, text] = streams.map((response) => framesOf(response))
  const asked = post(`/api/conversations/${id}/messages`, { message: 'Both?', run })
  const received: string[] = []
  for await (const { data = '' } of page ?? []) {
    received.push(data)
    if (data.includes('<strong>Five</strong> are open. [1]')) held.open()
  }
  await asked
  const places = received.find((data) => data.includes('data-place')) ?? ''
  expect(places.indexOf('ServiceNow')).toBeLessThan(places.indexOf('Service Health'))
  expect(received.join('')).toContain('All is well.')
  const lines: string[] = []
  for await (const { data } of text ?? []) if (data !== undefined) lines.push(data)
  expect(lines.join('\n')).not.toContain('open')
  expect(lines.filter((line) => line === '[ServiceNow] agent finished')).toHaveLength(1)
})

test('the page asks about a name that it is given, without sending it', async () => {
  const { get, open } = await makeServer()
  const id = await open()
  const page = await (await get(`/conversations/${id}?ask=%3C%2Ftextarea%3E%3Cb%3E`)).text()
  expect(page).toContain('Tell me about &lt;/textarea&gt;&lt;b&gt;</textarea>')
  expect(await (await get(`/conversations/${id}?ask=${'x'.repeat(500)}`)).text()).not.toContain(
    'xxx',
  )
})

containerTest('a ticket leads to ServiceNow where its address is known', async () => {
  const script = writing({ ServiceNow: { calls: [], text: 'See INC0010037.' } })
  const { open, post, get } = await makeServer(
    { serviceNowUrl: 'https://sn.example', serviceNowUser: 'ops', serviceNowPassword: 'secret' },
    { script },
  )
  const id = await open()
  await post(`/api/conversations/${id}/messages`, { message: 'What is open?' })
  expect(await (await get(`/conversations/${id}`)).text()).toContain(
    'href="https://sn.example/nav_to.do?uri=task.do%3Fsysparm_query%3Dnumber%3DINC0010037"',
  )
})
