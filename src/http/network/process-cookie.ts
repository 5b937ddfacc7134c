import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { oncePerMinute } from '../../core/log.ts'
import type { HttpEnv, Services } from '../context.ts'

const cookie = 'opsagent-process'

/** Writes into a page which process drew it. */
export function markProcess(c: Context<HttpEnv>, { processId }: Services): void {
  const secure = c.get('arrival').scheme === 'https'
  setCookie(c, cookie, processId, { path: '/', httpOnly: true, sameSite: 'Lax', secure })
}

/**
 * Tells whether a request comes from a page of a process that never wrote into our history: replicas behind a balancer,
 * each with a folder of its own. After a restart on the same folder the old process is known, and nothing is told.
 */
export function watchProcesses({ processId, store, now, log }: Services) {
  const warn = oncePerMinute(log.warn, now)
  return function isOfOtherProcess(c: Context<HttpEnv>): boolean {
    const mark = getCookie(c, cookie)
    // Whoever asks writes the cookie: what is no name of a process is none of ours, and nothing for the log.
    if (mark === undefined || !/^[0-9a-f-]{36}$/.test(mark)) return false
    if (mark === processId || store.knowsProcess(mark)) return false
    warn(`process ${processId} was asked for what ${mark} has`)
    return true
  }
}
