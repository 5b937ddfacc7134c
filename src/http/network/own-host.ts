import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { Config } from '../../config.ts'
import { OpsError } from '../../core/errors.ts'
import { isLoopbackHost } from './address.ts'

/**
 * Checks the `Host` header if the server listens on a loopback address. Without this, a page could point its own domain at
 * this machine and be of the same origin (DNS rebinding).
 * @throws OpsError `wrong_host`; `bad_input` if the header is not a valid host
 */
export function requireOwnHost({
  host,
  allowedHosts,
}: Pick<Config, 'host' | 'allowedHosts'>): MiddlewareHandler {
  const isReachable = !isLoopbackHost(host)
  const allowed = new Set(allowedHosts.map((name) => name.toLowerCase()))
  return createMiddleware(async function checkHost(c, next) {
    if (!URL.canParse(c.req.url)) {
      throw new OpsError('bad_input', { message: 'The Host header is not a valid host.' })
    }
    const requested = c.req.header('host')?.toLowerCase()
    const isOwn = requested === undefined || isLoopbackHost(requested) || allowed.has(requested)
    if (!isReachable && !isOwn) throw new OpsError('wrong_host')
    await next()
  })
}
