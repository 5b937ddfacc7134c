import type OpenAI from 'openai'
import { shorten } from '../core/shorten.ts'
import type { Reply } from './reply.ts'
import { parseJson } from './reply-text.ts'

/** A message to send. */
export type ModelMessage = {
  message: OpenAI.ChatCompletionMessageParam
  /** A message of the model as its server wrote it. */
  received?: OpenAI.ChatCompletionMessageParam
  /** The length of the whole result of a tool, of which `message` may have a part, in characters. */
  wholeCharacters?: number
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

/** The result of a tool call. The model reads it again with each further call, so a long one is cut. */
export function toolMessage(id: string, content: string, maxBytes: number): ModelMessage {
  const result: ModelMessage = {
    message: { role: 'tool', tool_call_id: id, content },
    wholeCharacters: content.length,
  }
  return cutResult(result, maxBytes)
}

/**
 * Cuts the result of a tool to at most `maxBytes` of UTF-8 with a note for the model, which may then ask for less. Other
 * messages stay as they are.
 */
export function cutResult(result: ModelMessage, maxBytes: number): ModelMessage {
  const { message, wholeCharacters: whole } = result
  const { content } = message
  if (message.role !== 'tool' || typeof content !== 'string' || whole === undefined) return result
  if (!shorten(content, maxBytes).truncated) return result
  const { text } = shorten(content, Math.max(0, maxBytes - maxNoteBytes))
  // Without the ellipsis.
  const left = whole - (text.length - 1)
  const note = `[Cut here: ${left} of ${whole} characters are left out. Ask for less at once, for example with a filter.]`
  return { ...result, message: { ...message, content: `${text}\n\n${note}` } }
}

/** The space of the note and the ellipsis. */
const maxNoteBytes = 140
