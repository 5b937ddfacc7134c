import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { OpsError } from '../../core/errors.ts'
import type { HttpEnv } from '../context.ts'

/** A page or an answer of the API has at most 4 MB: together 256 MB. */
const maxUnread = 64
const maxUnreadPerUser = 16

/** Smaller responses fit into the socket buffers, and are not counted. */
const countedBytes = 65_536

/**
 * Limits how many large responses wait for clients that do not read, so that they hold a bounded memory, and one user
 * cannot keep the others from reading. A large response is sent in parts, because the runtime does not say when one that
 * is sent at once has left the process.
 * @throws OpsError `too_many_requests`
 */
export function limitUnread(): MiddlewareHandler<HttpEnv> {
  const perUser = new Map<string, number>()
  let unread = 0
  const release = (user: string) => {
    unread -= 1
    const left = (perUser.get(user) ?? 1) - 1
    if (left === 0) perUser.delete(user)
    else perUser.set(user, left)
  }
  return createMiddleware<HttpEnv>(async function limitUnread(c, next) {
    const { id } = c.get('user')
    const isFull = () => unread >= maxUnread || (perUser.get(id) ?? 0) >= maxUnreadPerUser
    // Before the work, although a small response would be possible.
    if (isFull()) throw new OpsError('too_many_requests', { retryAfterSeconds: 1 })
    await next()
    if (c.res.body === null) return
    const bytes = new Uint8Array(await c.res.arrayBuffer())
    if (bytes.length < countedBytes) {
      c.res = new Response(bytes, c.res)
      return
    }
    if (isFull()) throw new OpsError('too_many_requests', { retryAfterSeconds: 1 })
    unread += 1
    perUser.set(id, (perUser.get(id) ?? 0) + 1)
    c.res = new Response(
      inParts(bytes, () => release(id)),
      c.res,
    )
  })
}

/** The bytes as a stream that waits for its reader. `onEnd` is called once, at the last part or when the reader leaves. */
function inParts(bytes: Uint8Array<ArrayBuffer>, onEnd: () => void): ReadableStream<Uint8Array> {
  let sent = 0
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(bytes.subarray(sent, sent + countedBytes))
      sent += countedBytes
      if (sent < bytes.length) return
      controller.close()
      onEnd()
    },
    cancel: onEnd,
  })
}
