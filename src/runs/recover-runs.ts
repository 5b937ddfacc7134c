import { publicReasons } from '../core/errors.ts'
import { type EventBody, type ThinkingEvent, terminalStatus } from '../core/event.ts'
import type { Log } from '../core/log.ts'
import type { Store, UnfinishedRun } from '../storage/store.ts'

const code = 'interrupted' as const

/**
 * Ends the runs that a crash cut off, so that their readers learn it. Call it once at start, before requests are
 * served. `now` is in ms since 1970.
 */
export async function recoverRuns(store: Store, now: number, log: Log): Promise<void> {
  for (const unfinished of await store.listUnfinished()) {
    try {
      await interrupt(store, unfinished, now)
    } catch (cause) {
      // One damaged run must not keep the server from starting.
      log.error(`run ${unfinished.key.run} could not be ended`, { cause })
    }
  }
}

async function interrupt(store: Store, unfinished: UnfinishedRun, now: number): Promise<void> {
  const { key, startedAt, events } = unfinished
  const run = {
    id: key.run,
    status: code,
    startedAt,
    finishedAt: now,
    code,
    error: publicReasons.interrupted,
  }
  const all = [...events, ...missingEvents(events, now)]
  await store.forOwner(key.owner).endRun(key.conversation, run, all)
}

/** The events that end every open span, innermost first, and then the run. */
function missingEvents(events: readonly ThinkingEvent[], now: number): ThinkingEvent[] {
  const last = events.at(-1)
  if (last !== undefined && terminalStatus(last) !== undefined) return []
  const durationMs = Math.max(0, now - (events[0]?.at ?? now))
  const bodies: EventBody[] = [
    ...openSpans(events).map((begin) => spanEnd(begin, now)),
    { type: 'run.interrupted', code, durationMs },
  ]
  const lastSeq = last?.seq ?? 0
  return bodies.map((body, index) => ({ ...body, seq: lastSeq + index + 1, at: now }))
}

type SpanBegin = Extract<ThinkingEvent, { type: 'agent.invoked' | 'tool.called' }>

function openSpans(events: readonly ThinkingEvent[]): SpanBegin[] {
  const open = new Map<string, SpanBegin>()
  for (const event of events) {
    if (event.type === 'agent.invoked' || event.type === 'tool.called') open.set(event.span, event)
    else if ('span' in event) open.delete(event.span)
  }
  return [...open.values()].reverse()
}

function spanEnd(begin: SpanBegin, now: number): EventBody {
  const { span, agent } = begin
  const durationMs = Math.max(0, now - begin.at)
  if (begin.type === 'agent.invoked') {
    return { type: 'agent.stopped', span, agent, durationMs, code }
  }
  return { type: 'tool.stopped', span, agent, tool: begin.tool, durationMs, code }
}
