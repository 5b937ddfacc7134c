import { expect, test } from 'bun:test'
import { isTriage, type ModelReply, type Script } from '../support/scripted-model.ts'
import { seedFlow } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

type Event = { type: string; code?: string; agent?: string; tool?: string; span?: string }
type Call = { function: { arguments: string } }
type Run = {
  status: string
  error?: { code: string; message: string }
  answer?: string
  events: Event[]
}

async function askWith(script: Script, settings = {}): Promise<Run> {
  const { open, post, get } = await makeServer(settings, { script })
  const id = await open()
  const run = crypto.randomUUID()
  const response = await post(`/api/conversations/${id}/messages`, {
    message: 'What is open?',
    run,
  })
  expect(response.status).toBe(200)
  const text = await (await get(`/api/conversations/${id}/runs/${run}`)).text()
  expect(text).not.toContain('secret')
  const stored = JSON.parse(text) as Run
  expectPairs(stored.events)
  return stored
}

/** Checks that every agent and every tool call has exactly one end. */
function expectPairs(events: Event[]): void {
  const starts = events.filter(({ type }) => type === 'agent.invoked' || type === 'tool.called')
  for (const { span } of starts) {
    const ends = events.filter((event) => event.span === span && !starts.includes(event))
    expect(ends).toHaveLength(1)
  }
  expect(events.at(-1)?.type).toStartWith('run.')
}

const triageReplies =
  (reply: ModelReply): Script =>
  (request, turn) =>
    isTriage(request) ? reply : seedFlow(request, turn)
const specialistReplies =
  (reply: ModelReply): Script =>
  (request, turn) =>
    isTriage(request) ? seedFlow(request, turn) : reply

test.each<[string, ModelReply, string]>([
  ['invalid JSON', { text: 'Sure! I would ask ServiceNow.' }, 'model_invalid'],
  ['JSON of another shape', { text: '{"tasks": "all"}' }, 'model_invalid'],
  [
    'an agent that does not exist',
    { decide: [{ agent: 'Weather', question: 'x' }] },
    'model_invalid',
  ],
  ['neither a task nor a reason', { decide: [] }, 'model_invalid'],
  ['an empty answer', { text: '  ' }, 'model_empty'],
  ['a refusal', { refuse: 'secret reasons' }, 'model_refused'],
  ['a content filter', { text: 'cut', finish: 'content_filter' }, 'model_filtered'],
  ['a filter before the model', { status: 400, code: 'content_filter' }, 'model_filtered'],
  ['a wrong key', { status: 401 }, 'model_auth'],
  ['an unknown model', { status: 404 }, 'model_not_found'],
  ['an exhausted quota', { status: 429 }, 'model_busy'],
  ['an outage', { status: 503 }, 'model_down'],
  ['a page instead of an answer', { body: '<html>secret gateway</html>' }, 'model_invalid'],
  ['an answer without choices', { body: '{"choices": []}' }, 'model_empty'],
  ['null', { body: 'null' }, 'model_invalid'],
])('%s at triage fails the run with a plain sentence', async (_, reply, code) => {
  const run = await askWith(triageReplies(reply))
  expect(run.status).toBe('failed')
  expect(run.error?.code).toBe(code)
  expect(run.error?.message).toMatch(/^[A-Z].*\.$/)
})

test.each<[string, ModelReply, string]>([
  ['an empty answer', { text: '' }, 'model_empty'],
  ['a refusal', { refuse: 'secret reasons' }, 'model_refused'],
  ['a filter', { text: '', finish: 'content_filter' }, 'model_filtered'],
  ['a shortened answer', { text: 'x', finish: 'length' }, 'model_cut'],
  ['an outage', { status: 500 }, 'model_down'],
  ['an incomplete response', 'drop', 'model_invalid'],
  ['endless tool calls', { call: [{ tool: 'list_incidents', arguments: {} }] }, 'turn_limit'],
])('%s of the only specialist fails the run with a plain sentence', async (_, reply, code) => {
  const run = await askWith(specialistReplies(reply), { maxModelCalls: 3 })
  expect(run).toMatchObject({ status: 'failed', error: { code } })
  expect(run.error?.message).toMatch(/^[A-Z].*\.$/)
})

test('an invalid decision is requested again once, without an event', async () => {
  let requests = 0
  const run = await askWith((request, turn) => {
    if (!isTriage(request)) return seedFlow(request, turn)
    requests += 1
    return requests === 1 ? { text: 'hm' } : seedFlow(request, turn)
  })
  expect(run.status).toBe('finished')
  expect(run.events.filter(({ type }) => type === 'agent.invoked')).toHaveLength(2)
})

