import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { HttpEnv, Services } from '../context.ts'

/**
 * Logs each request. A stream is logged when it opens and when it ends. The query is left out: it may contain a token.
 * Mount it first, so that it sees the response of every other middleware. It only reads the response, because
 * replacing a streamed response keeps its handler running after the client has left.
 */
export function accessLog({
  log,
  monotonicMs,
}: Pick<Services, 'log' | 'monotonicMs'>): MiddlewareHandler<HttpEnv> {
  return createMiddleware<HttpEnv>(async function logRequest(c, next) {
    const startedAt = monotonicMs()
    await next()
    const { method, path } = c.req
    const request = {
      method,
      path,
      status: c.res.status,
      requestId: c.get('requestId'),
      address: c.get('arrival')?.address,
      user: c.get('user')?.id,
    }
    const durationMs = () => Math.round(monotonicMs() - startedAt)
    const ended = c.get('streamEnded')
    log.info(ended ? 'stream opened' : 'request', {
      ...request,
      durationMs: durationMs(),
    })
    // Not awaited: the response must leave before its stream ends. The promise does not reject.
    void ended?.then(() => log.info('stream ended', { ...request, durationMs: durationMs() }))
  })
}
