import { Hono } from 'hono'
import type { HttpEnv, Services } from '../context.ts'

/** `/healthz`: the process is alive. `/readyz`: it takes work; `503` while it drains or when the store fails. */
export function healthRoutes({ runs, store, log, processId }: Services): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  routes.get('/healthz', (c) => c.json({ status: 'alive', process: processId }))
  routes.get('/readyz', (c) => {
    if (runs.draining) return c.json({ status: 'draining' }, 503)
    try {
      store.check()
    } catch (error) {
      log.error('readyz', { cause: error })
      return c.json({ status: 'store_failed' }, 503)
    }
    return c.json({ status: 'ready' })
  })
  return routes
}
