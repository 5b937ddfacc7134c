import type { EventBody } from '../../src/core/event.ts'

/** Events for readers in turn, at a steady rate. */
export type Emission = { readers: number; events: number; perSecond: number }

/** The id of the run and of the conversation of a reader. Computed, so that both processes know it. */
export function idOf(reader: number): string {
  return `00000000-0000-7000-8000-${String(reader).padStart(12, '0')}`
}

/** An event that has the time of its creation after an `@`, in every form of the stream. */
export function stampedEvent(atMs: number): EventBody {
  return {
    type: 'tool.called',
    span: '3',
    parent: '2',
    agent: 'ServiceNow',
    tool: `list_change_requests@${atMs.toFixed(3)}`,
    arguments: '{"state":"open","limit":20}',
  }
}

/**
 * Emits to the readers in turn, every millisecond. After a late timer it emits the missed events at once. `nowMs` is the
 * clock of the runtime; that of workerd advances only with timers and I/O.
 */
export async function emitSteadily(
  { readers, events, perSecond }: Emission,
  nowMs: () => number,
  emit: (reader: number, body: EventBody) => void,
): Promise<void> {
  const begin = nowMs()
  let sent = 0
  while (sent < events) {
    const due = Math.min(events, ((nowMs() - begin) * perSecond) / 1000)
    for (; sent < due; sent += 1) emit(sent % readers, stampedEvent(nowMs()))
    await sleep(1)
  }
  // The server still writes the last events, and their CPU time counts.
  await sleep(50)
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
