import { Context } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import type { HttpEnv, Services } from '../context.ts'

/** All headers of an event stream. ARCHITECTURE.md gives the reason for each. */
export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
} as const

/** What a stream needs: its slot, and the function that writes it. The stream closes when `write` resolves. */
export type StreamOptions = {
  /** For the log. */
  name: string
  /** Takes a slot and returns the function that releases it. @throws OpsError `too_many_requests` */
  takeSlot: () => () => void
  write: (stream: SSEStreamingApi) => Promise<void>
}

/**
 * The context of every stream. `streamSSE` keeps its context as long as the stream lives, and the one of a request would
 * keep the whole request: 2.7 KB per reader.
 */
const streamContext = new Context(new Request('http://localhost/'))

/** Bun checks timeouts every 4 s and closes a connection with a shorter one although bytes flow. */
const shortestTimeoutSeconds = 8

/** Opens an event stream. It is the only function of the server that does. */
export function openStream<Env extends HttpEnv>(
  c: Context<Env>,
  services: Pick<Services, 'limits' | 'allowSilence' | 'onDisconnect' | 'log'>,
  { name, takeSlot, write }: StreamOptions,
): Response {
  const { limits, allowSilence, onDisconnect, log } = services
  const request = c.req.raw
  // Hono answers HEAD with the GET handler and drops the body unread, which would leave the writer running.
  if (request.method === 'HEAD') return new Response(null, { headers: streamHeaders })
  const releaseSlot = takeSlot()
  allowSilence(request, Math.max(shortestTimeoutSeconds, limits.keepAliveSeconds * 4))
  const ended = limits.accessLog === 'on' ? Promise.withResolvers<void>() : undefined
  if (ended !== undefined) c.set('streamEnded', ended.promise)
  let abort = () => {}
  const { body } = streamSSE(streamContext, async (stream) => {
    abort = () => stream.abort()
    try {
      await write(stream)
    } catch (cause) {
      // Hono would send the text of the error to the client.
      log.error(`${name} failed`, { cause })
    } finally {
      releaseSlot()
      ended?.resolve()
    }
  })
  // Not in the callback, which would keep the request as long as the stream lives.
  onDisconnect(request, abort)
  // Not the response of `streamSSE`: it sets Connection and Transfer-Encoding, which HTTP/2 forbids.
  return new Response(body, { headers: streamHeaders })
}
