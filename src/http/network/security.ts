import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import { secureHeaders } from 'hono/secure-headers'
import type { Config } from '../../config.ts'
import { OpsError } from '../../core/errors.ts'
import type { AppServices, HttpEnv } from '../context.ts'

/**
 * Headers for everything but streams, failures included. Nothing is loaded from elsewhere, nothing runs or is styled
 * inline.
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
    // The headers of a stream are its own.
    if (c.res.headers.get('content-type')?.startsWith('text/event-stream')) return
    await write(c, async () => {})
    // Only where the browser came by TLS: said over plain HTTP it means nothing. Other hosts of the domain are not ours.
    if (c.get('arrival').scheme === 'https') {
      c.header('strict-transport-security', 'max-age=31536000')
    }
  })
}

const localName = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i

/**
 * On a loopback address, answers only under the names of this machine and those that are allowed: a page elsewhere can
 * point a name of its own at this machine, and would be of our origin then (DNS rebinding).
 * @throws OpsError `wrong_host`; `bad_input` for a Host that is none, of which no address can be made
 */
export function requireOwnHost({
  host,
  allowedHosts,
}: Pick<Config, 'host' | 'allowedHosts'>): MiddlewareHandler {
  const open = !localName.test(host.includes(':') ? `[${host}]` : host)
  return createMiddleware(async function checkHost(c, next) {
    if (!URL.canParse(c.req.url)) {
      throw new OpsError('bad_input', { message: 'The Host header names no host.' })
    }
    const asked = c.req.header('host')
    const own =
      asked === undefined || localName.test(asked) || allowedHosts.includes(asked.toLowerCase())
    if (!open && !own) throw new OpsError('wrong_host')
    await next()
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
export function requireUser({ identify, challenge }: AppServices): MiddlewareHandler<HttpEnv> {
  return createMiddleware<HttpEnv>(async function findUser(c, next) {
    const user = await identify(c.req.raw, c.get('arrival'))
    if (user === undefined) {
      if (challenge !== undefined) c.header('www-authenticate', challenge)
      throw new OpsError('unauthorized')
    }
    c.set('user', user)
    await next()
  })
}
