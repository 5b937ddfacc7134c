import { expect, test } from 'bun:test'
import { readReply } from '../../src/agents/reply.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { type Quirk, rejection, startCompatibleServer } from '../support/compatible-server.ts'
import { cpuTimeMs } from '../support/longest-stall.ts'
import { quirks, secret } from '../support/quirks.ts'
import { linesOf, readFrames } from '../support/read-stream.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()
const { onEnd } = useCleanUps()

/** Starts OpsAgent with a compatible model server that has these quirks. */
async function startWith(...given: Quirk[]) {
  const compatible = startCompatibleServer(...given)
  onEnd(compatible.stop)
  const made = await makeServer({
    openaiBaseUrl: compatible.url,
    openaiModels: ['quirky', 'another'],
  })
  return { ...made, compatible }
}

type Made = Awaited<ReturnType<typeof startWith>>
type Stored = {
  answer?: string
  error?: unknown
  events: { type: string; usage?: { inputTokens: number } }[]
}

/** Asks a question. Resolves with the answer and the lines of the thinking stream. */
async function ask({ open, post, put, get }: Made, model = 'quirky') {
  const path = `/api/conversations/${await open()}`
  expect((await put(path, { model })).status).toBe(200)
  const run = crypto.randomUUID()
  await post(`${path}/messages`, { message: 'How many changes are open, and closed?', run })
  const stored = (await (await get(`${path}/runs/${run}`)).json()) as Stored
  const lines = linesOf(await readFrames(await get(`${path}/thinking?run=${run}`)))
  return { ...stored, lines }
}

const usual = [
  '[Triage] agent invoked',
  '[ServiceNow] agent invoked',
  'Calling list_change_requests...',
  'Calling list_change_requests...',
  'list_change_requests finished',
  'list_change_requests finished',
  '[ServiceNow] agent finished',
  '[Triage] agent finished',
]

async function expectUsual(...given: Quirk[]): Promise<Stored> {
  const made = await startWith(...given)
  const { lines, answer = '', error, ...stored } = await ask(made)
  expect(error).toBeUndefined()
  expect(answer).toMatch(/^\*\*\d+ and \d+\*\* changes are open and closed\.\n\n/)
  expect(lines).toEqual(usual)
  expect(JSON.stringify(stored)).not.toContain('{secret}')
  expect(made.compatible.violations).toEqual([])
  return { answer, ...stored }
}

const all = Object.values(quirks).flatMap((group) => Object.entries(group))

test('a server without quirks answers as expected', async () => {
  const { events } = await expectUsual()
  const usages = events.flatMap(({ usage }) => usage?.inputTokens ?? [])
  expect(usages).toEqual([20, 10])
})

test.each(all)('%s: the answer and the thinking events are the usual ones', async (_, quirk) => {
  await expectUsual(quirk)
})

test('mixed quirks give the usual answer and thinking events', async () => {
  const groups = Object.values(quirks).map((group) => Object.entries(group))
  let seed = 42
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((seed / 2 ** 31) * below)
  }
  for (let round = 0; round < 60; round += 1) {
    const chosen = groups.flatMap((group) => {
      const one = random(3) === 0 ? undefined : group[random(group.length)]
      return one === undefined ? [] : [one]
    })
    const names = chosen.map(([name]) => name)
    try {
      await expectUsual(...chosen.map(([, quirk]) => quirk))
    } catch (cause) {
      throw new Error(`These quirks fail together: ${names.join('; ')}`, { cause })
    }
  }
})

const noSchema = quirks.format?.['response_format is unknown'] ?? {}

test('what a server lacks is found once per model, and the log says it', async () => {
  const made = await startWith(noSchema)
  const { logged, compatible } = made
  await ask(made)
  expect(compatible.rejected.map(({ response_format: format }) => format?.type)).toEqual([
    'json_schema',
    'json_object',
  ])
  const lines = () => logged.map(({ level, message }) => `${level}: ${message}`)
  const line = (model: string) =>
    `warn: the server of ${model} rejected a request; from now on it gets no response_format`
  expect(lines()).toEqual([line('quirky')])
  await ask(made)
  expect(compatible.rejected).toHaveLength(2)
  await ask(made, 'another')
  expect(compatible.rejected).toHaveLength(4)
  expect(lines()).toEqual([line('quirky'), line('another')])
})

test('triage requests a strict schema: every property is required, and there are no others', async () => {
  const made = await startWith(noSchema)
  await ask(made)
  const agent = { type: 'string', enum: ['ServiceNow', 'Log Analytics', 'Service Health'] }
  const decision = {
    tasks: { type: 'array', items: strictObject({ agent, question: { type: 'string' } }) },
    reject_reason: { type: ['string', 'null'] },
  }
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...strictObject(decision),
  }
  expect(made.compatible.rejected[0]?.response_format as unknown).toEqual({
    type: 'json_schema',
    json_schema: { name: 'triage_decision', strict: true, schema },
  })
})

