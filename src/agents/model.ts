import type OpenAI from 'openai'
import { OpsError, type OpsErrorCode } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { type Content, type Context, charactersPerToken, fitContext } from './context.ts'
import { isRejection, modelError } from './model-error.ts'
import type { ModelMessage } from './model-message.ts'
import { type Reply, readReply } from './reply.ts'

/** One call of a model. */
export type ModelCall = {
  model: string
  messages: readonly ModelMessage[]
  tools?: OpenAI.ChatCompletionFunctionTool[]
  /** The JSON that the text must be. The messages have to describe it as well: not every server enforces it. */
  format?: OpenAI.ResponseFormatJSONSchema
  /** Without it, the messages are sent as they are. */
  context?: Context
  signal: AbortSignal
}

/** A model on a server. */
export type ModelPlace = { client: OpenAI; model: string }

/** What `Model` needs. */
export type ModelParts = {
  client: OpenAI
  log: Log
  /** Milliseconds on a clock that is never set. */
  monotonicMs: () => number
  /** The model to ask when another one cannot answer within `afterMs`. */
  fallback?: (ModelPlace & { afterMs: number }) | undefined
}

/** One way to write a request. `name` describes it in the log. */
type Form = { name: string; body: OpenAI.ChatCompletionCreateParamsNonStreaming }

/** How long the fallback is asked first after a model could not answer. */
const fallbackMs = 30_000

/**
 * Calls models. It remembers for the life of the process which form of a request the server of a model accepts, and for some
 * seconds which models cannot answer. Both have an entry for each model of the settings at most.
 */
export class Model {
  readonly #parts: ModelParts
  /** The position of the accepted form. */
  readonly #accepted = new Map<string, number>()
  /** When a model that could not answer is tried again. */
  readonly #retryAtMs = new Map<string, number>()

  constructor(parts: ModelParts) {
    this.#parts = parts
  }

  /**
   * Makes one call, and one of the fallback model if the model is busy, down, unreachable or late. After that the fallback is
   * asked first for 30 s, because each call of the other model waits for its retries. Then one call tries that model again.
   * @throws OpsError as `readReply`; otherwise what the client throws
   */
  async complete(asked: ModelCall): Promise<Reply> {
    const { client, fallback, log, monotonicMs } = this.#parts
    const { model, signal, context } = asked
    const call = context === undefined ? asked : { ...asked, context: shownOnce(context) }
    const ask = () => this.#completeWithin({ client, model }, call)
    if (fallback === undefined || (fallback.client === client && fallback.model === model)) {
      return ask()
    }
    const askFallback = async () => {
      const reply = await this.#completeWithin(fallback, call)
      return { ...reply, fallback: fallback.model }
    }
    const retryAtMs = this.#retryAtMs.get(model)
    const isFallbackFirst = retryAtMs !== undefined && monotonicMs() < retryAtMs
    // The other calls ask the fallback while this one tries.
    if (retryAtMs !== undefined && !isFallbackFirst) this.#postpone(model)
    const late = new AbortController()
    const limited = AbortSignal.any([signal, late.signal])
    const askInTime = async () => {
      const timer = setTimeout(() => late.abort(tooLate(fallback.afterMs)), fallback.afterMs)
      try {
        return await this.#completeWithin({ client, model }, { ...call, signal: limited })
      } finally {
        clearTimeout(timer)
      }
    }
    try {
      const reply = await (isFallbackFirst ? askFallback() : askInTime())
      if (!isFallbackFirst) this.#retryAtMs.delete(model)
      return reply
    } catch (thrown) {
      const cause = modelError(thrown, limited)
      const isElsewhere = fallback.client !== client
      if (!passing.has(cause.code) && !(isElsewhere && ofServer.has(cause.code))) throw cause
      const [failed, next] = isFallbackFirst ? [fallback.model, model] : [model, fallback.model]
      log.warn(`${failed} cannot answer, so ${next} is asked`, { cause })
      if (isFallbackFirst) {
        this.#retryAtMs.delete(model)
        return ask()
      }
      const reply = await askFallback()
      this.#postpone(model)
      return reply
    }
  }

  #postpone(model: string): void {
    this.#retryAtMs.set(model, this.#parts.monotonicMs() + fallbackMs)
  }

  /** Trims the messages to the context. If the server still says that they are too long, it gets half of them. */
  async #completeWithin(place: ModelPlace, call: ModelCall): Promise<Reply> {
    const { context, tools = [], format, messages } = call
    if (context === undefined) return this.#completeOnce(place, call)
    const schemas = [...tools.map((tool) => tool.function), ...(format ? [format] : [])]
    const content: Content = { messages, schemas }
    const fitted = fitContext(content, context.maxTokens * charactersPerToken)
    if (fitted.trimmed) context.onTrimmed(fitted.trimmed)
    try {
      return await this.#completeOnce(place, { ...call, messages: fitted.messages })
    } catch (cause) {
      if (modelError(cause, call.signal).code !== 'model_context') throw cause
      const half = fitContext(content, fitted.characters / 2)
      if (half.trimmed === undefined || half.characters >= fitted.characters) throw cause
      const sent = Math.ceil(fitted.characters / charactersPerToken)
      const message = `about ${sent} tokens are too long for ${place.model}, so it gets half of them; lower CONTEXT_TOKENS`
      this.#parts.log.warn(message, { cause })
      context.onTrimmed(half.trimmed)
      return this.#completeOnce(place, { ...call, messages: half.messages })
    }
  }

  async #completeOnce(place: ModelPlace, call: ModelCall): Promise<Reply> {
    const response = await this.#send(place, call)
    return readReply(response, call.tools?.map((tool) => tool.function.name) ?? [])
  }

  /** Tries the accepted form first. It tries the others too, because a server can be updated meanwhile. */
  async #send({ client, model }: ModelPlace, call: ModelCall): Promise<unknown> {
    const { format, signal } = call
    const named = { ...call, model }
    const forms = format === undefined ? messageForms(named) : formatForms(named, format)
    const kind = format === undefined ? 'messages' : 'format'
    const key = JSON.stringify([client.baseURL, model, kind])
    const known = Math.min(this.#accepted.get(key) ?? 0, forms.length - 1)
    let rejection: unknown
    for (const form of [...forms.slice(known), ...forms.slice(0, known)]) {
      try {
        const response = await client.chat.completions.create(form.body, { signal })
        const position = forms.indexOf(form)
        if (rejection !== undefined && this.#accepted.get(key) !== position) {
          this.#accepted.set(key, position)
          const message = `the server of ${model} rejected a request; from now on it gets ${form.name}`
          this.#parts.log.warn(message, { cause: rejection })
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

/**
 * Failures that another model may not have: of the model, and of the source of its tokens. After a stop the code is that of
 * the stop.
 */
const passing = new Set<OpsErrorCode>([
  'model_busy',
  'model_down',
  'model_unreachable',
  'source_busy',
  'source_unreachable',
])

/** Failures that another server may not have: a key that has expired, or a model that was removed. */
const ofServer = new Set<OpsErrorCode>(['model_auth', 'model_not_found'])

function tooLate(afterMs: number): OpsError {
  return new OpsError('model_busy', { cause: `no answer within ${afterMs / 1000} s` })
}

/** Both models may get the same trimmed request. */
function shownOnce({ maxTokens, onTrimmed }: Context): Context {
  const shown = new Set<string>()
  return {
    maxTokens,
    onTrimmed(trimmed) {
      const key = JSON.stringify(trimmed)
      if (!shown.has(key)) onTrimmed(trimmed)
      shown.add(key)
    },
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
