import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import { ThinkingLine } from '../../../views/thinking-line.tsx'
import { OpsError } from '../../core/errors.ts'
import { label, type ThinkingEvent } from '../../core/event.ts'
import { eventsSince } from '../../core/run-log.ts'
import type { HttpEnv, Services } from '../context.ts'
import { ownConversation } from '../conversations/own-conversation.ts'
import { conversationPath, uuid, valid } from '../input.ts'
import { readCursor, streamHeaders } from './frames.ts'
import { type Readable, type ReaderOptions, readRun } from './reader.ts'

type Encode = ReaderOptions['encode']
type Place = { owner: string; conversation: string }

const forms = {
  text: label,
  json: (event: ThinkingEvent) => JSON.stringify(event),
  html: (event: ThinkingEvent) => (label(event) === undefined ? undefined : lineOf(event)),
} as const satisfies Record<string, Encode>

const query = z.object({
  run: uuid.optional(),
  format: z.enum(['text', 'json']).default('text'),
  last_event_id: z.string().optional(),
})

/**
 * The thinking of a run over Server-Sent Events: as text or JSON for programs, as lines of HTML for the page. Without
 * `run` it follows the run under way, or the next one of the conversation.
 */
export function thinkingRoutes(services: Services): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  const api = '/api/conversations/:id/thinking'
  const page = '/conversations/:id/thinking'
  routes.get(api, valid('param', conversationPath), valid('query', query), (c) => {
    const { format, ...rest } = c.req.valid('query')
    return openStream(c, services, { ...c.req.valid('param'), ...rest, encode: forms[format] })
  })
  routes.get(page, valid('param', conversationPath), valid('query', query), (c) => {
    const { run, last_event_id } = c.req.valid('query')
    return openStream(c, services, {
      ...c.req.valid('param'),
      ...{ run, last_event_id, encode: forms.html },
    })
  })
  for (const path of [api, page]) {
    routes.all(path, (c) => {
      c.header('allow', 'GET, HEAD')
      throw new OpsError('method_not_allowed')
    })
  }
  return routes
}

function openStream(
  c: Context<HttpEnv>,
  services: Services,
  asked: {
    id: string
    run?: string | undefined
    last_event_id?: string | undefined
    encode: Encode
  },
): Response {
  const { slots, limits, allowSilence, now, log } = services
  const place = { owner: c.get('user').id, conversation: asked.id }
  ownConversation(services, place.owner, place.conversation)
  // Hono answers HEAD by running the GET and dropping its body, which would leave the loop running for ever.
  if (c.req.method === 'HEAD') return new Response(null, { headers: streamHeaders })
  const cursor = readCursor(c.req.header('last-event-id') || asked.last_event_id)
  const run = asked.run ?? cursor?.run
  const options = {
    source: sourceOf(services, place, run),
    after: cursor !== undefined && cursor.run === run ? cursor.seq : 0,
    encode: asked.encode,
    keepAliveMs: limits.keepAliveSeconds * 1000,
    firstEventMs: limits.firstEventSeconds * 1000,
    // Spread, so that connections that began together do not come back together.
    lifeMs: limits.streamSeconds * 1000 * (0.8 + Math.random() * 0.2),
    signedOutAt: c.get('user').expiresAt,
    closing: slots.closing,
    now,
  }
  const giveBack = slots.take(place.owner)
  allowSilence(c.req.raw, limits.keepAliveSeconds * 4)
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  c.set('streamEnded', ended)
  return streamSSE(streamContext, async (stream) => {
    try {
      await readRun(stream, options)
    } catch (error) {
      // Caught here: Hono would send the text of the error to the browser, or print it as it is.
      log.error(`thinking of ${place.conversation}`, { cause: error })
    } finally {
      giveBack()
      end()
    }
  })
}

/**
 * All that `streamSSE` asks of a context. It keeps what it is given as long as the stream lives, and the real one would
 * keep the whole request. The headers that it sets are not wanted either: Connection and Transfer-Encoding belong to
 * the server, and HTTP/2 forbids them.
 */
const streamContext = {
  header() {},
  newResponse: (body: ReadableStream) => new Response(body, { headers: streamHeaders }),
} as unknown as Context

function sourceOf(services: Services, place: Place, run: string | undefined) {
  const { registry, store } = services
  const active = registry.find(place, run)
  if (active !== undefined) return readableOf(active)
  const stored = run === undefined ? undefined : store.findRun(place.conversation, run)
  if (stored !== undefined) return storedRun(services, place.conversation, stored)
  return (take: (readable: Readable) => void) =>
    registry.wait(place, run, (begun) => take(readableOf(begun)))
}

function readableOf({ key, log }: { key: { run: string }; log: Readable['log'] }): Readable {
  return { run: key.run, log }
}

/** A run that is over, read from the store as if it were a log. */
function storedRun(
  { store }: Services,
  conversation: string,
  { id, status }: { id: string; status: Readable['status'] & string },
): Readable {
  const events = store.listEvents(conversation, id, 0)
  const log = {
    since: (seq: number) => eventsSince(events, seq),
    lastSeq: events.at(-1)?.seq ?? 0,
    closed: true,
    watch: () => () => {},
  }
  return { run: id, log, status }
}

function lineOf(event: ThinkingEvent): string {
  return String(<ThinkingLine event={event} />)
}
