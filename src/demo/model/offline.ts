import { decline, type Result, writeAnswer } from './answer.ts'
import { type Catalogue, readCatalogue } from './catalogue.ts'
import { type Call, plan } from './plan.ts'
import {
  type CompletionRequest,
  completionBody,
  completionRequestSchema,
  contentOf,
  errorResponse,
  jsonResponse,
  type ProtocolError,
  type Reply,
  type RequestMessage,
} from './protocol.ts'
import { shapeOf } from './records.ts'
import { decideTriage, type Roster, readRoster } from './triage.ts'
import { createVocabulary, type KnownName, type Vocabulary } from './vocabulary.ts'

/** The name under which the offline model is listed; it answers to any other as well. */
const modelName = 'offline'

/**
 * A `fetch` that answers the chat-completions protocol by rules: no network, no key, no account. It uses only what the
 * request says and the names it is given, so it can replace any model.
 */
export function createOfflineFetch({
  thinkMs,
  names = async () => [],
}: {
  /** Milliseconds per completion; with 0 no timer is set. */
  thinkMs: number
  /** Names of pipelines, teams and services that questions may hold; read once, at the first question. */
  names?: () => Promise<readonly KnownName[]>
}): (input: string | URL | Request, init?: RequestInit) => Promise<Response> {
  let model: Promise<OfflineModel> | undefined
  return async function offlineFetch(input, init) {
    const request = new Request(input, init)
    if (request.signal.aborted) throw abortError()
    const path = new URL(request.url).pathname
    if (path.endsWith('/models')) return listModels(request.method)
    if (!path.endsWith('/chat/completions')) {
      return errorResponse({
        status: 404,
        message: `Unknown request URL: ${request.method} ${path}.`,
        code: 'unknown_url',
      })
    }
    if (request.method !== 'POST') {
      return errorResponse({ status: 405, message: 'Only POST is supported here.' })
    }
    const asked = readRequest(await request.text())
    if ('error' in asked) return errorResponse(asked.error)
    if (thinkMs > 0) await think(thinkMs, request.signal)
    model ??= names().then((known) => new OfflineModel(createVocabulary(known)))
    const reply = replyTo(asked.body, await model)
    return 'error' in reply
      ? errorResponse(reply.error)
      : jsonResponse(200, completionBody(asked.body, reply))
  }
}

/** How many rosters and catalogues are kept; a server uses a handful. */
const maxKept = 32

