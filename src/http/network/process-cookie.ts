import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { oncePerMinute } from '../../core/log.ts'
import type { AppServices, HttpEnv } from '../context.ts'

const name = 'opsagent-process'

/** Sets a cookie on a page that says which process served it. */
export function setProcessCookie(c: Context, processId: string, secure: boolean): void {
  setCookie(c, name, processId, { path: '/', httpOnly: true, sameSite: 'Lax', secure })
}

/**
 * Detects a request from the page of a process that never wrote into this history: replicas behind a load balancer, each
 * with a folder of its own. After a restart on the same folder the earlier process is known.
 */
export function detectOtherProcess({ processId, store, monotonicMs, log }: AppServices) {
  const warn = oncePerMinute(log.warn, monotonicMs)
  return async function isFromOtherProcess(c: Context<HttpEnv>): Promise<boolean> {
    const other = getCookie(c, name)
    // Ignore values that are not process ids: clients can forge them.
    if (other === undefined || !/^[0-9a-f-]{36}$/.test(other)) return false
    if (other === processId || (await store.knowsProcess(other))) return false
    warn(`process ${processId} received a request for a page of process ${other}`)
    return true
  }
}
