/** Every way in which OpsAgent fails on purpose, with the sentence that a reader may see. */
export const publicReasons = {
  // what the caller sent
  bad_input: 'Something in the request is not right.',
  unauthorized: 'Please sign in first.',
  sign_on_down: 'Who you are cannot be checked right now. Please try again in a moment.',
  forbidden_origin: 'This request did not come from this site.',
  not_found: 'There is nothing here, or it is not yours.',
  other_process:
    'This page came from another server process than the one that answers now. Reload it. If that does not help, the server runs as several processes, and it must be one.',
  wrong_host:
    'This server answers under its own names only. Whoever runs it can add this one to ALLOWED_HOSTS.',
  method_not_allowed: 'This address does not take that method.',
  conversation_busy: 'This conversation is still answering. Wait for it, or stop it first.',
  run_taken: 'Another question was already sent under this run id. Reload the page and ask again.',
  too_large: 'That is too long. Please shorten it.',
  too_many_requests: 'That was a lot at once. Please wait a moment and try again.',
  unsupported_media_type: 'Please send JSON or a form.',
  draining: 'The server is restarting. Please try again in a moment.',
  // what the run met
  stopped: 'Stopped.',
  interrupted: 'The server restarted before the answer was ready. Please ask again.',
  deadline: 'It took too long and was given up.',
  turn_limit: 'The model kept calling tools without coming to an answer.',
  tool_arguments: 'The model called it with arguments that do not fit.',
  tool_failed: 'The source system did not answer as expected.',
  // what the model did
  model_auth: 'The model refused our key. Ask whoever runs this server to check it.',
  model_not_found: 'The model does not exist under this name. Ask whoever runs this server.',
  model_unreachable: 'The model cannot be reached. Please try again in a moment.',
  model_busy: 'The model is busy or its quota is used up. Please try again in a minute.',
  model_down: 'The model answered with an error. Please try again in a moment.',
  model_rejected: 'The model did not accept the question.',
  model_filtered: 'A content filter stopped the answer. Please put the question differently.',
  model_refused: 'The model declined to answer this.',
  model_empty: 'The model gave an empty answer. Please try again.',
  model_cut: 'The answer became too long for the model. Please ask for less at once.',
  model_invalid: 'The model gave an answer that makes no sense. Please try again.',
  // what went wrong with us
  bad_setting: 'A setting is not valid.',
  store_failed: 'The history cannot be written. Ask whoever runs this server.',
  internal: 'Something unexpected went wrong.',
} as const

/** One word for each failure; the HTTP floor alone turns it into a status. */
export type OpsErrorCode = keyof typeof publicReasons

/**
 * The one error class. Its message is written by us and may be shown to anybody; what really happened travels
 * in `cause` and goes to the log only.
 */
export class OpsError extends Error {
  readonly code: OpsErrorCode
  /** The field of the input that is wrong, for `bad_input`. */
  readonly field: string | undefined
  /** After how many seconds another try makes sense, for `too_many_requests` and `draining`. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: OpsErrorCode,
    options: { message?: string; cause?: unknown; field?: string; retryAfterSeconds?: number } = {},
  ) {
    super(options.message ?? publicReasons[code], { cause: options.cause })
    this.name = 'OpsError'
    this.code = code
    this.field = options.field
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** Names the failure behind anything that was thrown; what we did not throw ourselves is `internal`. */
export function codeOf(error: unknown): OpsErrorCode {
  return error instanceof OpsError ? error.code : 'internal'
}

/** The sentence that may be shown for anything that was thrown. */
export function publicReason(error: unknown): string {
  return error instanceof OpsError ? error.message : publicReasons.internal
}

/** Throws `stopped`, or whatever `OpsError` the signal was aborted with. Otherwise does nothing. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw stopReason(signal)
}

/** Why a signal was aborted, always as an `OpsError`. */
export function stopReason(signal: AbortSignal): OpsError {
  return signal.reason instanceof OpsError
    ? signal.reason
    : new OpsError('stopped', { cause: signal.reason })
}
