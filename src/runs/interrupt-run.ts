import { publicReasons } from '../core/errors.ts'
import { type EventBody, type ThinkingEvent, terminalStatus } from '../core/event.ts'
import type { Log } from '../core/log.ts'
import type { Run } from '../core/run.ts'
import { countParts } from '../core/run-counts.ts'
import type { Store, UnfinishedRun } from '../storage/store.ts'

const code = 'interrupted' as const

/** A run as interrupted. */
export function asInterrupted(run: Omit<Run, 'status'>): Run {
  return { ...run, status: code, code, error: publicReasons.interrupted }
}

/**
 * Ends a run that its process can no longer end, so that its readers receive an end. `storeEnd` stores it with all its
 * events. `now` is in ms since 1970.
 */
export function endInterrupted<Result>(
  { key, startedAt, events }: UnfinishedRun,
  now: number,
  storeEnd: (run: Run, events: readonly ThinkingEvent[]) => Promise<Result>,
): Promise<Result> {
  const run = asInterrupted({
    id: key.run,
    startedAt,
    finishedAt: now,
    counts: countParts(events),
  })
  return storeEnd(run, [...events, ...missingEvents(events, now)])
}

/**
 * Ends the runs that a crash of the only process cut off. Call it once at start, before requests are served. `now` is in
 * ms since 1970.
 */
export async function recoverRuns(store: Store, now: number, log: Log): Promise<void> {
  for (const unfinished of await store.listUnfinished()) {
    const { owner, conversation, run: id } = unfinished.key
    try {
      const own = store.forOwner(owner)
      await endInterrupted(unfinished, now, (run, events) => own.endRun(conversation, run, events))
    } catch (cause) {
      // One damaged run must not keep the server from starting.
      log.error(`run ${id} could not be ended`, { cause })
    }
  }
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
    else if ('durationMs' in event && 'span' in event) open.delete(event.span)
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
