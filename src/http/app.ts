import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { createMiddleware } from 'hono/factory'
import { v7 } from 'uuid'
import { OpsError } from '../core/errors.ts'
import type { HttpEnv, Services } from './context.ts'
import { conversationRoutes } from './conversations/api.ts'
import { pageRoutes } from './conversations/pages.tsx'
import { accessLog } from './network/access-log.ts'
import { trustProxies } from './network/proxy-trust.ts'
import { sameOrigin } from './network/same-origin.ts'
import { limitBody, pageHeaders, requireOwnHost, requireUser } from './network/security.ts'
import { doctorRoutes } from './ops/doctor.tsx'
import { healthRoutes } from './ops/health.ts'
import { problems } from './problems.tsx'
import { messageRoutes } from './runs/messages.tsx'
import { thinkingRoutes } from './stream/thinking.tsx'

/** All routes in their order: what stands above does not see what is mounted below it. */
export function createApp(services: Services): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  app.onError(problems(services))
  if (services.accessLog) app.use(accessLog(services))
  app.use(nameRequest(services), pageHeaders())
  // Health checks come from old balancers too, which name no host.
  app.route('/', healthRoutes(services))
  app.use(requireOwnHost(services.names))
  app.route('/', doctorRoutes(services))
  app.get('/static/*', (c) => services.files.respond(c.req.raw))

  app.use(requireUser(services))
  // Streams come before the middleware that touches responses: their headers are their own.
  app.route('/', thinkingRoutes(services))
  app.use(noStore, compress(), sameOrigin(), limitBody(services.limits))
  app.route('/', conversationRoutes(services))
  app.route('/', messageRoutes(services))
  app.route('/', pageRoutes(services))
  app.notFound(() => {
    throw new OpsError('not_found')
  })
  return app
}

/** Gives a request its name, ours and not the client's, and notes whence it came: the log tells both. */
function nameRequest({ proxyTrust }: Services) {
  const readArrival = trustProxies(
    proxyTrust ?? { trustedProxies: [], proxyHeaders: 'x-forwarded' },
  )
  return createMiddleware<HttpEnv>(async function nameRequest(c, next) {
    c.set('requestId', v7())
    c.set('arrival', readArrival(c.req.raw))
    await next()
  })
}

/** What a person asks and is answered is for no cache. */
const noStore = createMiddleware(async function noStore(c, next) {
  await next()
  c.header('cache-control', 'no-store')
})
