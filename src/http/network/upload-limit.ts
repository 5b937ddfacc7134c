import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { OpsError } from '../../core/errors.ts'
import type { HttpEnv } from '../context.ts'

/** Each upload holds up to `MAX_BODY_BYTES`: together 64 MB with the default. */
const maxUploads = 1000
const maxUploadsPerUser = 250

/**
 * Reads the body before the route, and limits how many bodies are incomplete at a time, so that clients that send slowly
 * hold a bounded memory, and one user cannot keep the others from writing.
 * @throws OpsError `too_many_requests`
 */
export function limitUploads(): MiddlewareHandler<HttpEnv> {
  const perUser = new Map<string, number>()
  let open = 0
  return createMiddleware<HttpEnv>(async function readBody(c, next) {
    const { raw } = c.req
    if (raw.body === null) return next()
    const { id } = c.get('user')
    const own = perUser.get(id) ?? 0
    if (own >= maxUploadsPerUser || open >= maxUploads) {
      throw new OpsError('too_many_requests', { retryAfterSeconds: 1 })
    }
    open += 1
    perUser.set(id, own + 1)
    try {
      c.req.raw = new Request(raw, { body: await raw.arrayBuffer() })
    } finally {
      open -= 1
      const left = (perUser.get(id) ?? 1) - 1
      if (left === 0) perUser.delete(id)
      else perUser.set(id, left)
    }
    await next()
  })
}
