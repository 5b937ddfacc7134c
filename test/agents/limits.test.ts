import { expect, test } from 'bun:test'
import { z } from 'zod'
import { defineTool } from '../../src/tools/tool.ts'
import { isTriage, type ModelReply, type ModelRequest } from '../support/scripted-model.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

type Stored = { status: string; answer?: string; error?: { code: string }; events: unknown[] }

/** Asks one specialist, Probe, whose only tool counts its calls. `reply` is the model's, after triage. */
async function askProbe(
  reply: (request: ModelRequest, turn: number) => ModelReply,
  settings = {},
  agents = ['Probe'],
) {
  let calls = 0
  const tool = defineTool({
    name: 'probe',
    description: 'x',
    parameters: z.object({ number: z.int().optional() }),
    run: async () => `result ${++calls}`,
  })
  const specialists = agents.map((name) => ({
    name,
    description: 'x',
    instructions: name,
    tools: [tool],
  }))
  const { open, post, get, model } = await makeServer(settings, {
    specialists,
    script: (request, turn) =>
      isTriage(request)
        ? { decide: agents.map((agent) => ({ agent, question: 'x' })) }
        : reply(request, turn),
  })
  const path = `/api/conversations/${await open()}`
  const run = crypto.randomUUID()
  expect((await post(`${path}/messages`, { message: 'x', run })).status).toBe(200)
  const stored = (await (await get(`${path}/runs/${run}`)).json()) as Stored
  const types = stored.events.map((event) => (event as { type: string }).type)
  return { ...stored, types, calls, requests: model?.requests ?? [] }
}

const count = (types: string[], type: string) => types.filter((one) => one === type).length

test('of 2,000 tool calls in one message 16 run, and the model reads that the others did not', async () => {
  const call = Array.from({ length: 2000 }, (_, number) => ({
    tool: 'probe',
    arguments: { number },
  }))
  const { status, types, calls, requests } = await askProbe((_, turn) =>
    turn === 0 ? { call } : { text: 'done' },
  )
  expect(status).toBe('finished')
  expect(calls).toBe(16)
  expect(count(types, 'tool.called')).toBe(16)
  expect(count(types, 'tool.finished')).toBe(16)
  const results = requests.at(-1)?.messages.filter(({ role }) => role === 'tool') ?? []
  expect(results).toHaveLength(2000)
  expect(results[15]?.content).toBe('Result [16]:\nresult 16')
  expect(results[16]?.content).toMatch(/^Failed: not called, .* at most 16 tools\./)
})

test('MAX_PARALLEL_TOOL_CALLS counts the calls of each message', async () => {
  const { calls } = await askProbe(
    (_, turn) =>
      turn < 4
        ? { call: Array.from({ length: 2 }, () => ({ tool: 'probe', arguments: {} })) }
        : { text: 'done' },
    { maxParallelToolCalls: 1 },
  )
  expect(calls).toBe(2)
})

test.each<[string, ModelReply]>([
  ['an empty answer', { text: '' }],
  ['an invalid answer', { body: '{"choices": 1}' }],
])('after %s the model is asked again without another call of the tools', async (_, bad) => {
  let answers = 0
  const { status, answer, types, calls, requests } = await askProbe((_, turn) => {
    if (turn === 0) return { call: [{ tool: 'probe', arguments: {} }] }
    answers += 1
    return answers === 1 ? bad : { text: 'done' }
  })
  expect(status).toBe('finished')
  expect(answer).toStartWith('done')
  expect(calls).toBe(1)
  expect(count(types, 'tool.called')).toBe(1)
  expect(count(types, 'agent.invoked')).toBe(2)
  expect(requests.at(-1)?.messages.at(-1)?.content).toBe('Result [1]:\nresult 1')
})

test('MAX_MODEL_CALLS includes the calls before a retry', async () => {
  let answers = 0
  const { error, calls } = await askProbe(
    () => {
      answers += 1
      return answers === 2 ? { text: '' } : { call: [{ tool: 'probe', arguments: {} }] }
    },
    { maxModelCalls: 3 },
  )
  expect(error?.code).toBe('turn_limit')
  expect(calls).toBe(2)
})

test('a long section is cut and does not displace the others', async () => {
  const long = `\`\`\`\n${'ü'.repeat(100_000)}`
  const { answer = '' } = await askProbe(
    (request) => ({ text: request.messages[0]?.content?.startsWith('Long') ? long : 'short' }),
    {},
    ['Long', 'Short'],
  )
  expect(new TextEncoder().encode(answer).length).toBeLessThanOrEqual(65_536)
  // The note is outside the code block that it cuts.
  expect(answer).toContain(
    'ü…\n```\n\n*The answer was longer and is cut here.*\n\n## Short\n\nshort',
  )
})

test('a rejection is cut at the same limit', async () => {
  const { open, post } = await makeServer(
    { maxAnswerBytes: 1024 },
    { script: () => ({ decide: [], reject: 'x'.repeat(5000) }) },
  )
  const response = await post(`/api/conversations/${await open()}/messages`, { message: 'x' })
  const { assistant_message } = (await response.json()) as {
    assistant_message: { content: string }
  }
  expect(assistant_message.content.length).toBeLessThanOrEqual(1024)
  expect(assistant_message.content).toEndWith('*The answer was longer and is cut here.*')
})
