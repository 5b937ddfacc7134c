import { z } from 'zod'
import { decline, type Result, shapeOf, writeAnswer } from './answer.ts'
import { type Catalogue, readCatalogue } from './catalogue.ts'
import { type Call, plan } from './plan.ts'
import { decideTriage, type Roster, readRoster } from './triage.ts'
import { createVocabulary, type KnownName, type Vocabulary } from './vocabulary.ts'

const part = z.looseObject({ text: z.string().optional() })
const toolCall = z.looseObject({
  id: z.string(),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
})
const messageSchema = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: z.union([z.string(), z.array(part)]).nullish(),
  tool_calls: z.array(toolCall).nullish(),
  tool_call_id: z.string().optional(),
})
const toolSchema = z.looseObject({
  name: z.string(),
  description: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
})
/** The body of a request for a completion, as far as it is read here. */
const requestSchema = z.looseObject({
  model: z.string().min(1),
  messages: z.array(messageSchema).min(1),
  tools: z.array(z.looseObject({ function: toolSchema })).nullish(),
  response_format: z
    .looseObject({ type: z.string(), json_schema: z.looseObject({ name: z.string() }).optional() })
    .nullish(),
  stream: z.literal(false, 'this model does not stream').nullish(),
  n: z.literal(1, 'this model gives one choice').nullish(),
})
type CompletionRequest = z.infer<typeof requestSchema>
type Message = CompletionRequest['messages'][number]
type Reply = { content: string } | { calls: Call[] }

/** How many rosters and catalogues are kept; a server uses a handful. */
const maxKept = 32

/**
 * A `fetch` that answers the chat-completions protocol by rules: no network, no key, no account. It uses only what the
 * request says and the names it is given. `thinkMs` is the time per completion; with 0 no timer is set.
 */
export function createOfflineFetch({
  thinkMs,
  names = [],
}: {
  thinkMs: number
  /** Names of pipelines, teams and services that questions may hold. */
  names?: readonly KnownName[]
}): (input: string | URL | Request, init?: RequestInit) => Promise<Response> {
  let model: OfflineModel | undefined
  return async function offlineFetch(input, init) {
    const request = new Request(input, init)
    request.signal.throwIfAborted()
    const { method } = request
    const path = new URL(request.url).pathname
    const isList = path.endsWith('/models')
    if (!isList && !path.endsWith('/chat/completions')) {
      return failure(404, `Unknown request URL: ${method} ${path}.`, { code: 'unknown_url' })
    }
    const allowed = isList ? 'GET' : 'POST'
    if (method !== allowed) return failure(405, `Only ${allowed} is supported here.`)
    if (isList) {
      const offline = { id: 'offline', object: 'model', created: 0, owned_by: 'opsagent' }
      return respond(200, { object: 'list', data: [offline] })
    }
    const body = parse(await request.text())
    if (body === undefined) return failure(400, 'We could not parse the JSON body of your request.')
    const { data, error } = requestSchema.safeParse(body)
    if (data === undefined) {
      const [issue] = error.issues
      const param = issue?.path.join('.') ?? ''
      return failure(400, `Invalid value '${param}': ${issue?.message}.`, { param })
    }
    if (thinkMs > 0) await think(thinkMs, request.signal)
    model ??= new OfflineModel(createVocabulary(names))
    const reply = model.reply(data)
    return reply
      ? respond(200, completionOf(data, reply))
      : failure(400, 'This model knows the schema "triage_decision" only.', {
          param: 'response_format',
        })
  }
}