test('a decision after reasoning, in a code fence and with another form of the name is accepted', async () => {
  const decision = '{"tasks":[{"agent":"service_now","question":"What is open?"}]}'
  const text = `<think>secret thoughts</think>\n\`\`\`json\n${decision}\n\`\`\``
  expect((await askWith(triageReplies({ text }))).status).toBe('finished')
})

test('two tasks for one specialist become one', async () => {
  const task = (question: string) => ({ agent: 'ServiceNow', question })
  const run = await askWith(triageReplies({ decide: [task('open?'), task('closed?')] }))
  expect(run.events.filter(({ type }) => type === 'agent.invoked')).toHaveLength(2)
})

test('a rejection is the answer, and no specialist is asked', async () => {
  const run = await askWith(triageReplies({ decide: [], reject: 'I know nothing of poems.' }))
  expect(run).toMatchObject({ status: 'finished', answer: 'I know nothing of poems.' })
  expect(run.events.filter(({ type }) => type === 'agent.invoked')).toHaveLength(1)
})

test.each<[string, string, unknown, string | undefined]>([
  ['bad arguments', 'list_incidents', { priority: 'high' }, 'tool.failed'],
  ['arguments that are not JSON', 'list_incidents', '{"priority": ', 'tool.failed'],
  ['calls of an unknown tool', 'drop_tables', {}, undefined],
])('%s are reported to the model, which may continue', async (_, tool, given, type) => {
  const toolMessages: string[] = []
  const run = await askWith((request, turn) => {
    if (isTriage(request)) return seedFlow(request, turn)
    if (turn === 0) return { call: [{ tool, arguments: given }] }
    toolMessages.push(request.messages.at(-1)?.content ?? '')
    // Servers reject a message with arguments that are not JSON, also if they wrote it.
    const [call] = request.messages.at(-2)?.tool_calls ?? []
    expect(JSON.parse((call as Call).function.arguments)).toBeObject()
    return { text: 'I could not look it up.' }
  })
  expect(run).toMatchObject({ status: 'finished' })
  expect(toolMessages[0]).toMatch(tool === 'drop_tables' ? /list_incidents/ : /^Failed: /)
  if (type !== undefined) {
    expect(run.events.find((event) => event.type === type)?.code).toBe('tool_arguments')
  }
})

test('the answer has the sections of other specialists when one fails, and names the missing part', async () => {
  const run = await askWith((request, turn) => {
    if (isTriage(request)) {
      const agents = ['ServiceNow', 'Service Health']
      return { decide: agents.map((agent) => ({ agent, question: `for ${agent}` })) }
    }
    const [, question] = request.messages
    return question?.content === 'for ServiceNow' ? seedFlow(request, turn) : { status: 500 }
  })
  expect(run.status).toBe('finished')
  expect(run.answer).toMatch(/^## ServiceNow\n\n\*\*\d+\*\* change requests are open\./)
  expect(run.answer).toContain(
    '## Service Health\n\n*This part is missing. The model answered with an error.',
  )
})

test('an agent that exceeds its deadline fails the run', async () => {
  const run = await askWith(triageReplies('hang'), { agentSeconds: 0.02 })
  expect(run).toMatchObject({ status: 'failed', error: { code: 'deadline' } })
})

test('a run that exceeds its deadline fails', async () => {
  const run = await askWith(specialistReplies('hang'), { runSeconds: 0.05 })
  expect(run).toMatchObject({ status: 'failed', error: { code: 'deadline' } })
})

test('after Stop the answer has the sections that were complete', async () => {
  const { open, post, get } = await makeServer(
    {},
    {
      script(request, turn) {
        if (isTriage(request)) {
          const agents = ['ServiceNow', 'Service Health']
          return { decide: agents.map((agent) => ({ agent, question: `for ${agent}` })) }
        }
        const [, question] = request.messages
        return question?.content === 'for ServiceNow' ? seedFlow(request, turn) : 'hang'
      },
    },
  )
  const id = await open()
  const path = `/api/conversations/${id}/runs/`
  const run = crypto.randomUUID()
  const asked = post(`/api/conversations/${id}/messages`, { message: 'both', run })
  const load = async () => (await (await get(path + run)).json()) as Run
  const isFinished = ({ type, agent }: Event) => type === 'agent.finished' && agent === 'ServiceNow'
  await until(
    async () => (await get(path + run)).ok && (await load()).events.some(isFinished),
    'ServiceNow has finished',
  )
  await post(`${path}${run}/stop`)
  await asked
  const { status, answer, events } = await load()
  expect(status).toBe('stopped')
  expect(answer).toContain('change requests are open.')
  expect(answer).toContain('## Service Health\n\n*This part is missing. Stopped.*')
  expectPairs(events)
})
