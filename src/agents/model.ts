import type OpenAI from 'openai'
import type { OpsErrorCode } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { isRejection, modelError } from './model-error.ts'
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

/** Calls models. It remembers for the life of the process which form of a request the server of a model accepts. */
export class Model {
  readonly #client: OpenAI
  readonly #log: Log
  readonly #fallback: string | undefined
  /** The position of the accepted form. It has at most two entries for each model of the settings. */
  readonly #accepted = new Map<string, number>()

  /** @param fallback the name of the model to ask when another one cannot answer */
  constructor(client: OpenAI, log: Log, fallback?: string) {
    this.#client = client
    this.#log = log
    this.#fallback = fallback
  }

  /**
   * Makes one call, and one of the fallback model if the model is busy, down or unreachable.
   * @throws OpsError as `readReply`; otherwise what the client throws
   */
  async complete(call: ModelCall): Promise<Reply> {
    const fallback = this.#fallback
    try {
      return await this.#completeOnce(call)
    } catch (cause) {
      if (fallback === undefined || fallback === call.model) throw cause
      if (!passing.has(modelError(cause, call.signal).code)) throw cause
      this.#log.warn(`${call.model} cannot answer, so ${fallback} is asked`, { cause })
      return { ...(await this.#completeOnce({ ...call, model: fallback })), fallback }
    }
  }

  async #completeOnce(call: ModelCall): Promise<Reply> {
    const response = await this.#send(call)
    return readReply(response, call.tools?.map((tool) => tool.function.name) ?? [])
  }

  /** Tries the accepted form first. It tries the others too, because a server can be updated meanwhile. */
  async #send(call: ModelCall): Promise<unknown> {
    const { model, format, signal } = call
    const forms = format === undefined ? messageForms(call) : formatForms(call, format)
    const key = JSON.stringify([model, format === undefined ? 'messages' : 'format'])
    const known = Math.min(this.#accepted.get(key) ?? 0, forms.length - 1)
    let rejection: unknown
    for (const form of [...forms.slice(known), ...forms.slice(0, known)]) {
      try {
        const response = await this.#client.chat.completions.create(form.body, { signal })
        const position = forms.indexOf(form)
        if (rejection !== undefined && this.#accepted.get(key) !== position) {
          this.#accepted.set(key, position)
          const message = `the server of ${model} rejected a request; from now on it gets ${form.name}`
          this.#log.warn(message, { cause: rejection })
        }
        return response
      } catch (error) {
        if (!isRejection(error)) throw error
        rejection ??= error
      }
    }
    throw rejection
  }
}

/** Failures that another model may not have. After a stop the code is that of the stop. */
const passing = new Set<OpsErrorCode>(['model_busy', 'model_down', 'model_unreachable'])

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

function formatForms(
  { model, messages }: ModelCall,
  response_format: OpenAI.ResponseFormatJSONSchema,
): Form[] {
  const body = { model, messages: messages.map(({ message }) => message) }
  const jsonObject = { type: 'json_object' as const }
  return [
    { name: 'response_format json_schema', body: { ...body, response_format } },
    { name: 'response_format json_object', body: { ...body, response_format: jsonObject } },
    { name: 'no response_format', body },
  ]
}

/**
 * Groq rejects a message with its own `reasoning` field. DeepSeek and Gemini reject one without `reasoning_content` or
 * `extra_content`.
 */
function messageForms({ model, messages, tools }: ModelCall): Form[] {
  const rest = { model, ...(tools !== undefined && { tools }) }
  const plain = messages.map(({ message }) => message)
  const received = messages.map(({ message, received: own = message }) => own)
  const forms: Form[] = [
    { name: 'only the protocol fields of its messages', body: { ...rest, messages: plain } },
    { name: 'its messages back as it wrote them', body: { ...rest, messages: received } },
  ]
  return messages.some((message) => message.received) ? forms : forms.slice(0, 1)
}
