import {
  type CompletionRequest,
  completionBody,
  completionRequestSchema,
  errorResponse,
  jsonResponse,
  type ProtocolError,
  type Reply,
} from './protocol.ts'
import { answerPlainly, answerSpecialist } from './specialist.ts'
import { decideTriage } from './triage.ts'

/** The name under which the offline model is listed; it answers to any other as well. */
const modelName = 'offline'

/**
 * A `fetch` that answers the chat-completions protocol by rules: no network, no key, no account. It knows what the
 * request says and nothing else, so it can stand wherever a model can. Every completion takes `thinkMs`.
 */
export function createOfflineFetch({
  thinkMs,
}: {
  /** Milliseconds per completion; with 0 no timer is set. */
  thinkMs: number
}): (input: string | URL | Request, init?: RequestInit) => Promise<Response> {
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
    const reply = replyTo(asked.body)
    return 'error' in reply
      ? errorResponse(reply.error)
      : jsonResponse(200, completionBody(asked.body, reply))
  }
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

function replyTo(request: CompletionRequest): Reply | Refused {
  const format = request.response_format
  if (format?.type === 'json_schema') {
    if (format.json_schema?.name === 'triage_decision') {
      return { content: JSON.stringify(decideTriage(request)) }
    }
    return unsupported('response_format', 'This model knows the schema "triage_decision" only.')
  }
  return (request.tools ?? []).length > 0 ? answerSpecialist(request) : answerPlainly()
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
