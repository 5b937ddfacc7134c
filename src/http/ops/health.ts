import { Hono } from 'hono'
import type { Log } from '../../core/log.ts'
import type { AppServices, HttpEnv } from '../context.ts'
import { routes } from '../routes.ts'

/**
 * `/healthz`: the process is alive. `/readyz`: it accepts work; `503` while it drains, when it lost its lease, or when the
 * store cannot write.
 */
export function healthRoutes({ runs, store, log, processId }: AppServices): Hono<HttpEnv> {
  const health = new Hono<HttpEnv>()
  const isWritable = createCheck(() => store.check(), log)
  health.get(routes.alive, (c) => c.json({ status: 'alive', process: processId }))
  health.get(routes.ready, async (c) => {
    if (runs.draining) return c.json({ status: 'draining' }, 503)
    if (!runs.hasLease || !(await isWritable())) return c.json({ status: 'store_failed' }, 503)
    return c.json({ status: 'ready' })
  })
  return health
}

/** How long a result is used. Each check writes, and any client may ask. */
const checkedForMs = 1000

/** Returns a function that checks, or resolves with the last result. It logs changes. */
function createCheck(check: () => Promise<void>, log: Log): () => Promise<boolean> {
  let latest = Promise.resolve(true)
  let checkedAtMs = Number.NEGATIVE_INFINITY
  let isPending = false
  const repeat = async (before: boolean): Promise<boolean> => {
    try {
      await check()
      if (!before) log.info('the store can be written again')
      return true
    } catch (cause) {
      if (before) log.error('the store failed its check', { cause })
      return false
    } finally {
      checkedAtMs = performance.now()
      isPending = false
    }
  }
  return () => {
    if (!isPending && performance.now() - checkedAtMs >= checkedForMs) {
      isPending = true
      latest = latest.then(repeat)
    }
    return latest
  }
}
