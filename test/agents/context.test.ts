import { expect, test } from 'bun:test'
import { z } from 'zod'
import { defineTool } from '../../src/tools/tool.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { rejection, startCompatibleServer } from '../support/compatible-server.ts'
import { linesOf, readFrames } from '../support/read-stream.ts'
import { isTriage, type ModelRequest } from '../support/scripted-model.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()
const { onEnd } = useCleanUps()

type Made = Awaited<ReturnType<typeof makeServer>>
type Stored = { status: string; answer?: string; error?: { code: string; message: string } }

/** Asks in a conversation. Resolves with the ended run and the lines of its thinking stream. */
async function askIn({ post, get }: Made, id: string, message: string) {
  const path = `/api/conversations/${id}`
  const run = crypto.randomUUID()
  await post(`${path}/messages`, { message, run })
  const stored = (await (await get(`${path}/runs/${run}`)).json()) as Stored
  const lines = linesOf(await readFrames(await get(`${path}/thinking?run=${run}`)))
  return { ...stored, lines, run }
}

/** The characters of all messages. */
function charactersOf({ messages }: Pick<ModelRequest, 'messages'>): number {
  return messages.reduce((sum, { content }) => sum + (content?.length ?? 0), 0)
}

const tool = defineTool({
  name: 'read_log',
  description: 'x',
  parameters: z.object({ characters: z.int() }),
  run: async ({ characters }) => 'x'.repeat(characters),
})
const specialists = [{ name: 'Probe', description: 'x', instructions: 'Probe.', tools: [tool] }]

/** A server whose specialist, Probe, reads results of these sizes: a list for each message of the model. */
function makeProbe(rounds: number[][], settings: { contextTokens: number }, answer = 'done') {
  return makeServer(settings, {
    specialists,
    script(request) {
      if (isTriage(request)) return { decide: [{ agent: 'Probe', question: 'What is in it?' }] }
      const round = rounds[request.messages.filter(({ role }) => role === 'assistant').length]
      if (round === undefined) return { text: answer }
      return { call: round.map((characters) => ({ tool: 'read_log', arguments: { characters } })) }
    },
  })
}

containerTest(
  'triage reads the newest turns that fit, and the panel and the flyout say so',
  async () => {
    const made = await makeProbe([], { contextTokens: 2000 }, 'word '.repeat(400))
    const id = await made.open()
    for (let turn = 1; turn < 6; turn += 1) await askIn(made, id, `Question ${turn}`)
    const { lines, run, status } = await askIn(made, id, 'Question 6')
    const request = made.model?.requests.findLast(isTriage)
    const [system, ...turns] = request?.messages ?? []
    expect(status).toBe('finished')
    expect(system?.role).toBe('system')
    expect(turns.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'user',
      'assistant',
      'user',
    ])
    expect(turns.flatMap(({ role, content }) => (role === 'user' ? content : []))).toEqual([
      'Question 4',
      'Question 5',
      'Question 6',
    ])
    const line = 'Triage: the model reads only the last 2 questions before this one'
    expect(lines.filter((one) => one === line)).toHaveLength(1)
    const page = `/conversations/${id}`
    const rows = await (await made.get(`${page}/thinking?run=${run}`)).text()
    expect(rows).toMatch(new RegExp(`class="row context"[^>]* data-parent="span-1".*${line}`))
    expect(await (await made.get(`${page}/runs/${run}`)).text()).toContain(line)
  },
)

containerTest(
  'the oldest and largest results are shortened, and say how much is missing',
  async () => {
    const made = await makeProbe(
      [
        [3000, 200],
        [30_000, 20_000, 500],
      ],
      { contextTokens: 5000 },
    )
    const { lines, status } = await askIn(made, await made.open(), 'x')
    expect(status).toBe('finished')
    const { messages = [] } = made.model?.requests.at(-1) ?? {}
    expect(charactersOf({ messages })).toBeLessThan(20_000)
    const results = messages.flatMap(({ role, content }) =>
      role === 'tool' ? (content ?? '') : [],
    )
    const [first = '', second, third = '', fourth = '', fifth] = results
    expect(first.length).toBeWithin(900, 1001)
    expect(first).toMatch(
      /^Result \[1\]:\nx+…\n\n\[Cut here: 2\d{3} of 3012 characters are left out\./,
    )
    expect(second).toBe(`Result [2]:\n${'x'.repeat(200)}`)
    expect(Math.abs(third.length - fourth.length)).toBeLessThan(10)
    expect(third).toMatch(/of 30012 characters are left out/)
    expect(fifth).toBe(`Result [5]:\n${'x'.repeat(500)}`)
    expect(lines).toContain('Probe: 3 results are shortened to fit the context of the model')
    const calls = messages.flatMap(({ tool_calls = [] }) => tool_calls as { id: string }[])
    const answered = messages.flatMap(({ tool_call_id }) => tool_call_id ?? [])
    expect(answered).toEqual(calls.map((call) => call.id))
  },
)

containerTest('a specialist of the agents file may have its own context', async () => {
  const made = await makeServer(
    {},
    {
      specialists: specialists.map((one) => ({ ...one, limits: { contextTokens: 1000 } })),
      script(request, turn) {
        if (isTriage(request)) return { decide: [{ agent: 'Probe', question: 'x' }] }
        if (turn > 0) return { text: 'done' }
        return { call: [{ tool: 'read_log', arguments: { characters: 9000 } }] }
      },
    },
  )
  const { lines } = await askIn(made, await made.open(), 'x')
  expect(lines).toContain('Probe: 1 result is shortened to fit the context of the model')
})

containerTest(
  'a request that is too long for the model is sent once more with half of it',
  async () => {
    const made = await makeServer(
      {},
      {
        specialists,
        script(request, turn) {
          if (isTriage(request)) return { decide: [{ agent: 'Probe', question: 'x' }] }
          if (turn === 0) return { call: [{ tool: 'read_log', arguments: { characters: 9000 } }] }
          const isTooLong = charactersOf(request) > 6000
          return isTooLong ? { status: 400, code: 'context_length_exceeded' } : { text: 'done' }
        },
      },
    )
    const { lines, status } = await askIn(made, await made.open(), 'x')
    expect(status).toBe('finished')
    expect(lines).toContain('Probe: 1 result is shortened to fit the context of the model')
    const [logged] = await made.readLog()
    expect(logged?.message).toMatch(/tokens are too long for scripted, .* lower CONTEXT_TOKENS$/)
  },
)

const refusals: [string, Response][] = [
  [
    'OpenAI',
    Response.json({ error: { message: 'x', code: 'context_length_exceeded' } }, { status: 400 }),
  ],
  ['vLLM', rejection(400, "This model's maximum context length is 8192 tokens. However, …")],
  ['llama.cpp', rejection(400, 'the request exceeds the available context size.')],
  ['LM Studio', Response.json({ error: 'Trying to keep 9000 tokens when context length is 4096' })],
]

test.each(refusals)(
  'if %s says that a request is too long which cannot be trimmed, the user reads what to do',
  async (_, refusal) => {
    const compatible = startCompatibleServer({ reject: () => refusal.clone() })
    onEnd(compatible.stop)
    const made = await makeServer({ openaiBaseUrl: compatible.url, openaiModels: ['small'] })
    const { error } = await askIn(made, await made.open(), 'How many changes are open?')
    expect(error?.code).toBe('model_context')
    expect(error?.message).toEndWith('Ask the operator of this server to lower CONTEXT_TOKENS.')
    expect(compatible.rejected).toHaveLength(1)
  },
)