/** The rules with what they have read of specialists and tools, which are the same in most requests. */
class OfflineModel {
  readonly #vocabulary: Vocabulary
  readonly #rosters = new Map<string, Roster>()
  readonly #catalogues = new Map<string, Catalogue>()

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
  }

  /** The reply, or nothing for a response format other than that of triage. */
  reply({ messages, tools, response_format: format }: CompletionRequest): Reply | undefined {
    const isSystem = ({ role }: Message) => role === 'system' || role === 'developer'
    const system = messages.filter(isSystem).map(textOf).join('\n')
    if (format?.type === 'json_schema') {
      if (format.json_schema?.name !== 'triage_decision') return undefined
      const roster = keep(this.#rosters, system, () => readRoster(system, this.#vocabulary))
      const turns = messages
        .filter(({ role }) => role === 'user' || role === 'assistant')
        .map((one) => ({ isUser: one.role === 'user', text: textOf(one) }))
      return { content: JSON.stringify(decideTriage(turns, roster)) }
    }
    const offered = (tools ?? []).map((tool) => tool.function)
    if (offered.length === 0) return { content: 'I have no tools here, so I have no data.' }
    const read = () => readCatalogue(offered, this.#vocabulary)
    const catalogue = keep(this.#catalogues, JSON.stringify(offered), read)
    const stated = Date.parse(/^\s*Now:\s*(\S+)/m.exec(system)?.[1] ?? '')
    const now = Number.isNaN(stated) ? Date.now() : stated
    const asked = messages.findLastIndex(({ role }) => role === 'user')
    const planned = plan(textOf(messages[asked]), catalogue, now)
    if (planned.calls.length === 0) return { content: decline(planned.declined, catalogue.tools) }
    const results = resultsIn(messages.slice(asked + 1))
    if (results.length === 0) return { calls: planned.calls }
    const longer = results.flatMap((result) => longerCall(result, results, catalogue))
    if (longer.length > 0) return { calls: longer }
    const whole = results.filter((one) => !results.some((other) => isLonger(other.call, one.call)))
    return { content: writeAnswer(whole, planned, catalogue.tools) }
  }
}

function keep<Value>(kept: Map<string, Value>, key: string, read: () => Value): Value {
  if (kept.size >= maxKept) kept.clear()
  const value = kept.get(key) ?? read()
  kept.set(key, value)
  return value
}

function textOf(message: Message | undefined): string {
  const content = message?.content ?? ''
  return typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join('\n')
}

function resultsIn(messages: readonly Message[]): Result[] {
  const answers = new Map(messages.map((one) => [one.tool_call_id, textOf(one)]))
  const calls = messages.flatMap((message) => message.tool_calls ?? [])
  return calls.flatMap(({ id, function: { name, arguments: args } }) => {
    const result = answers.get(id)
    return result === undefined ? [] : [{ call: { tool: name, args: JSON.parse(args) }, result }]
  })
}

/** The call that gets the rest of a list which was cut, where the tool allows a longer one. */
function longerCall(
  { call, result }: Result,
  all: readonly Result[],
  { tools }: Catalogue,
): Call[] {
  const { rows, total = 0 } = shapeOf(result)
  const parameters = tools.find(({ name }) => name === call.tool)?.parameters
  const limit = parameters?.find(({ kind }) => kind === 'limit')
  if (limit === undefined || limit.name in call.args || rows.length >= limit.max) return []
  if (total <= rows.length || all.some((other) => isLonger(other.call, call))) return []
  return [{ ...call, args: { ...call.args, [limit.name]: Math.min(limit.max, total) } }]
}

/** Whether a call repeats another one with a further argument. */
function isLonger(one: Call, other: Call): boolean {
  const isMore = Object.keys(one.args).length > Object.keys(other.args).length
  return (
    one.tool === other.tool &&
    isMore &&
    JSON.stringify({ ...one.args, ...other.args }) === JSON.stringify(one.args)
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A completion, with ids that occur once and a plausible usage: four letters to a token. */
function completionOf({ model, messages, tools }: CompletionRequest, reply: Reply) {
  const calls = 'calls' in reply ? reply.calls : []
  const toolCalls = calls.map(({ tool: name, args }) => ({
    id: `call_${crypto.randomUUID().replaceAll('-', '')}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  }))
  const message = {
    role: 'assistant',
    content: 'content' in reply ? reply.content : null,
    refusal: null,
    ...(calls.length > 0 && { tool_calls: toolCalls }),
  }
  const tokensIn = (value: unknown) => Math.ceil(JSON.stringify(value).length / 4)
  const [prompt, completion] = [tokensIn([messages, tools ?? []]), tokensIn(message)]
  return {
    id: `chatcmpl-${crypto.randomUUID()}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [
      {
        index: 0,
        message,
        logprobs: null,
        finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
      },
    ],
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
    },
  }
}

function respond(status: number, body: unknown): Response {
  return Response.json(body, { status, headers: { 'x-request-id': `req_${crypto.randomUUID()}` } })
}

/** An error as OpenAI words it. */
function failure(
  status: number,
  message: string,
  { param = null, code = null }: { param?: string | null; code?: string | null } = {},
): Response {
  return respond(status, { error: { message, type: 'invalid_request_error', param, code } })
}

/** Waits as a model would think. An abort ends it at once and leaves no timer. */
function think(thinkMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, thinkMs)
    function stop(): void {
      clearTimeout(timer)
      reject(signal.reason)
    }
    signal.addEventListener('abort', stop, { once: true })
  })
}
