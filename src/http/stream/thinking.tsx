import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { earlyParts } from '../../../views/early-part.tsx'
import { rowOf } from '../../../views/run-row.tsx'
import { OpsError } from '../../core/errors.ts'
import { label, type ThinkingEvent } from '../../core/event.ts'
import type { ConversationEnv, Services } from '../context.ts'
import { uuid, valid } from '../input.ts'
import { routes } from '../routes.ts'
import { positionFrame, readLastEventId, unknownRunFrame } from './frames.ts'
import { openStream } from './open-stream.ts'
import { ReaderClock } from './reader-clock.ts'
import { type ReaderOptions, writeRun } from './write-run.ts'

/** An event in each form for programs; `undefined` for an event without a line. */
const forms = {
  text: label,
  json: (event: ThinkingEvent) => JSON.stringify(event),
} as const satisfies Record<string, ReaderOptions['encode']>

const query = z.object({
  run: uuid.optional(),
  format: z.enum(['text', 'json']).default('text'),
  last_event_id: z.string().optional(),
})

/**
 * The thinking of a run over Server-Sent Events: text or JSON for programs, HTML rows for the page. Without `run` it
 * follows the conversation: after `done` a client reconnects with its last event id, and the stream continues with the
 * next run.
 */
export function thinkingRoutes(services: Services): Hono<ConversationEnv> {
  const { limits, monotonicMs, slots, now } = services
  const keepAliveMs = limits.keepAliveSeconds * 1000
  const clock = new ReaderClock({ keepAliveMs, monotonicMs, closing: slots.closing })
  const htmlOf = (conversation: string) => (event: ThinkingEvent, run: string) =>
    rowOf(event, now(), limits, { conversation, run }) + earlyParts(event) || undefined
  const thinking = new Hono<ConversationEnv>()

  thinking.get(routes.api.thinking, valid('query', query), async (c) => {
    const { format, ...rest } = c.req.valid('query')
    const elsewhere = await streamsElsewhere(c, services)
    return openThinking(c, services, { ...rest, encode: forms[format], elsewhere, clock })
  })

  thinking.get(routes.thinking, valid('query', query), async (c) => {
    const elsewhere = await streamsElsewhere(c, services)
    return openThinking(c, services, {
      ...c.req.valid('query'),
      encode: htmlOf(c.get('conversation').id),
      elsewhere,
      clock,
    })
  })

  for (const path of [routes.api.thinking, routes.thinking]) {
    thinking.all(path, (c) => {
      c.header('allow', 'GET, HEAD')
      throw new OpsError('method_not_allowed')
    })
  }
  return thinking
}

type ThinkingOptions = Omit<z.output<typeof query>, 'format'> & {
  encode: ReaderOptions['encode']
  /** How many streams the user has open in other processes. */
  elsewhere: number
  clock: ReaderClock
}

function streamsElsewhere(c: Context<ConversationEnv>, { runs }: Services): Promise<number> {
  return runs.streamsElsewhere(c.get('user').id)
}

/** Not async: the state of an async function would keep the request as long as the stream lives, 3.5 KB per reader. */
function openThinking(
  c: Context<ConversationEnv>,
  services: Services,
  { run: given, last_event_id, encode, elsewhere, clock }: ThinkingOptions,
): Response {
  const { runs, slots, limits, now, monotonicMs } = services
  const { id: user, expiresAt } = c.get('user')
  // Only the key: what `write` uses is kept as long as the stream lives.
  const conversation = { owner: user, id: c.get('conversation').id }
  const seen = readLastEventId(c.req.header('last-event-id') || last_event_id)
  const options = {
    encode,
    clock,
    firstEventMs: limits.firstEventSeconds * 1000,
    // Random, so that streams which opened together do not close together.
    lifeMs: limits.streamSeconds * 1000 * (0.8 + Math.random() * 0.2),
    expiresAt,
    closing: slots.closing,
    now,
    monotonicMs,
  }
  return openStream(c, services, {
    name: 'a thinking stream',
    takeSlot: () => slots.take(user, elsewhere),
    async write(stream) {
      if (given !== undefined) {
        const after = seen?.run === given ? seen.seq : 0
        const cursor = await runs.follow(conversation, given, after)
        return writeRun(stream, cursor, {
          ...options,
          lateFrame: unknownRunFrame,
          positionFrame: '',
        })
      }
      const position = await runs.conversations.positionOf(conversation, seen)
      const cursor = await runs.conversations.follow(conversation, position)
      // A client that has received an event already comes back to it.
      const frame = position === seen ? '' : positionFrame(position)
      return writeRun(stream, cursor, { ...options, lateFrame: frame, positionFrame: frame })
    },
  })
}
