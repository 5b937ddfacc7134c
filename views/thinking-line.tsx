import { label, type ThinkingEvent } from '../src/core/event.ts'

/** One line of live thinking, with exactly the event's label as its text; nothing for an event without one. */
export function ThinkingLine({ event }: { event: ThinkingEvent }) {
  const text = label(event)
  if (text === undefined) return null
  return (
    <li class={kind(event)} data-seq={event.seq} dir="auto">
      {text}
    </li>
  )
}

/** What an event is about, as a class name: agent, tool, triage or gap, and how it ended if not well. */
export function kind(event: ThinkingEvent): string {
  const [noun = '', participle = ''] = event.type.split('.')
  return participle === 'failed' || participle === 'stopped' ? `${noun} ${participle}` : noun
}
