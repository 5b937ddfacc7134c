import { publicReasons } from '../core/errors.ts'
import { type EventBody, type ThinkingEvent, terminalStatus } from '../core/event.ts'
import type { Log } from '../core/log.ts'
import type { RunKey } from '../core/run.ts'
import type { Store } from '../storage/store.ts'

const code = 'interrupted' as const

/**
 * Ends the runs that a crash cut off, so that their readers learn it. Call it once at start, before requests are
 * served. `now` is in ms since 1970.
 */
export async function recoverRuns(store: Store, now: number, log: Log): Promise<void> {
  for (const key of await store.listRunning()) await interrupt(store, key, now, log)
}

/** Writes the events first: after a crash in between, the next start does it again. */
async function interrupt(store: Store, key: RunKey, now: number, log: Log): Promise<void> {
  const { conversation, run } = key
  const own = store.forOwner(key.owner)
  try {
    const events = await own.listEvents(conversation, run)
    for (const event of missingEvents(events, now)) own.appendEvent(conversation, run, event)
  } catch (cause) {
    // One damaged run must not keep the server from starting.
    log.error(`the events of run ${run} could not be completed`, { cause })
  }
  const stored = await own.findRun(conversation, run)
  const startedAt = stored?.startedAt ?? now
  const error = publicReasons.interrupted
  const status = 'interrupted'
  await own.endRun(conversation, { id: run, status, startedAt, finishedAt: now, code, error })
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
  if (begin.type === 'agent.invoked')
    return { type: 'agent.stopped', span, agent, durationMs, code }
  return { type: 'tool.stopped', span, agent, tool: begin.tool, durationMs, code }
}
