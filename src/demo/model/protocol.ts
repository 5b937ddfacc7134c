import { z } from 'zod'
import type { Call } from './plan.ts'

const part = z.looseObject({ type: z.string(), text: z.string().optional() })
const content = z.union([z.string(), z.array(part)]).nullish()

const toolCall = z.looseObject({
  id: z.string(),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
})

const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content,
  tool_calls: z.array(toolCall).nullish(),
  tool_call_id: z.string().optional(),
})

const tool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name: z.string(),
    description: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()).optional(),
  }),
})

const responseFormat = z.looseObject({
  type: z.string(),
  json_schema: z
    .looseObject({ name: z.string(), schema: z.record(z.string(), z.unknown()).optional() })
    .optional(),
})

/** The body of a request for a completion, as far as it is read here. */
export const completionRequestSchema = z.looseObject({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  tools: z.array(tool).nullish(),
  tool_choice: z.union([z.string(), z.looseObject({ type: z.string() })]).nullish(),
  response_format: responseFormat.nullish(),
  stream: z.boolean().nullish(),
  n: z.int().nullish(),
})

export type CompletionRequest = z.infer<typeof completionRequestSchema>
export type RequestMessage = CompletionRequest['messages'][number]

/** What is answered: text, or calls of tools. */
export type Reply = { content: string } | { calls: Call[] }

/** The text of a message, whether it came as a string or in parts. */
export function contentOf(message: RequestMessage | undefined): string {
  const given = message?.content ?? ''
  return typeof given === 'string' ? given : given.map(({ text }) => text ?? '').join('\n')
}

/** The body of a completion, with ids that occur once and a usage that is plausible: four letters to a token. */
export function completionBody(request: CompletionRequest, reply: Reply): Record<string, unknown> {
  const written = 'content' in reply ? reply.content : JSON.stringify(reply.calls)
  const promptTokens = tokensOf(JSON.stringify([request.messages, request.tools ?? []]))
  const completionTokens = tokensOf(written)
  return {
    id: `chatcmpl-${crypto.randomUUID()}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: request.model,
    choices: [
      {
        index: 0,
        message: messageBody(reply),
        logprobs: null,
        finish_reason: 'content' in reply ? 'stop' : 'tool_calls',
      },
    ],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  }
}

function messageBody(reply: Reply): Record<string, unknown> {
  if ('content' in reply) return { role: 'assistant', content: reply.content, refusal: null }
  return {
    role: 'assistant',
    content: null,
    refusal: null,
    tool_calls: reply.calls.map(({ tool: name, args }) => ({
      id: `call_${crypto.randomUUID().replaceAll('-', '')}`,
      type: 'function',
      function: { name, arguments: JSON.stringify(args) },
    })),
  }
}

function tokensOf(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4))
}

/** What is wrong with a request, in the shape that OpenAI's clients know. */
export type ProtocolError = {
  status: 400 | 404 | 405
  message: string
  param?: string
  code?: string
}

/** A JSON answer; an error as OpenAI words it. */
export function jsonResponse(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': `req_${crypto.randomUUID().replaceAll('-', '')}`,
    },
  })
}

/** The answer to a request that cannot be served. */
export function errorResponse({ status, message: told, param, code }: ProtocolError): Response {
  return jsonResponse(status, {
    error: {
      message: told,
      type: 'invalid_request_error',
      param: param ?? null,
      code: code ?? null,
    },
  })
}