function strictObject(properties: Record<string, unknown>) {
  const required = Object.keys(properties)
  return { type: 'object', properties, required, additionalProperties: false }
}

test('a call comes back with the fields that its server added, if the server requires them', async () => {
  type Calls = { extra_content?: unknown }[] | undefined
  await expectUsual({
    message: (message) => ({
      ...message,
      tool_calls: (message.tool_calls as Calls)?.map((call) => ({ ...call, extra_content: 'x' })),
    }),
    reject: ({ messages }) => {
      const calls = messages.flatMap(({ tool_calls: given }) => (given as Calls) ?? [])
      return calls.every((call) => call.extra_content === 'x')
        ? undefined
        : rejection(400, 'Function call is missing a thought_signature')
    },
  })
})

test('a server that accepts another form after an update is used again without a restart', async () => {
  let accepted = 'json_object'
  const made = await startWith({
    reject: ({ response_format: format, tools }) =>
      tools !== undefined || format?.type === accepted ? undefined : rejection(400, 'format'),
  })
  expect((await ask(made)).lines).toEqual(usual)
  accepted = 'json_schema'
  expect((await ask(made)).lines).toEqual(usual)
})

test('a request that is rejected in every form fails, and nothing is remembered', async () => {
  let isRejecting = true
  const made = await startWith({
    reject: () => (isRejecting ? rejection(400, 'unknown field') : undefined),
  })
  expect(await ask(made)).toMatchObject({ error: { code: 'model_rejected' } })
  isRejecting = false
  const before = made.compatible.rejected.length
  expect((await ask(made)).lines).toEqual(usual)
  expect(made.compatible.rejected).toHaveLength(before)
  expect(made.logged.filter(({ level }) => level === 'warn')).toEqual([])
})

test.each([
  ['has no closing tag', `<think>${secret}`],
  ['is in an unfinished channel', `<|channel|>analysis<|message|>${secret}`],
])('reasoning that %s is not an answer', async (_, content) => {
  const made = await startWith({ text: (one, isDecision) => (isDecision ? one : content) })
  const { answer, error } = await ask(made)
  expect(answer).toBeUndefined()
  expect(error).toMatchObject({ code: 'model_empty' })
})

test('reasoning beside an empty answer is not an answer', async () => {
  const made = await startWith({
    message: ({ content, ...message }) =>
      message.tool_calls || String(content).startsWith('{')
        ? { ...message, content }
        : { ...message, content: null, reasoning_content: secret },
  })
  expect(await ask(made)).toMatchObject({ error: { code: 'model_empty' } })
})

test.each([
  'Write `<think>` before it and `</think>` after it.',
  'The tool returned:\n\n```json\n{"name": "list_change_requests", "total": 1}\n```\n\nThat is all.',
  'See [reasoning](https://example.com) and {braces}.',
])('an answer that looks like a quirk is left as it is: %s', async (text) => {
  const made = await startWith({ text: (one, isDecision) => (isDecision ? one : text) })
  expect((await ask(made)).answer).toStartWith(text)
})

test('an error in place of a completion fails the run with a plain sentence', async () => {
  const body = { error: { message: '{secret}', code: 503 } }
  for (const respond of [
    () => Response.json(body),
    () => new Response(`data: ${JSON.stringify(body)}\n\n`),
    () => new Response('{secret}', { headers: { 'content-type': 'text/plain' } }),
  ]) {
    const made = await startWith({ respond })
    const { error, ...stored } = await ask(made)
    expect(error).toMatchObject({ code: 'model_invalid' })
    expect(JSON.stringify(stored)).not.toContain('{secret}')
  }
})

const length = 128_000
test.each([
  ['open brackets', '{'.repeat(length)],
  ['open lists', '['.repeat(length)],
  ['nested lists', '['.repeat(length / 2) + ']'.repeat(length / 2)],
  ['quotes', '{"\\"'.repeat(length / 4)],
  ['closed brackets', '{}'.repeat(length / 2)],
  ['tags', '<think>'.repeat(length / 7)],
  ['closing tags', '</think>a'.repeat(length / 9)],
  ['open tags', '<'.repeat(length)],
  ['channels', '<|channel|>a'.repeat(length / 12)],
  ['one long word', `<${'a'.repeat(length)}`],
])('a reply of 128 kB of %s is read in 50 ms of CPU time', (_, text) => {
  const durationMs = (message: unknown) => {
    const begin = cpuTimeMs()
    readReply({ choices: [{ message }] }, ['list_incidents'])
    return cpuTimeMs() - begin
  }
  for (const message of [
    { content: `list_incidents${text}` },
    { tool_calls: text },
    { tool_calls: [{ name: 'list_incidents', arguments: text }] },
  ]) {
    // The best of three, because the first one runs code that is not compiled yet.
    const best = Math.min(...[1, 2, 3].map(() => durationMs(message)))
    expect(best).toBeLessThan(50)
  }
})
