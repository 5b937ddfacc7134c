import type OpenAI from 'openai'
import { z } from 'zod'
import type { Usage } from '../core/call.ts'
import { OpsError } from '../core/errors.ts'

/** How much of an answer is kept. Past it the page, and every later question, would suffer. */
const maxAnswerCharacters = 131_072

/**
 * The text of a model's reply, without the `<think>` part that some open models leave in it.
 * @throws OpsError `model_refused`, `model_filtered` or `model_empty`.
 */
export function readText(choice: OpenAI.ChatCompletion.Choice | undefined): string {
  if (choice === undefined) throw new OpsError('model_empty')
  if (choice.finish_reason === 'content_filter') throw new OpsError('model_filtered')
  if (choice.message.refusal) throw new OpsError('model_refused')
  const { content } = choice.message
  const text = typeof content === 'string' ? withoutReasoning(content).trim() : ''
  if (text === '') throw new OpsError('model_empty')
  return shorten(text.toWellFormed())
}

/**
 * The JSON in a model's reply, also where it stands in a code fence: servers that ignore `response_format` do that.
 * @throws OpsError `model_invalid`, or as `readText`.
 */
export function readJson(choice: OpenAI.ChatCompletion.Choice | undefined): unknown {
  const text = readText(choice)
  try {
    return JSON.parse(withoutFence(text))
  } catch (cause) {
    throw new OpsError('model_invalid', { cause })
  }
}

const usageSchema = z.object({
  prompt_tokens: z.number().nonnegative(),
  completion_tokens: z.number().nonnegative(),
})

/** What a server says it used; nothing where it says none, or nonsense. */
export function readUsage(given: unknown): { usage?: Usage } {
  const parsed = usageSchema.safeParse(given)
  if (!parsed.success) return {}
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = parsed.data
  return { usage: { inputTokens, outputTokens } }
}

function shorten(text: string): string {
  if (text.length <= maxAnswerCharacters) return text
  const kept = text.slice(0, maxAnswerCharacters).replace(/[\ud800-\udbff]$/, '')
  return `${kept}…\n\n*The answer was longer. The rest is left out.*`
}

/** A fence around all of it; one within is part of a text. */
function withoutFence(text: string): string {
  if (!text.startsWith('```') || !text.endsWith('```') || text.length < 6) return text
  return text.slice(3, -3).replace(/^json/, '')
}

function withoutReasoning(text: string): string {
  const end = text.indexOf('</think>')
  return end >= 0 && text.trimStart().startsWith('<think>') ? text.slice(end + 8) : text
}
