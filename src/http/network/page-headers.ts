import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { secureHeaders } from 'hono/secure-headers'
import type { HttpEnv } from '../context.ts'

/**
 * Writes the security headers of every response, errors included, except event streams. The policy allows no inline script
 * or style, and no other host.
 */
export function pageHeaders(): MiddlewareHandler<HttpEnv> {
  const write = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    referrerPolicy: 'same-origin',
    xFrameOptions: 'DENY',
    strictTransportSecurity: false,
  })
  return createMiddleware<HttpEnv>(async function writePageHeaders(c, next) {
    await next()
    if (c.res.headers.get('content-type')?.startsWith('text/event-stream')) return
    await write(c, async () => {})
    // Browsers ignore HSTS over plain HTTP. No `includeSubDomains`: other hosts of the domain may not use TLS.
    if (c.get('arrival').scheme === 'https') {
      c.header('strict-transport-security', 'max-age=31536000')
    }
  })
}
