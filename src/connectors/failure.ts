import { OpsError, type OpsErrorCode } from '../core/errors.ts'
import { retryAfterMs } from './reply.ts'

/** A request that failed. `retryMs` is how long to wait before another one; undefined if it would fail as well. */
export type Failure = {
  error: OpsError
  retryMs?: number | undefined
  isUnauthorized?: boolean
}

/** The failure of a request. `sentence` names the system and what it did. */
export function failureOf(code: OpsErrorCode, sentence: string, cause: Error): Failure {
  return { error: new OpsError(code, { message: `${sentence} ${advices[code] ?? ''}`, cause }) }
}

/** What a reply with an error status means. */
export type Refusal = {
  code: OpsErrorCode
  /** What the system did, as the rest of a sentence. */
  say: string
  retryMs?: number | undefined
  isUnauthorized?: boolean
}

/** Longer waits are not worth it: the user has asked and waits for the answer. */
const maxRetryMs = 10_000

/** Reads a reply that is not a success. `nowMs` is in ms since 1970. */
export function refusalOf(
  status: number,
  headers: Headers,
  authStatuses: readonly number[],
  nowMs: number,
): Refusal {
  if (authStatuses.includes(status)) {
    return { code: 'source_auth', say: 'refused the credentials', isUnauthorized: true }
  }
  if (status === 403) return { code: 'source_forbidden', say: 'does not allow this' }
  const afterMs = retryAfterMs(headers, nowMs)
  const later = afterMs ? ` for ${Math.ceil(afterMs / 1000)} seconds` : ''
  if (status === 429) {
    const say = `accepts no more requests${later}`
    return { code: 'source_busy', say, retryMs: withinLimit(afterMs) }
  }
  if ([408, 410].includes(status) || status >= 500) {
    // The metadata service of Azure answers 410 while it is updated.
    const isPassing = [410, 502, 503, 504].includes(status)
    const retryMs = isPassing ? withinLimit(afterMs) : undefined
    return { code: 'source_unreachable', say: 'has a problem', retryMs }
  }
  return { code: 'source_invalid', say: 'rejected the request' }
}

function withinLimit(afterMs = 0): number | undefined {
  return afterMs <= maxRetryMs ? afterMs : undefined
}

const again = 'Please try again in a moment.'
const operator = 'Ask the operator of this server to check'

const advices: Partial<Record<OpsErrorCode, string>> = {
  source_auth: `${operator} them.`,
  source_forbidden: `${operator} its rights.`,
  source_busy: again,
  source_unreachable: again,
  source_invalid: `${operator} its settings.`,
}
