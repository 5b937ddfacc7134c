import type { Context, ErrorHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { ErrorNote } from '../../views/error-note.tsx'
import { ErrorPage } from '../../views/error-page.tsx'
import { asOpsError, OpsError, type OpsErrorCode } from '../core/errors.ts'
import { oncePerMinute } from '../core/log.ts'
import { type AppServices, type HttpEnv, isHtmx } from './context.ts'
import { detectOtherProcess } from './network/process-cookie.ts'

/** The status of each failure. A run that failed is answered with 200, so the codes of runs are 500 here. */
const statuses = {
  bad_input: 400,
  unauthorized: 401,
  sign_on_down: 503,
  forbidden_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  other_process: 421,
  wrong_host: 421,
  conversation_busy: 409,
  run_taken: 409,
  approval_over: 409,
  too_large: 413,
  unsupported_media_type: 415,
  too_many_requests: 429,
  draining: 503,
  store_failed: 503,
  stopped: 500,
  interrupted: 500,
  deadline: 500,
  turn_limit: 500,
  tool_arguments: 500,
  tool_failed: 500,
  source_auth: 500,
  source_forbidden: 500,
  source_busy: 500,
  source_unreachable: 500,
  source_invalid: 500,
  tool_reported: 500,
  tool_unconfirmed: 500,
  not_approved: 500,
  model_auth: 500,
  model_not_found: 500,
  model_unreachable: 500,
  model_busy: 500,
  model_down: 500,
  model_rejected: 500,
  model_filtered: 500,
  model_refused: 500,
  model_empty: 500,
  model_cut: 500,
  model_context: 500,
  model_invalid: 500,
  bad_setting: 500,
  internal: 500,
} as const satisfies Record<OpsErrorCode, number>

/**
 * Answers a request that failed: `problem+json` for the API, a note in place for htmx, a page for a browser. An
 * unexpected error is logged here, once; the client gets a fixed sentence and the request id.
 */
export function problems(services: AppServices): ErrorHandler<HttpEnv> {
  const isFromOtherProcess = detectOtherProcess(services)
  const warn = oncePerMinute(services.log.warn, services.monotonicMs)
  return async function answerProblem(thrown, c) {
    const given = fromRequest(thrown, c.req.raw.signal)
    if (given === incompleteBody) {
      const address = c.get('arrival')?.address ?? 'an unknown address'
      warn(`request ${c.get('requestId')} from ${address}: the client left during its upload`)
    }
    const isStray = given.code === 'not_found' && (await isFromOtherProcess(c))
    const error = isStray ? new OpsError('other_process') : given
    const status = statuses[error.code]
    const requestId = c.get('requestId')
    if (status === 500) {
      const address = c.get('arrival')?.address ?? 'an unknown address'
      services.log.error(`request ${requestId} from ${address}`, { cause: thrown })
    }
    if (error.retryAfterSeconds !== undefined) {
      c.header('retry-after', String(error.retryAfterSeconds))
    }
    c.header('cache-control', 'no-store')
    const shown = status === 500 ? new OpsError('internal') : error
    if (c.req.path.startsWith('/api/')) return problemJson(c, shown, status)
    const { code, message } = shown
    // The id leads to the log, which has only unexpected errors.
    const shownId = status === 500 ? requestId : undefined
    if (isHtmx(c)) {
      return c.html(<ErrorNote code={code} message={message} requestId={shownId} />, status)
    }
    const shell = { ...services.shell, user: c.get('user') ?? { name: '' } }
    return c.html(
      <ErrorPage shell={shell} status={status} message={message} requestId={shownId} />,
      status,
    )
  }
}

function problemJson(
  c: Context<HttpEnv>,
  { code, field, message }: OpsError,
  status: (typeof statuses)[OpsErrorCode],
): Response {
  const body = {
    type: 'about:blank',
    title: message,
    status,
    code,
    ...(field !== undefined && { field }),
    request_id: c.get('requestId'),
  }
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json' })
}

const incompleteBody = new OpsError('bad_input', { message: 'The body is not complete.' })

/** Hono's own middleware throws `HTTPException`, for example for a body that is not JSON, also because it ends early. */
function fromRequest(thrown: unknown, signal: AbortSignal): OpsError {
  const isUnreadable = thrown instanceof HTTPException && thrown.status === 400
  const isAbort = thrown instanceof DOMException && thrown.name === 'AbortError'
  if ((isAbort || isUnreadable) && signal.aborted) return incompleteBody
  if (!isUnreadable) return asOpsError(thrown)
  return new OpsError('bad_input', { message: 'The body could not be read.', cause: thrown })
}
