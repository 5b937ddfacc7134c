import { expect, test } from 'bun:test'
import { isTriage, type ModelReply, type Script } from '../support/scripted-model.ts'
import { seedFlow } from '../support/scripts.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

type Event = { type: string; code?: string; agent?: string; tool?: string; span?: string }
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
  const told = JSON.parse(text) as Run
  expectPairs(told.events)
  return told
}

/** Every invoked or called is followed by exactly one end, whatever was thrown. */
function expectPairs(events: Event[]): void {
  const begun = events.filter(({ type }) => type === 'agent.invoked' || type === 'tool.called')
  for (const { span } of begun) {
    const ends = events.filter((event) => event.span === span && !begun.includes(event))
    expect(ends).toHaveLength(1)
  }
  expect(events.at(-1)?.type).toStartWith('run.')
}

const triageSays =
  (reply: ModelReply): Script =>
  (request, turn) =>
    isTriage(request) ? reply : seedFlow(request, turn)
const specialistSays =
  (reply: ModelReply): Script =>
  (request, turn) =>
    isTriage(request) ? seedFlow(request, turn) : reply

test.each<[string, ModelReply, string]>([
  ['invalid JSON', { say: 'Sure! I would ask ServiceNow.' }, 'model_invalid'],
  ['JSON of another shape', { say: '{"tasks": "all"}' }, 'model_invalid'],
  [
    'an agent that does not exist',
    { decide: [{ agent: 'Weather', question: 'x' }] },
    'model_invalid',
  ],
  ['neither a task nor a reason', { decide: [] }, 'model_invalid'],
  ['an empty answer', { say: '  ' }, 'model_empty'],
  ['a refusal', { refuse: 'secret reasons' }, 'model_refused'],
  ['a content filter', { say: 'cut', finish: 'content_filter' }, 'model_filtered'],
  ['a filter before the model', { status: 400, code: 'content_filter' }, 'model_filtered'],
  ['a wrong key', { status: 401 }, 'model_auth'],
  ['a model that is not there', { status: 404 }, 'model_not_found'],
  ['a quota that is used up', { status: 429 }, 'model_busy'],
  ['an outage', { status: 503 }, 'model_down'],
  ['a page instead of an answer', { body: '<html>secret gateway</html>' }, 'model_invalid'],
  ['an answer without choices', { body: '{"choices": []}' }, 'model_empty'],
  ['null', { body: 'null' }, 'model_invalid'],
])('%s at triage is told in plain words', async (_, reply, code) => {
  const run = await askWith(triageSays(reply))
  expect(run.status).toBe('failed')
  expect(run.error?.code).toBe(code)
  expect(run.error?.message).toMatch(/^[A-Z].*\.$/)
})

test.each<[string, ModelReply, string]>([
  ['an empty answer', { say: '' }, 'model_empty'],
  ['a refusal', { refuse: 'secret reasons' }, 'model_refused'],
  ['a filter', { say: '', finish: 'content_filter' }, 'model_filtered'],
  ['an answer that is too long', { say: 'x', finish: 'length' }, 'model_cut'],
  ['an outage', { status: 500 }, 'model_down'],
  ['an answer that is cut off', 'drop', 'model_invalid'],
  ['endless tool calls', { call: [{ tool: 'list_incidents', arguments: {} }] }, 'turn_limit'],
])('%s of the only specialist fails the run, in plain words', async (_, reply, code) => {
  const run = await askWith(specialistSays(reply), { maxModelCalls: 3 })
  expect(run).toMatchObject({ status: 'failed', error: { code } })
})

test('nonsense is asked for again once, and nobody notices', async () => {
  let asked = 0
  const run = await askWith((request, turn) => {
    if (!isTriage(request)) return seedFlow(request, turn)
    asked += 1
    return asked === 1 ? { say: 'hm' } : seedFlow(request, turn)
  })
  expect(run.status).toBe('finished')
  expect(run.events.filter(({ type }) => type === 'agent.invoked')).toHaveLength(2)
})

test('a decision in a code fence, after reasoning, with an odd name, is understood', async () => {
  const decision = '{"tasks":[{"agent":"service_now","question":"What is open?"}]}'
  const say = `<think>secret thoughts</think>\n\`\`\`json\n${decision}\n\`\`\``
  expect((await askWith(triageSays({ say }))).status).toBe('finished')
})

test('two tasks for one specialist become one', async () => {
  const task = (question: string) => ({ agent: 'ServiceNow', question })
  const run = await askWith(triageSays({ decide: [task('open?'), task('closed?')] }))
  expect(run.events.filter(({ type }) => type === 'agent.invoked')).toHaveLength(2)
})

test('a rejection is the answer, and nobody is asked', async () => {
  const run = await askWith(triageSays({ decide: [], reject: 'I know nothing of poems.' }))
  expect(run).toMatchObject({ status: 'finished', answer: 'I know nothing of poems.' })
  expect(run.events.filter(({ type }) => type === 'agent.invoked')).toHaveLength(1)
})

test.each<[string, string, unknown, string | undefined]>([
  ['bad arguments', 'list_incidents', { priority: 'high' }, 'tool.failed'],
  ['arguments that are no JSON', 'list_incidents', '{"priority": ', 'tool.failed'],
  ['an unknown tool', 'drop_tables', {}, undefined],
])('the model is told of %s, and may go on', async (_, tool, given, type) => {
  const told: string[] = []
  const run = await askWith((request, turn) => {
    if (isTriage(request)) return seedFlow(request, turn)
    if (turn === 0) return { call: [{ tool, arguments: given }] }
    told.push(request.messages.at(-1)?.content ?? '')
    return { say: 'I could not look it up.' }
  })
  expect(run).toMatchObject({ status: 'finished' })
  expect(told[0]).toMatch(tool === 'drop_tables' ? /list_incidents/ : /^Failed: /)
  if (type !== undefined) {
    expect(run.events.find((event) => event.type === type)?.code).toBe('tool_arguments')
  }
})

test('a specialist who fails leaves the others’ sections, and the answer says what is missing', async () => {
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

test('an agent that takes too long is given up', async () => {
  const run = await askWith(triageSays('hang'), { agentSeconds: 0.02 })
  expect(run).toMatchObject({ status: 'failed', error: { code: 'deadline' } })
})

test('a run that takes too long is given up', async () => {
  const run = await askWith(specialistSays('hang'), { runSeconds: 0.05 })
  expect(run).toMatchObject({ status: 'failed', error: { code: 'deadline' } })
})

test('what was found before a stop is kept in the answer', async () => {
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
  const told = async () => (await (await get(path + run)).json()) as Run
  const foundOne = ({ type, agent }: Event) => type === 'agent.finished' && agent === 'ServiceNow'
  while (!(await get(path + run)).ok || !(await told()).events.some(foundOne)) await Bun.sleep(1)
  await post(`${path}${run}/stop`)
  await asked
  const { status, answer, events } = await told()
  expect(status).toBe('stopped')
  expect(answer).toContain('change requests are open.')
  expect(answer).toContain('## Service Health\n\n*This part is missing. Stopped.*')
  expectPairs(events)
})
