import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { OpsError } from '../../core/errors.ts'
import type { AppServices, HttpEnv } from '../context.ts'

/** Identifies the user of each request. @throws OpsError `unauthorized` if there is none */
export function requireUser({
  identify,
  challenge,
}: Pick<AppServices, 'identify' | 'challenge'>): MiddlewareHandler<HttpEnv> {
  return createMiddleware<HttpEnv>(async function identifyUser(c, next) {
    const user = await identify(c.req.raw, c.get('arrival'))
    if (user === undefined) {
      if (challenge !== undefined) c.header('www-authenticate', challenge)
      throw new OpsError('unauthorized')
    }
    c.set('user', user)
    await next()
  })
}
