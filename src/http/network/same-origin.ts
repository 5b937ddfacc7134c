import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { OpsError } from '../../core/errors.ts'
import type { HttpEnv } from '../context.ts'
import type { Arrival } from './proxy-trust.ts'

/**
 * Rejects writes that come from pages of other sites. Browsers report the site; requests without such a header come from
 * programs. `hono/csrf` checks the content types of forms only, and accepts a request if either `Sec-Fetch-Site` or
 * `Origin` passes.
 * @throws OpsError `forbidden_origin`
 */
export function sameOrigin(): MiddlewareHandler<HttpEnv> {
  return createMiddleware<HttpEnv>(async function requireSameOrigin(c, next) {
    const isRead = ['GET', 'HEAD', 'OPTIONS'].includes(c.req.method)
    if (!isRead && !isAllowed(c.req.raw.headers, c.get('arrival'))) {
      throw new OpsError('forbidden_origin')
    }
    await next()
  })
}

function isAllowed(headers: Headers, arrival: Arrival): boolean {
  // `none` is a request without a page, such as from a bookmark. No page can send it.
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin' || site === 'none'
  // Old browsers, and requests without TLS, have no Sec-Fetch-Site.
  const origin = headers.get('origin')
  return origin === null || isOrigin(origin, arrival)
}

/** Accepts both schemes unless a trusted proxy reported one: a proxy that is not trusted may terminate TLS. */
function isOrigin(origin: string, { scheme, host, schemeFromProxy }: Arrival): boolean {
  const [, originScheme] = /^(https?):\/\//.exec(origin) ?? []
  if (originScheme === undefined || (schemeFromProxy && originScheme !== scheme)) return false
  const originHost = URL.parse(origin)?.host
  return originHost !== undefined && originHost === URL.parse(`${originScheme}://${host}`)?.host
}
