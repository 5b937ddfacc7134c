import type OpenAI from 'openai'
import { APIError } from 'openai'
import type { Log } from '../core/log.ts'
import { type Reply, readReply } from './reply.ts'
import { parseJson } from './reply-text.ts'

/** A message to send. `received` is a message of the model as its server wrote it. */
export type ModelMessage = {
  message: OpenAI.ChatCompletionMessageParam
  received?: OpenAI.ChatCompletionMessageParam
}

/** One call of a model. */
export type ModelCall = {
  model: string
  messages: readonly ModelMessage[]
  tools?: OpenAI.ChatCompletionFunctionTool[]
  /** The JSON that the text must be. The messages have to describe it as well: not every server enforces it. */
  format?: OpenAI.ResponseFormatJSONSchema
  signal: AbortSignal
}

/** One way to write a request. `name` describes it in the log. */
type Form = { name: string; body: OpenAI.ChatCompletionCreateParamsNonStreaming }

/** The statuses of a rejected request. llama-cpp-python answers 500 for a response format that it does not know. */
const rejections: (number | undefined)[] = [400, 415, 422, 500, 501]

/** Calls models. It remembers for the life of the process which form of a request the server of a model accepts. */
export class Model {
  readonly #client: OpenAI
  readonly #log: Log
  /** Has two entries per model at most, and the settings list the models. */
  readonly #accepted = new Map<string, number>()

  constructor(client: OpenAI, log: Log) {
    this.#client = client
    this.#log = log
  }

  /**
   * Makes one call.
   * @throws OpsError as `readReply`; otherwise what the client throws
   */
  async complete(call: ModelCall): Promise<Reply> {
    const response = await this.#send(call)
    return readReply(response, call.tools?.map((tool) => tool.function.name) ?? [])
  }

  async #send(call: ModelCall): Promise<unknown> {
    const forms = call.format === undefined ? messageForms(call) : formatForms(call, call.format)
    const key = JSON.stringify([call.model, call.format === undefined ? 'messages' : 'format'])
    const known = Math.min(this.#accepted.get(key) ?? 0, forms.length - 1)
    let rejection: unknown
    for (const form of [...forms.slice(known), ...forms.slice(0, known)]) {
      try {
        const { signal } = call
        const response = await this.#client.chat.completions.create(form.body, { signal })
        if (rejection !== undefined) this.#remember(key, forms.indexOf(form), call.model, form.name)
        return response
      } catch (error) {
        if (!isRejection(error)) throw error
        rejection ??= error
      }
    }
    throw rejection
  }

  #remember(key: string, position: number, model: string, name: string): void {
    if (this.#accepted.get(key) === position) return
    this.#accepted.set(key, position)
    this.#log.warn(`the server of ${model} rejected a request; from now on it gets ${name}`)
  }
}

/** The message of a reply, to be sent back with the results of its tools. */
export function messageOf({ text, toolCalls, received }: Reply): ModelMessage {
  const calls = toolCalls.map(({ id, type, function: { name, arguments: given } }) => {
    // Servers parse the arguments again and reject the request if that fails.
    const args = parseJson(given) === undefined ? '{}' : given
    return { id, type, function: { name, arguments: args } }
  })
  return {
    message: { role: 'assistant', content: text || null, tool_calls: calls },
    received: { content: null, ...received, role: 'assistant', tool_calls: toolCalls },
  }
}

function formatForms({ model, messages }: ModelCall, format: OpenAI.ResponseFormatJSONSchema) {
  const body = { model, messages: messages.map(({ message }) => message) }
  const forms: Form[] = [
    { name: 'response_format json_schema', body: { ...body, response_format: format } },
    {
      name: 'response_format json_object',
      body: { ...body, response_format: { type: 'json_object' } },
    },
    { name: 'no response_format', body },
  ]
  return forms
}

/**
 * Groq rejects a message with its own `reasoning` field. DeepSeek and Gemini reject one without `reasoning_content` or
 * `extra_content`.
 */
function messageForms({ model, messages, tools }: ModelCall): Form[] {
  const rest = { model, ...(tools !== undefined && { tools }) }
  const plain: Form = {
    name: 'its messages with the fields of the protocol only',
    body: { ...rest, messages: messages.map(({ message }) => message) },
  }
  if (messages.every(({ received }) => received === undefined)) return [plain]
  const body = {
    ...rest,
    messages: messages.map(({ message, received = message }) => received),
  }
  return [plain, { name: 'its messages back as it wrote them', body }]
}

function isRejection(error: unknown): boolean {
  // Azure OpenAI answers 400 with this code when its filter blocks the question.
  if (!(error instanceof APIError) || error.code === 'content_filter') return false
  return rejections.includes(error.status)
}
