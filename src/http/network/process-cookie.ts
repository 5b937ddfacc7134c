import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { oncePerMinute } from '../../core/log.ts'
import type { HttpEnv, Services } from '../context.ts'

const cookieName = 'opsagent-process'

/** Marks a page with the process that rendered it. */
export function setProcessCookie(c: Context<HttpEnv>, { processId }: Services): void {
  const secure = c.get('arrival').scheme === 'https'
  setCookie(c, cookieName, processId, { path: '/', httpOnly: true, sameSite: 'Lax', secure })
}

/**
 * Creates a function that tests whether the page of a request came from a process with another history, as when replicas
 * with a data folder each share a load balancer. After a restart on the same folder, the store knows the old process.
 */
export function otherProcessDetector({ processId, store, now, log }: Services) {
  const warn = oncePerMinute(log.warn, now)
  return function isFromOtherProcess(c: Context<HttpEnv>): boolean {
    const pageProcess = getCookie(c, cookieName)
    // Ignore cookie values that are not process ids: clients can forge them.
    if (pageProcess === undefined || !/^[0-9a-f-]{36}$/.test(pageProcess)) return false
    if (pageProcess === processId || store.knowsProcess(pageProcess)) return false
    warn(`process ${processId} received a request for a resource of process ${pageProcess}`)
    return true
  }
}
