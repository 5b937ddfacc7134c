import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai'
import { OpsError, type OpsErrorCode, stopReason } from '../core/errors.ts'

/** Converts what a model call threw into an `OpsError`. After a stop it is always the reason of the stop. */
export function modelError(error: unknown, signal: AbortSignal): OpsError {
  if (signal.aborted) return stopReason(signal)
  if (error instanceof OpsError) return error
  return new OpsError(codeOfModelError(error), { cause: error })
}

/**
 * Whether a server rejected a request that another form of it may not. llama-cpp-python answers 500 for a response format
 * that it does not know.
 */
export function isRejection(error: unknown): boolean {
  if (!(error instanceof APIError) || codeOfStatus(error) === 'model_filtered') return false
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

function codeOfStatus({ status, code }: APIError): OpsErrorCode {
  // Azure OpenAI answers 400 with this code when its filter blocks the question.
  if (code === 'content_filter') return 'model_filtered'
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
