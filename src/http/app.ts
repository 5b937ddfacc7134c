import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { createMiddleware } from 'hono/factory'
import { v7 } from 'uuid'
import { OpsError } from '../core/errors.ts'
import type { AppServices, HttpEnv } from './context.ts'
import { conversationApi } from './conversations/api.ts'
import { loadConversation } from './conversations/conversation.ts'
import { conversationPages } from './conversations/pages.tsx'
import { requireUser } from './identity/identity.ts'
import { accessLog } from './network/access-log.ts'
import { limitBody } from './network/body-limit.ts'
import { requireOwnHost } from './network/own-host.ts'
import { pageHeaders } from './network/page-headers.ts'
import { trustProxies } from './network/proxy-trust.ts'
import { sameOrigin } from './network/same-origin.ts'
import { limitUnread } from './network/unread-limit.ts'
import { limitUploads } from './network/upload-limit.ts'
import { doctorRoutes } from './ops/doctor.tsx'
import { healthRoutes } from './ops/health.ts'
import { userRoutes } from './ops/user.ts'
import { problems } from './problems.tsx'
import { routes } from './routes.ts'
import { runApi } from './runs/api.ts'
import { exportRoutes } from './runs/export.tsx'
import { runPages } from './runs/pages.tsx'
import { sharedRoutes, shareRoutes } from './runs/share.tsx'
import { thinkingRoutes } from './stream/thinking.tsx'

/** All middleware and routes, in their order: middleware applies to the routes below it. */
export function createApp(services: AppServices): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  app.onError(problems(services))
  if (services.limits.accessLog === 'on') app.use(accessLog(services))
  app.use(identifyRequest(services), pageHeaders())
  // Before the check of the host, because some load balancers send no Host header with health checks.
  app.route('/', healthRoutes(services))
  const { limits, ownHosts, isIdentified } = services
  const { host, allowedHosts } = limits
  app.use(requireOwnHost({ host, allowedHosts, ownHosts, isIdentified }))
  app.route('/', doctorRoutes(services))
  app.get(routes.static, (c) => services.files.respond(c.req.raw))

  if (limits.share === 'anyone') app.route('/', sharedRoutes(services))
  app.use(requireUser(services), setOwnHistory(services))
  if (limits.share === 'users') app.route('/', sharedRoutes(services))
  app.use(`${routes.conversation}/*`, loadConversation(services))
  app.use(`${routes.api.conversation}/*`, loadConversation(services))
  // Before the middleware that changes responses, because a stream sets its own headers.
  app.route('/', thinkingRoutes(services))
  app.use(noStore, compress(), limitUnread(), sameOrigin())
  app.use(limitBody(services.limits), limitUploads())
  app.route('/', userRoutes(services))
  app.route('/', conversationApi(services))
  app.route('/', conversationPages(services))
  app.route('/', runApi(services))
  app.route('/', runPages(services))
  app.route('/', exportRoutes(services))
  app.route('/', shareRoutes(services))
  app.notFound(() => {
    throw new OpsError('not_found')
  })
  return app
}

/** Gives a request its id, which clients cannot choose, and finds out where it came from. */
function identifyRequest({ proxyTrust }: AppServices) {
  const readArrival = trustProxies(
    proxyTrust ?? { trustedProxies: [], proxyHeaders: 'x-forwarded' },
  )
  return createMiddleware<HttpEnv>(async function identifyRequest(c, next) {
    c.set('requestId', v7())
    c.set('arrival', readArrival(c.req.raw))
    await next()
  })
}

/** Gives the routes the history of the user, and no way to another one. */
function setOwnHistory({ store }: AppServices) {
  return createMiddleware<HttpEnv>(async function setHistory(c, next) {
    c.set('history', store.forOwner(c.get('user').id))
    await next()
  })
}

/** Responses are private. */
const noStore = createMiddleware(async function noStore(c, next) {
  await next()
  c.header('cache-control', 'no-store')
})
