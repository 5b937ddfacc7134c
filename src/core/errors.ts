/** Every expected failure, with the sentence that a user may see. */
export const publicReasons = {
  // The request.
  bad_input: 'The request is not valid.',
  unauthorized: 'Please sign in first.',
  sign_on_down: 'Your identity cannot be checked right now. Please try again in a moment.',
  forbidden_origin: 'This request did not come from this site.',
  not_found: 'This does not exist, or it belongs to another user.',
  other_process:
    'This page was served by another server process. Reload it. If that does not help, several server processes run where only one may run.',
  wrong_host:
    'This server does not answer under this host name. Its operator can add the name to ALLOWED_HOSTS.',
  method_not_allowed: 'This URL does not support this method.',
  conversation_busy:
    'This conversation is still answering a question. Wait for the answer, or stop it first.',
  run_taken: 'This run id belongs to another question. Reload the page and ask again.',
  too_large: 'The text is too long. Please shorten it.',
  too_many_requests: 'Too many requests. Please wait a moment and try again.',
  unsupported_media_type: 'Please send JSON or a form.',
  draining: 'The server is restarting. Please try again in a moment.',
  // The run.
  stopped: 'Stopped.',
  interrupted: 'The server restarted before the answer was ready. Please ask again.',
  deadline: 'The time limit was reached.',
  turn_limit: 'The model kept calling tools and gave no answer.',
  tool_arguments: 'The model called the tool with invalid arguments.',
  tool_failed: 'The source system did not answer as expected.',
  // The source system. The message of the error names it.
  source_auth:
    'The source system refused the credentials. Ask the operator of this server to check them.',
  source_forbidden:
    'The source system does not allow this. Ask the operator of this server to check its rights.',
  source_busy: 'The source system limits requests. Please try again in a moment.',
  source_unreachable: 'The source system cannot be reached. Please try again in a moment.',
  source_invalid:
    'The source system did not answer as expected. Ask the operator of this server to check it.',
  tool_reported: 'The tool reported an error.',
  tool_unconfirmed:
    'The connection broke during the call, so it is not known whether the tool did its work.',
  not_approved: 'This tool changes data, and nobody approved the call.',
  approval_over:
    'This call no longer waits for an approval. Reload the page to see what was decided.',
  // The model.
  model_auth: 'The model refused the API key. Ask the operator of this server to check it.',
  model_not_found: 'The model does not exist. Ask the operator of this server to check its name.',
  model_unreachable: 'The model cannot be reached. Please try again in a moment.',
  model_busy: 'The model is busy, or its quota is used up. Please try again in a minute.',
  model_down: 'The model answered with an error. Please try again in a moment.',
  model_rejected: 'The model did not accept the question.',
  model_filtered: 'A content filter blocked the answer. Please rephrase the question.',
  model_refused: 'The model declined to answer.',
  model_empty: 'The model gave an empty answer. Please try again.',
  model_cut: 'The answer is too long for the model. Please ask for less at once.',
  model_context:
    'The question and what was read for it are too long for the model. Please ask for less at once. Ask the operator of this server to lower CONTEXT_TOKENS.',
  model_invalid: 'The model gave an invalid answer. Please try again.',
  // The server.
  bad_setting: 'A setting is not valid.',
  store_failed: 'The history cannot be written. Ask the operator of this server to check it.',
  internal: 'An unexpected error occurred.',
} as const

/** Names a failure. Only the HTTP layer maps it to a status. */
export type OpsErrorCode = keyof typeof publicReasons

/** What an `OpsError` may carry besides its code. */
type OpsErrorOptions = {
  /** A public sentence that says more than the code does. */
  message?: string
  /** What happened, for the log only. */
  cause?: unknown
  /** The invalid field of the input, for `bad_input`. */
  field?: string
  /** When another try makes sense, for `too_many_requests` and `draining`. */
  retryAfterSeconds?: number
}

/** The one error class. Its message may be shown to a user; its `cause` goes to the log only. */
export class OpsError extends Error {
  readonly code: OpsErrorCode
  readonly field: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: OpsErrorCode, options: OpsErrorOptions = {}) {
    super(options.message ?? publicReasons[code], { cause: options.cause })
    this.name = 'OpsError'
    this.code = code
    this.field = options.field
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** An `OpsError` as it is; anything else as the cause of an `internal` one. */
export function asOpsError(thrown: unknown): OpsError {
  return thrown instanceof OpsError ? thrown : new OpsError('internal', { cause: thrown })
}

/** The code of anything that was thrown; `internal` for errors of other classes. */
export function codeOf(thrown: unknown): OpsErrorCode {
  return asOpsError(thrown).code
}

/** The sentence that may be shown for anything that was thrown. */
export function publicReason(thrown: unknown): string {
  return asOpsError(thrown).message
}

/** The reason with which a signal was aborted, always as an `OpsError`: `stopped` for a foreign reason. */
export function stopReason(signal: AbortSignal): OpsError {
  return signal.reason instanceof OpsError
    ? signal.reason
    : new OpsError('stopped', { cause: signal.reason })
}

/** @throws OpsError the reason of the signal, if it is aborted */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw stopReason(signal)
}
