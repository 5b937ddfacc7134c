import type OpenAI from 'openai'
import { OpsError } from '../core/errors.ts'

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
  return text.toWellFormed()
}

/**
 * The JSON in a model's reply, also where it stands in a code fence: servers that ignore `response_format` do that.
 * @throws OpsError `model_invalid`, or as `readText`.
 */
export function readJson(choice: OpenAI.ChatCompletion.Choice | undefined): unknown {
  const text = readText(choice)
  const fenced = /```(?:json)?\s*([\s\S]*?)```/.exec(text)
  try {
    return JSON.parse(fenced?.[1] ?? text)
  } catch (cause) {
    throw new OpsError('model_invalid', { cause })
  }
}

function withoutReasoning(text: string): string {
  return text.replace(/^\s*<think>[\s\S]*?<\/think>/, '')
}
