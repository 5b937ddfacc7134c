import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
  OpenAIError,
} from 'openai'
import { OpsError, type OpsErrorCode, stopReason } from '../core/errors.ts'

/** Converts what a model call threw into an `OpsError`. After a stop it is always the reason of the stop. */
export function modelError(error: unknown, signal: AbortSignal): OpsError {
  if (signal.aborted) return stopReason(signal)
  if (error instanceof OpsError) return error
  // The client wraps the error of a token of Entra.
  if (error instanceof OpenAIError && error.cause instanceof OpsError) return error.cause
  return new OpsError(codeOfModelError(error), { cause: error })
}

/**
 * Whether a server rejected a request that another form of it may not. llama-cpp-python answers 500 for a response format
 * that it does not know.
 */
export function isRejection(error: unknown): boolean {
  if (!(error instanceof APIError)) return false
  const code = codeOfStatus(error)
  if (code === 'model_filtered' || code === 'model_context') return false
  return [400, 415, 422, 500, 501].includes(error.status ?? 0)
}

function codeOfModelError(error: unknown): OpsErrorCode {
  if (error instanceof APIUserAbortError) return 'stopped'
  if (error instanceof APIConnectionTimeoutError) return 'deadline'
  if (error instanceof APIConnectionError) return 'model_unreachable'
  if (error instanceof APIError) return codeOfStatus(error)
  // The client throws plain errors for a reply that breaks the protocol: no JSON, or no choices.
  return 'model_invalid'
}

/**
 * Whether an error says that a request is longer than the context of the model. OpenAI and Azure send the code
 * `context_length_exceeded`; of other servers only the text says it. LM Studio sends it with the status 200.
 */
export function isTooLong(text: string): boolean {
  return tooLong.test(text.slice(0, 2000))
}

const tooLong = new RegExp(
  [
    'context[ _](?:length|size|window)',
    'maximum (?:prompt|input|sequence) length',
    '(?:prompt|input|request|messages?) (?:is|are) too long',
    'input token count',
    'reduce the length of the (?:messages|prompt|input)',
    'exceed(?:s|ed)? (?:the )?(?:model )?token limit',
  ].join('|'),
  'i',
)

function codeOfStatus({ status, code, message }: APIError): OpsErrorCode {
  // Azure OpenAI answers 400 with this code when its filter blocks the question.
  if (code === 'content_filter') return 'model_filtered'
  if ([400, 413, 422, 500].includes(status ?? 0) && isTooLong(`${code} ${message}`)) {
    return 'model_context'
  }
  switch (status) {
    case 401:
    case 403:
      return 'model_auth'
    case 404:
      return 'model_not_found'
    case 408:
    case 429:
      return 'model_busy'
    case undefined:
      return 'model_invalid'
    default:
      return status >= 500 ? 'model_down' : 'model_rejected'
  }
}
