import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { createMiddleware } from 'hono/factory'
import { v7 } from 'uuid'
import { OpsError } from '../core/errors.ts'
import { conversationRoutes } from './conversations.ts'
import { healthRoutes } from './health.ts'
import { messageRoutes } from './messages.tsx'
import { pageRoutes } from './pages.tsx'
import { problems } from './problems.tsx'
import { limitBody, pageHeaders, requireUser, sameOrigin } from './security.ts'
import type { HttpEnv, Services } from './services.ts'
import { thinkingRoutes } from './thinking.tsx'

/** All routes in their order: what stands above does not see what is mounted below it. */
export function createApp(services: Services): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  app.onError(problems(services))
  app.use(nameRequest)
  app.route('/', healthRoutes(services))
  app.use('/static/*', pageHeaders())
  app.get('/static/*', (c) => services.files.respond(c.req.raw))

  app.use(requireUser(services))
  // Streams come before the middleware that touches responses: their headers are their own.
  app.route('/', thinkingRoutes(services))
  app.use(pageHeaders(), noStore, compress(), sameOrigin(), limitBody(services.limits))
  app.route('/', conversationRoutes(services))
  app.route('/', messageRoutes(services))
  app.route('/', pageRoutes(services))
  app.notFound(() => {
    throw new OpsError('not_found')
  })
  return app
}

/** A name of ours, not the client's: it stands in the log beside the cause. */
const nameRequest = createMiddleware<HttpEnv>(async function nameRequest(c, next) {
  c.set('requestId', v7())
  await next()
})

/** What a person asks and is answered is for no cache. */
const noStore = createMiddleware(async function noStore(c, next) {
  await next()
  c.header('cache-control', 'no-store')
})
