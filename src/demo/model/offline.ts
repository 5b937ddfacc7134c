import { z } from 'zod'
import { wait } from '../../core/wait.ts'
import { decline, writeAnswer } from './answer.ts'
import { type Catalogue, parseJson, readCatalogue } from './catalogue.ts'
import { type Call, type Plan, plan } from './plan.ts'
import { decideTriage, type Roster, readRoster } from './triage.ts'
import { createVocabulary, type KnownName } from './vocabulary.ts'

const content = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))])
const call = z.object({
  id: z.string(),
  function: z.object({ name: z.string(), arguments: z.string() }),
})
const message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: content.nullish(),
  tool_calls: z.array(call).nullish(),
  tool_call_id: z.string().optional(),
})
const offer = z.object({
  name: z.string(),
  description: z.string().default(''),
  parameters: z.record(z.string(), z.unknown()).default({}),
})
/** The body of a request for a completion, as far as it is read here. */
const requestSchema = z.object({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  tools: z.array(z.object({ function: offer })).nullish(),
  response_format: z.object({ json_schema: z.object({ name: z.string() }).optional() }).nullish(),
  stream: z.literal(false, 'this model does not stream').nullish(),
  n: z.literal(1, 'this model gives one choice').nullish(),
})
type CompletionRequest = z.infer<typeof requestSchema>
type Message = CompletionRequest['messages'][number]
type Reply = { text: string } | { calls: Call[] }
const maxKept = 64
/** A result, after the number by which it is cited. */
const resultPattern = /^(?:Result (\[\d+\]):\n)?([\s\S]*)$/

/**
 * A `fetch` that answers the chat-completions protocol by rules: no network, no key, no account. It uses only what the
 * request says, and `names` of pipelines, teams and services that questions may hold. `thinkMs` is the time per
 * completion; with 0 no timer is set.
 */
export function createOfflineFetch(options: { thinkMs: number; names?: readonly KnownName[] }) {
  const { thinkMs, names = [] } = options
  const model = createModel(names)
  return async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    request.signal.throwIfAborted()
    const asked = `${request.method} ${new URL(request.url).pathname}`
    const listed = { id: 'offline', object: 'model', created: 0, owned_by: 'opsagent' }
    if (/^GET .*\/models$/.test(asked)) return respond(200, { object: 'list', data: [listed] })
    if (!/^POST .*\/chat\/completions$/.test(asked)) return failure(404, `Unknown URL: ${asked}.`)
    const body = typeof init?.body === 'string' ? init.body : await request.text()
    const { data, error } = requestSchema.safeParse(parseJson(body))
    if (error) {
      const [{ path: where, message }] = [...error.issues, { path: [], message: '' }]
      return failure(400, `Invalid value '${where.join('.')}': ${message}.`, where.join('.'))
    }
    if (thinkMs > 0) await wait(thinkMs, request.signal)
    request.signal.throwIfAborted()
    const reply = model(data)
    if (reply) return respond(200, completionOf(data.model, body.length, reply))
    return failure(400, 'This model knows the schema "triage_decision" only.', 'response_format')
  }
}

/** The rules, with a cache of the specialists and tools, which are the same in most requests. */
function createModel(names: readonly KnownName[]) {
  const vocabulary = createVocabulary(names)
  const rosters = new Map<string, Roster>()
  const catalogues = new Map<string, Catalogue>()
  const plans = new Map<string, Plan>()
  /** The reply, or nothing for a response format other than that of triage. */
  return ({ messages, tools, response_format: wanted }: CompletionRequest): Reply | undefined => {
    const isSystem = ({ role }: Message) => role === 'system' || role === 'developer'
    const system = messages.filter(isSystem).map(textOf).join('\n')
    if (wanted?.json_schema) {
      if (wanted.json_schema.name !== 'triage_decision') return undefined
      const roster = keep(rosters, system, () => readRoster(system, vocabulary))
      const said = messages.filter(({ role }) => role === 'user' || role === 'assistant')
      const turns = said.map((one) => ({ isUser: one.role === 'user', text: textOf(one) }))
      return { text: JSON.stringify(decideTriage(turns, roster)) }
    }
    const offered = (tools ?? []).map((tool) => tool.function)
    if (offered.length === 0) return { text: 'I have no tools here, so I have no data.' }
    const key = JSON.stringify(offered)
    const catalogue = keep(catalogues, key, () => readCatalogue(offered, vocabulary))
    const now = Date.parse(/^\s*Now:\s*(\S+)/m.exec(system)?.[1] ?? '') || Date.now()
    const asked = messages.findLastIndex(({ role }) => role === 'user')
    const question = textOf(messages[asked])
    const later = messages.slice(asked + 1)
    const answers = new Map(later.map((one) => [one.tool_call_id, textOf(one)]))
    const made = later.flatMap((one) => one.tool_calls ?? [])
    const results = made.map(({ id, function: { name, arguments: args } }) => {
      const [, cite = '', result = ''] = resultPattern.exec(answers.get(id) ?? '') ?? []
      return { call: { tool: name, args: JSON.parse(args) }, result, cite: cite && ` ${cite}` }
    })
    // The answer, one request later, needs the notes of the plan.
    if (results.length === 0) plans.delete(question + key)
    const planned = keep(plans, question + key, () => plan(question, catalogue, now))
    if (planned.calls.length === 0) return { text: decline(planned.declined, catalogue.tools) }
    if (results.length === 0) return { calls: planned.calls }
    return { text: writeAnswer(results, planned, catalogue.tools) }
  }
}

function keep<Value>(kept: Map<string, Value>, key: string, read: () => Value): Value {
  if (kept.size >= maxKept) kept.clear()
  const value = kept.get(key) ?? read()
  kept.set(key, value)
  return value
}

function textOf(message: Message | undefined): string {
  const given = message?.content ?? ''
  return typeof given === 'string' ? given : given.map(({ text }) => text ?? '').join('\n')
}

/** A completion, with ids that occur once and a plausible usage: four letters to a token. */
function completionOf(model: string, requestLength: number, reply: Reply) {
  const calls = 'calls' in reply ? reply.calls : undefined
  const toolCalls = calls?.map(({ tool: name, args }) => ({
    id: `call_${crypto.randomUUID().replaceAll('-', '')}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  }))
  const said = 'text' in reply ? { content: reply.text } : { content: null, tool_calls: toolCalls }
  const lengths = [requestLength, JSON.stringify(said).length]
  const [prompt = 0, completion = 0] = lengths.map((length) => Math.ceil(length / 4))
  const tokens = { prompt_tokens: prompt, completion_tokens: completion }
  const usage = { ...tokens, total_tokens: prompt + completion }
  const choice = { index: 0, logprobs: null, finish_reason: calls ? 'tool_calls' : 'stop' }
  return {
    id: `chatcmpl-${crypto.randomUUID()}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [{ ...choice, message: { role: 'assistant', refusal: null, ...said } }],
    usage,
  }
}

function respond(status: number, body: unknown): Response {
  return Response.json(body, { status, headers: { 'x-request-id': `req_${crypto.randomUUID()}` } })
}

function failure(status: number, text: string, param: string | null = null): Response {
  const error = { message: text, type: 'invalid_request_error', param, code: null }
  return respond(status, { error })
}
