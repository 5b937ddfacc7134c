import { z } from 'zod'
import type { Usage } from '../core/call.ts'
import { OpsError } from '../core/errors.ts'
import { shorten } from '../core/shorten.ts'
import { isTooLong } from './model-error.ts'
import { readBody } from './reply-stream.ts'
import { isRecord, jsonIn, parseJson, withoutReasoning } from './reply-text.ts'

/** What a model replied, in one shape for every server. */
export type Reply = {
  /** Without reasoning. `readText` checks it. */
  text: string
  toolCalls: FunctionCall[]
  /** The message as the server wrote it. */
  received: Record<string, unknown>
  finish: string | undefined
  isRefused: boolean
  usage?: Usage
  /** The fallback model that replied. */
  fallback?: string
}

/** A call of a tool. Its id is unique in its message. It keeps further fields, such as the `extra_content` of Gemini. */
export type FunctionCall = {
  id: string
  type: 'function'
  function: { name: string; arguments: string }
}

/** How much of an unreadable response the log shows. */
const maxLoggedBytes = 1000

const choiceSchema = z.object({
  message: z.record(z.string(), z.unknown()),
  finish_reason: z.string().optional().catch(undefined),
})
const completionSchema = z.object({ choices: z.array(z.unknown()), usage: z.unknown().optional() })
const usageSchema = z.object({
  prompt_tokens: z.number().nonnegative(),
  completion_tokens: z.number().nonnegative(),
})

/**
 * Reads the response of any server that is compatible with chat completions: text in parts, reasoning in the text, tool
 * calls without a type or an id, with arguments as an object, or in the text, and a stream although none was requested.
 * `tools` are the names of the offered tools.
 * @throws OpsError `model_invalid`, `model_context` or `model_empty` for a response without a message
 */
export function readReply(response: unknown, tools: readonly string[]): Reply {
  // The client returns a body that is not labelled as JSON as a text.
  const body = typeof response === 'string' ? readBody(response) : response
  const completion = completionSchema.safeParse(body)
  if (!completion.success) {
    const cause = shorten(JSON.stringify(body) ?? '', maxLoggedBytes).text
    throw new OpsError(isTooLong(cause) ? 'model_context' : 'model_invalid', { cause })
  }
  const { choices, usage } = completion.data
  if (choices.length === 0) throw new OpsError('model_empty')
  const choice = choiceSchema.safeParse(choices[0])
  if (!choice.success) throw new OpsError('model_invalid', { cause: choice.error })
  const { message, finish_reason: finish } = choice.data
  const text = withoutReasoning(textOf(message.content))
  const calls = functionCalls(message.tool_calls ?? message.function_call)
  const callsInText = calls.length > 0 ? [] : callsAtEnd(text, tools)
  return {
    text: callsInText.length > 0 ? '' : text,
    toolCalls: withIds([...calls, ...callsInText]),
    received: message,
    finish,
    isRefused: Boolean(message.refusal),
    ...readUsage(usage),
  }
}

/**
 * The text of a reply.
 * @throws OpsError `model_refused`, `model_filtered`, `model_cut` or `model_empty`
 */
export function readText({ text, finish, isRefused }: Reply): string {
  // Servers disagree about all other reasons.
  if (finish === 'content_filter') throw new OpsError('model_filtered')
  if (finish === 'length') throw new OpsError('model_cut')
  if (isRefused) throw new OpsError('model_refused')
  if (text === '') throw new OpsError('model_empty')
  return text
}

function readUsage(reported: unknown): { usage?: Usage } {
  const parsed = usageSchema.safeParse(reported)
  if (!parsed.success) return {}
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = parsed.data
  return { usage: { inputTokens, outputTokens } }
}

/** The text of a message that is a text, a part, a list of parts, or JSON that the server has parsed already. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (Array.isArray(content)) return content.map(textOf).join('')
  if (!isRecord(content)) return ''
  if ('type' in content && /think|reason/i.test(String(content.type))) return ''
  if ('text' in content) return textOf(content.text)
  return 'type' in content ? '' : JSON.stringify(content)
}

/** The calls in a list, in one call, or in a text of JSON. */
function functionCalls(given: unknown): FunctionCall[] {
  if (typeof given === 'string') return jsonIn(given).flatMap(({ value }) => functionCalls(value))
  if (Array.isArray(given)) return given.filter((one) => !Array.isArray(one)).flatMap(functionCalls)
  if (!isRecord(given)) return []
  const called = isRecord(given.function) ? given.function : given
  const { name, arguments: args = called.parameters } = called
  if (typeof name !== 'string' || name === '') return []
  const id = typeof given.id === 'string' ? given.id : ''
  const type = 'function'
  return argumentTexts(args).map((text) => {
    return { ...given, id, type, function: { name, arguments: text } }
  })
}

/** One text of arguments, or several: some servers join the arguments of parallel calls to one text. */
function argumentTexts(given: unknown): string[] {
  if (typeof given !== 'string') return [JSON.stringify(given ?? {})]
  if (given.trim() === '') return ['{}']
  const value = parseJson(given)
  // Some servers encode the arguments twice.
  if (typeof value === 'string') return argumentTexts(value)
  if (value !== undefined) return [given]
  const objects = jsonIn(given)
  const gaps = objects.map(({ start }, index) => given.slice(objects[index - 1]?.end ?? 0, start))
  const rest = [...gaps, given.slice(objects.at(-1)?.end)].join('')
  const isSeveral = objects.length > 1 && /^[\s,;]*$/.test(rest)
  return isSeveral ? objects.map(({ value: one }) => JSON.stringify(one)) : [given]
}

/** The calls of offered tools that a text ends with, as JSON. The markup around them depends on the model. */
function callsAtEnd(text: string, tools: readonly string[]): FunctionCall[] {
  if (!tools.some((name) => text.includes(name))) return []
  const found = jsonIn(text)
  const calls = found.flatMap(({ value }) => functionCalls(value))
  const after = text.slice(found.at(-1)?.end)
  // The limit bounds the time of the expression.
  if (after.length > 100 || after.replace(/<[^>]*>|\[[^\]]*\]|`/g, '').trim() !== '') return []
  const isOffered = calls.every((call) => tools.includes(call.function.name))
  return isOffered ? calls : []
}

/** Mistral accepts only ids of nine letters and digits. */
function withIds(calls: FunctionCall[]): FunctionCall[] {
  const ids = new Set<string>()
  return calls.map((call) => {
    const isUsable = call.id !== '' && !ids.has(call.id)
    const id = isUsable ? call.id : crypto.randomUUID().replaceAll('-', '').slice(0, 9)
    ids.add(id)
    return { ...call, id }
  })
}