/** The rules with what they have read of specialists and tools, which are the same in most requests. */
class OfflineModel {
  readonly #vocabulary: Vocabulary
  readonly #rosters = new Map<string, Roster>()
  readonly #catalogues = new Map<string, Catalogue>()

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
  }

  decide({ messages }: CompletionRequest): Reply {
    const system = systemText(messages)
    const roster = keep(this.#rosters, system, () => readRoster(system, this.#vocabulary))
    const turns = messages
      .filter(({ role }) => role === 'user' || role === 'assistant')
      .map((message) => ({ isUser: message.role === 'user', text: contentOf(message) }))
    return { content: JSON.stringify(decideTriage(turns, roster)) }
  }

  answer({ messages, tools }: CompletionRequest): Reply {
    const offered = (tools ?? []).map((tool) => tool.function)
    const catalogue = keep(this.#catalogues, JSON.stringify(offered), () =>
      readCatalogue(offered, this.#vocabulary),
    )
    const now = presentIn(systemText(messages))
    const asked = messages.findLastIndex(({ role }) => role === 'user')
    const planned = plan(contentOf(messages[asked]), catalogue, now)
    if (planned.calls.length === 0) return { content: decline(planned.declined, catalogue.tools) }
    const results = resultsIn(messages.slice(asked + 1))
    if (results.length === 0) return { calls: planned.calls }
    const longer = results.flatMap((result) => longerCall(result, results, catalogue))
    if (longer.length > 0) return { calls: longer }
    const whole = results.filter(({ call }) => !results.some((other) => isLonger(other.call, call)))
    return { content: writeAnswer(whole, planned, catalogue.tools, now) }
  }
}

function keep<Value>(kept: Map<string, Value>, key: string, read: () => Value): Value {
  const found = kept.get(key)
  if (found !== undefined) return found
  if (kept.size >= maxKept) kept.clear()
  const value = read()
  kept.set(key, value)
  return value
}

function systemText(messages: readonly RequestMessage[]): string {
  const system = messages.filter(({ role }) => role === 'system' || role === 'developer')
  return system.map(contentOf).join('\n')
}

/** The present time that the system prompt states, in ms. */
function presentIn(system: string): number {
  const found = /^\s*Now:\s*(\S+)/m.exec(system)?.[1]
  const at = found === undefined ? Number.NaN : Date.parse(found)
  return Number.isNaN(at) ? Date.now() : at
}

function resultsIn(messages: readonly RequestMessage[]): Result[] {
  const answers = new Map(
    messages.map((message) => [message.tool_call_id ?? '', contentOf(message)]),
  )
  const calls = messages.flatMap((message) => message.tool_calls ?? [])
  return calls.flatMap(({ id, function: called }) => {
    const result = answers.get(id)
    const args: Record<string, unknown> = JSON.parse(called.arguments)
    return result === undefined ? [] : [{ call: { tool: called.name, args }, result }]
  })
}

/** The call that gets the rest of a list which was cut, where the tool allows a longer one. */
function longerCall(
  { call, result }: Result,
  all: readonly Result[],
  { tools }: Catalogue,
): Call[] {
  const shape = shapeOf(result)
  const limit = tools
    .find(({ name }) => name === call.tool)
    ?.parameters.find(({ kind }) => kind === 'limit')
  if (shape.kind !== 'list' || limit === undefined || limit.name in call.args) return []
  if (shape.total <= shape.rows.length || shape.rows.length >= limit.max) return []
  if (all.some((other) => isLonger(other.call, call))) return []
  return [
    { tool: call.tool, args: { ...call.args, [limit.name]: Math.min(limit.max, shape.total) } },
  ]
}

/** Whether a call repeats another one with a further argument. */
function isLonger(one: Call, other: Call): boolean {
  const entries = Object.entries(other.args)
  return (
    one.tool === other.tool &&
    Object.keys(one.args).length === entries.length + 1 &&
    entries.every(([name, value]) => JSON.stringify(one.args[name]) === JSON.stringify(value))
  )
}

function listModels(method: string): Response {
  if (method !== 'GET') {
    return errorResponse({ status: 405, message: 'Only GET is supported here.' })
  }
  return jsonResponse(200, {
    object: 'list',
    data: [{ id: modelName, object: 'model', created: 0, owned_by: 'opsagent' }],
  })
}

type Refused = { error: ProtocolError }

function readRequest(text: string): { body: CompletionRequest } | Refused {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    return {
      error: { status: 400, message: 'We could not parse the JSON body of your request.' },
    }
  }
  const parsed = completionRequestSchema.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const param = issue?.path.join('.') ?? ''
    const where = param === '' ? '' : ` '${param}'`
    const message = `Invalid value${where}: ${issue?.message ?? ''}.`
    return { error: { status: 400, message, param } }
  }
  if (parsed.data.stream) return unsupported('stream', 'This model does not stream.')
  if ((parsed.data.n ?? 1) !== 1) return unsupported('n', 'This model gives one choice only.')
  return { body: parsed.data }
}

function unsupported(param: string, message: string): Refused {
  return { error: { status: 400, message, param, code: 'unsupported_value' } }
}

function replyTo(request: CompletionRequest, model: OfflineModel): Reply | Refused {
  const format = request.response_format
  if (format?.type === 'json_schema') {
    if (format.json_schema?.name === 'triage_decision') {
      return model.decide(request)
    }
    return unsupported('response_format', 'This model knows the schema "triage_decision" only.')
  }
  if ((request.tools ?? []).length > 0) return model.answer(request)
  return { content: 'I have no tools here, so I have no data to answer from.' }
}

/** Waits as a model would think; an abort ends it at once and leaves no timer. */
function think(thinkMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, thinkMs)
    function onAbort(): void {
      clearTimeout(timer)
      reject(abortError())
    }
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}

function abortError(): DOMException {
  return new DOMException('The request was aborted.', 'AbortError')
}
