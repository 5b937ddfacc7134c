import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { csrf } from 'hono/csrf'
import { createMiddleware } from 'hono/factory'
import { secureHeaders } from 'hono/secure-headers'
import { OpsError } from '../core/errors.ts'
import type { HttpEnv, Services } from './services.ts'

/** Headers for everything but streams. Nothing is loaded from elsewhere, nothing runs or is styled inline. */
export function pageHeaders(): MiddlewareHandler {
  return secureHeaders({
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
    // Whether the way to us is encrypted is for the proxy to say.
    strictTransportSecurity: false,
  })
}

/** Lets a write through only from a page of this site, or from a program: every browser says where it comes from. */
export function sameOrigin(): MiddlewareHandler {
  const check = csrf()
  return createMiddleware(async function requireSameOrigin(c, next) {
    const { origin, 'sec-fetch-site': site } = c.req.header()
    if (origin === undefined && site === undefined) await next()
    else return check(c, next)
  })
}

/** Holds a body to its limit, also one that never ends. @throws OpsError `too_large` */
export function limitBody({ maxBodyBytes }: { maxBodyBytes: number }): MiddlewareHandler {
  return bodyLimit({
    maxSize: maxBodyBytes,
    onError: () => {
      throw new OpsError('too_large', {
        message: `That is too long: a request may have ${maxBodyBytes} bytes.`,
      })
    },
  })
}

/** Finds out who asks. @throws OpsError `unauthorized` when it is nobody we know. */
export function requireUser({ identify }: Services): MiddlewareHandler<HttpEnv> {
  return createMiddleware<HttpEnv>(async function findUser(c, next) {
    const user = await identify(c.req.raw)
    if (user === undefined) throw new OpsError('unauthorized')
    c.set('user', user)
    await next()
  })
}
