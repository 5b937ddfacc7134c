import type { ThinkingEvent } from './event.ts'

/** The event that began a span. */
export type SpanBegin = Extract<ThinkingEvent, { type: 'agent.invoked' | 'tool.called' }>

/** The spans that were begun and not ended, in the order of their beginning. */
export function openSpans(events: readonly ThinkingEvent[]): SpanBegin[] {
  const open = new Map<string, SpanBegin>()
  for (const event of events) {
    if (event.type === 'agent.invoked' || event.type === 'tool.called') open.set(event.span, event)
    else if ('span' in event) open.delete(event.span)
  }
  return [...open.values()]
}
