import { Hono } from 'hono'
import type { AppServices, HttpEnv } from '../context.ts'
import { routes } from '../routes.ts'

/** `/healthz`: the process is alive. `/readyz`: it accepts work; `503` while it drains or when the store fails. */
export function healthRoutes({ runs, store, log, processId }: AppServices): Hono<HttpEnv> {
  const health = new Hono<HttpEnv>()
  health.get(routes.alive, (c) => c.json({ status: 'alive', process: processId }))
  health.get(routes.ready, async (c) => {
    if (runs.draining) return c.json({ status: 'draining' }, 503)
    if (runs.storeFailing) return c.json({ status: 'store_failed' }, 503)
    try {
      await store.check()
    } catch (cause) {
      log.error('the store failed its check', { cause })
      return c.json({ status: 'store_failed' }, 503)
    }
    return c.json({ status: 'ready' })
  })
  return health
}
