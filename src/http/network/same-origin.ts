import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { OpsError } from '../../core/errors.ts'
import type { HttpEnv } from '../context.ts'
import type { Arrival } from './proxy-trust.ts'

/**
 * Lets a write through only from a page of this site, or from a program: every browser says where it comes from.
 * `hono/csrf` looks at forms alone, lets a right `Origin` outvote `Sec-Fetch-Site`, and compares with the scheme of the
 * socket, which is not the one that a browser sees behind a proxy.
 * @throws OpsError `forbidden_origin`
 */
export function sameOrigin(): MiddlewareHandler<HttpEnv> {
  return createMiddleware<HttpEnv>(async function requireSameOrigin(c, next) {
    const reading = ['GET', 'HEAD', 'OPTIONS'].includes(c.req.method)
    if (!reading && !isOurs(c.req.raw.headers, c.get('arrival'))) {
      throw new OpsError('forbidden_origin')
    }
    await next()
  })
}

function isOurs(headers: Headers, arrival: Arrival): boolean {
  // `none` is a person without a page: a bookmark, the address bar. No page can send it.
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin' || site === 'none'
  // A browser that is older, or was asked without TLS, which leaves Sec-Fetch-Site out.
  const origin = headers.get('origin')
  return origin === null || isOrigin(origin, arrival)
}

/**
 * Where no trusted proxy says otherwise, both schemes are ours: somebody may end TLS in front of us without telling.
 */
function isOrigin(origin: string, { scheme, host, schemeTold }: Arrival): boolean {
  const [, said = ''] = /^(https?):\/\//.exec(origin) ?? []
  if (said === '' || (schemeTold && said !== scheme)) return false
  const ours = `${said}://${host}`
  return URL.canParse(origin) && URL.canParse(ours) && new URL(origin).host === new URL(ours).host
}
