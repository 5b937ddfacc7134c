import type OpenAI from 'openai'
import { z } from 'zod'
import type { Usage } from '../core/call.ts'
import { OpsError } from '../core/errors.ts'
import { shorten } from '../core/shorten.ts'

/** How much of an answer is kept, because every page and every later question carries it. */
const maxAnswerBytes = 131_072

/**
 * The text of a model's reply, without the `<think>` part that some open models put before it.
 * @throws OpsError `model_refused`, `model_filtered` or `model_empty`.
 */
export function readText(choice: OpenAI.ChatCompletion.Choice | undefined): string {
  if (choice === undefined) throw new OpsError('model_empty')
  if (choice.finish_reason === 'content_filter') throw new OpsError('model_filtered')
  if (choice.message.refusal) throw new OpsError('model_refused')
  const { content } = choice.message
  const text = typeof content === 'string' ? withoutReasoning(content).trim() : ''
  if (text === '') throw new OpsError('model_empty')
  const { text: kept, truncated } = shorten(text, maxAnswerBytes)
  return truncated ? `${kept}\n\n*The answer was longer and is cut here.*` : kept
}

/**
 * The JSON in a model's reply. It may be in a code fence, because some servers ignore `response_format`.
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

/** The usage that a server reports, if it reports a valid one. */
export function readUsage(reported: unknown): { usage?: Usage } {
  const parsed = usageSchema.safeParse(reported)
  if (!parsed.success) return {}
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = parsed.data
  return { usage: { inputTokens, outputTokens } }
}

/** Removes a fence around the whole text. A fence inside the text stays. */
function withoutFence(text: string): string {
  if (!text.startsWith('```') || !text.endsWith('```') || text.length < 6) return text
  return text.slice(3, -3).replace(/^json/, '')
}

function withoutReasoning(text: string): string {
  const end = text.indexOf('</think>')
  return end >= 0 && text.trimStart().startsWith('<think>') ? text.slice(end + 8) : text
}
