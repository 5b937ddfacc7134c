import { resultText } from './scripted-model.ts'

/** A message of the protocol, with whatever else a server puts into it. */
export type Message = {
  role: string
  content?: unknown
  tool_calls?: unknown
  [field: string]: unknown
}

/** A request to a server, as far as it is read here. */
export type ChatRequest = {
  model: string
  messages: Message[]
  tools?: unknown[]
  response_format?: { type: string }
}

/** A response. `message` and `finish` are those of its only choice. */
export type Completion = { message: Message; finish: unknown; usage: unknown }

/** How a server departs from the protocol. */
export type Quirk = {
  /** Returns the response to a request that the server rejects. */
  reject?: (request: ChatRequest) => Response | undefined
  /** Changes the text of a message: the decision of triage, or an answer. */
  text?: (text: string, isDecision: boolean) => string
  /** Changes a message, after `text`. */
  message?: (message: Message) => Message
  completion?: (completion: Completion) => Completion
  respond?: (completion: Completion) => Response
}

type Call = { id: string; type: string; function: { name: string; arguments: string } }

/** The question's specialist, its two tool calls, and the answer that contains both results. */
function replyTo({ messages }: ChatRequest): Message {
  const said = (text: string) => ({ role: 'assistant', content: text })
  if (isTriage(messages)) {
    const tasks = [{ agent: 'ServiceNow', question: 'What is open and what is closed?' }]
    return said(JSON.stringify({ tasks, reject_reason: null }))
  }
  const results = messages.filter(({ role }) => role === 'tool')
  if (results.length === 0) {
    const calls = ['open', 'closed'].map((state) => toCall({ state: [state] }))
    return { role: 'assistant', content: null, tool_calls: calls }
  }
  const totals = results.map(
    ({ content }) => (JSON.parse(resultText(String(content))) as { total: number }).total,
  )
  return said(`**${totals.join(' and ')}** changes are open and closed.`)
}

function toCall(given: unknown): Call {
  return {
    id: `call_${crypto.randomUUID()}`,
    type: 'function',
    function: { name: 'list_change_requests', arguments: JSON.stringify(given) },
  }
}

/**
 * Starts a server that is strict about its requests and departs from the protocol in its responses. `violations` are
 * the requests that break the protocol.
 */
export function startCompatibleServer(...quirks: Quirk[]) {
  const violations: string[] = []
  const rejected: ChatRequest[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const body = (await request.json()) as ChatRequest
      const violation = violationIn(body)
      if (violation !== undefined) violations.push(violation)
      for (const { reject } of quirks) {
        const response = reject?.(body)
        if (response === undefined) continue
        rejected.push(body)
        return response
      }
      const message = replyTo(body)
      for (const { text } of quirks) {
        if (typeof message.content !== 'string' || text === undefined) continue
        message.content = text(message.content, isTriage(body.messages))
      }
      const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
      const completion = quirks.reduce<Completion>(
        (given, quirk) => quirk.completion?.(given) ?? given,
        {
          message: quirks.reduce((given, quirk) => quirk.message?.(given) ?? given, message),
          finish: message.tool_calls ? 'tool_calls' : 'stop',
          usage,
        },
      )
      const respond = quirks.find((quirk) => quirk.respond)?.respond
      return respond?.(completion) ?? Response.json(toBody(completion))
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    violations,
    rejected,
    stop: () => server.stop(true),
  }
}

/** The body of a response in one piece. */
export function toBody({ message, finish, usage }: Completion) {
  const choices = [{ index: 0, message, finish_reason: finish }]
  return { id: 'chatcmpl-1', object: 'chat.completion', model: 'm', choices, usage }
}

/** A response with an error, as most servers write it. */
export function rejection(status: number, message: string): Response {
  const headers = { 'retry-after-ms': '1' }
  return Response.json({ error: { message, type: 'invalid_request_error' } }, { status, headers })
}

function isTriage(messages: Message[]): boolean {
  return String(messages[0]?.content).startsWith('You are the triage agent')
}

/** How a request breaks the protocol. Most servers reject such a request, some fail with it. */
function violationIn({ messages, tools }: ChatRequest): string | undefined {
  if (tools?.length === 0) return 'an empty list of tools'
  const open = new Set<string>()
  for (const { role, content, tool_calls: calls, tool_call_id: id } of messages) {
    if (role === 'tool' && !open.delete(String(id))) return `a result for the unknown call ${id}`
    if (role !== 'tool' && open.size > 0) return 'a call without a result'
    for (const call of (calls ?? []) as Call[]) {
      if (call.type !== 'function') return `a call of the type ${call.type}`
      if (!/^\w{9,}/.test(call.id) || open.has(call.id)) return `the id ${call.id}`
      if (typeof call.function.arguments !== 'string') return 'arguments that are no text'
      if (typeof JSON.parse(call.function.arguments) !== 'object')
        return 'arguments of another type'
      open.add(call.id)
    }
    if (role !== 'tool' && content === undefined) return 'a message without content'
  }
  return open.size > 0 ? 'a call without a result' : undefined
}
