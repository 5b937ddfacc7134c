import type { Context, ErrorHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { ErrorNote } from '../../views/error-note.tsx'
import { ErrorPage } from '../../views/error-page.tsx'
import { OpsError, type OpsErrorCode } from '../core/errors.ts'
import { byHtmx } from './by-htmx.ts'
import type { HttpEnv, Services } from './context.ts'
import { otherProcessDetector } from './network/process-cookie.ts'

/** What each failure is over HTTP. The failures of a run are not here by chance: a run that failed is a 200. */
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
  model_invalid: 500,
  bad_setting: 500,
  internal: 500,
} as const satisfies Record<OpsErrorCode, number>

/**
 * Turns whatever was thrown into an answer: a problem for programs, a note in place for htmx, a page for people. What
 * was not expected is logged, once, here; the reader gets a fixed sentence and the id of the request.
 */
export function problems(services: Services): ErrorHandler<HttpEnv> {
  const isOfOtherProcess = otherProcessDetector(services)
  return function tellProblem(thrown, c) {
    const given = asOpsError(thrown)
    const stray = given.code === 'not_found' && isOfOtherProcess(c)
    const error = stray ? new OpsError('other_process') : given
    const status = statuses[error.code]
    if (status >= 500 && status !== 503) {
      const address = c.get('arrival')?.address ?? 'an unknown address'
      services.log.error(`request ${c.get('requestId')} from ${address}`, { cause: thrown })
    }
    if (error.retryAfterSeconds !== undefined) {
      c.header('retry-after', String(error.retryAfterSeconds))
    }
    c.header('cache-control', 'no-store')
    if (c.req.path.startsWith('/api/')) return problemJson(c, error, status)
    const { message } = status === 500 ? new OpsError('internal') : error
    const requestId = c.get('requestId')
    if (byHtmx(c)) {
      return c.html(<ErrorNote code={error.code} message={message} requestId={requestId} />, status)
    }
    const shell = { ...services.shell, user: c.get('user') ?? { name: '' } }
    return c.html(
      <ErrorPage shell={shell} status={status} message={message} requestId={requestId} />,
      status,
    )
  }
}

function problemJson(
  c: Context<HttpEnv>,
  error: OpsError,
  status: (typeof statuses)[OpsErrorCode],
) {
  const shown = status === 500 ? new OpsError('internal') : error
  const body = {
    type: 'about:blank',
    title: shown.message,
    status,
    code: shown.code,
    ...(shown.field !== undefined && { field: shown.field }),
    request_id: c.get('requestId'),
  }
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json' })
}

/** The middleware that comes with Hono throws its own kind: a body that is no JSON. */
function asOpsError(thrown: unknown): OpsError {
  if (thrown instanceof OpsError) return thrown
  if (thrown instanceof HTTPException && thrown.status === 400) {
    return new OpsError('bad_input', { message: 'The body could not be read.', cause: thrown })
  }
  return new OpsError('internal', { cause: thrown })
}
