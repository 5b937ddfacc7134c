/** The fields of a request to the model that the tests read. */
export type ModelRequest = {
  model: string
  messages: {
    role: string
    content: string | null
    tool_call_id?: string
    tool_calls?: unknown[]
  }[]
  tools?: { function: { name: string; description: string; parameters: unknown } }[]
  response_format?: { type: string; json_schema?: { name: string; schema: unknown } }
}

/** The reply of the model, or a fault: `hang` never replies, `drop` sends half a reply. */
export type ModelReply =
  | { text: string; finish?: string }
  | { call: { tool: string; arguments: unknown }[] }
  | { decide: { agent: string; question: string }[]; reject?: string }
  | { refuse: string }
  | { status: number; code?: string; headers?: Record<string, string> }
  | { body: string }
  | 'hang'
  | 'drop'

/** Replies to a request. `turn` is the number of tool results in it. */
export type Script = (request: ModelRequest, turn: number) => ModelReply | Promise<ModelReply>

/** Starts a model server: the chat-completions protocol on a real socket, with the replies of a script. */
export function startScriptedModel(script: Script) {
  const requests: ModelRequest[] = []
  let aborted = 0
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 60,
    async fetch(request) {
      const body = (await request.json()) as ModelRequest
      requests.push(body)
      const turn = body.messages.filter(({ role }) => role === 'tool').length
      const reply = await script(body, turn)
      if (reply === 'hang') {
        return new Promise<Response>((resolve) => {
          request.signal.addEventListener('abort', () => {
            aborted += 1
            resolve(new Response(null, { status: 499 }))
          })
        })
      }
      return respond(reply, body.model)
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    requests,
    /** The number of requests that were aborted while they waited. */
    get aborted() {
      return aborted
    },
    stop: () => server.stop(true),
  }
}

/** Returns whether triage sent the request. */
export function isTriage(request: ModelRequest): boolean {
  return request.messages[0]?.content?.startsWith('You are the triage agent') ?? false
}

/** The last message of the user. */
export function lastQuestion(request: ModelRequest): string {
  return request.messages.findLast(({ role }) => role === 'user')?.content ?? ''
}

/** The content of a tool message without the number of the result. */
export function resultText(content: string | null | undefined): string {
  return (content ?? '').replace(/^Result \[\d+\]:\n/, '')
}

function respond(reply: Exclude<ModelReply, 'hang'>, model: string): Response {
  if (reply === 'drop') return new Response('{"id": "cut', { headers: { 'content-length': '999' } })
  if ('body' in reply) return new Response(reply.body, { headers: json })
  if ('status' in reply) {
    const error = { message: 'secret detail of the provider', type: 'error', code: reply.code }
    return Response.json({ error }, { status: reply.status, headers: reply.headers ?? {} })
  }
  return Response.json({
    id: `chatcmpl-${crypto.randomUUID()}`,
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, ...choiceOf(reply) }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  })
}

const json = { 'content-type': 'application/json' }

function choiceOf(
  reply: Exclude<ModelReply, 'hang' | 'drop' | { body: string } | { status: number }>,
) {
  if ('text' in reply) return choice({ content: reply.text }, reply.finish)
  if ('refuse' in reply) return choice({ content: null, refusal: reply.refuse })
  if ('decide' in reply) {
    const decision = { tasks: reply.decide, reject_reason: reply.reject ?? null }
    return choice({ content: JSON.stringify(decision) })
  }
  const calls = reply.call.map(({ tool, arguments: given }) => ({
    id: `call_${crypto.randomUUID()}`,
    type: 'function',
    function: { name: tool, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
  }))
  return choice({ content: null, tool_calls: calls }, 'tool_calls')
}

function choice(message: Record<string, unknown>, finish = 'stop') {
  return { message: { role: 'assistant', ...message }, finish_reason: finish, logprobs: null }
}
