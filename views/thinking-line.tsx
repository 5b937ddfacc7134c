import { label, type ThinkingEvent } from '../src/core/event.ts'

/** One line of live thinking: exactly the label of the event. Renders nothing for an event without a label. */
export function ThinkingLine({ event }: { event: ThinkingEvent }) {
  const text = label(event)
  if (text === undefined) return null
  return (
    <li class={kind(event)} data-seq={event.seq} dir="auto">
      {text}
    </li>
  )
}

/** The class of a line: agent, tool, triage or gap, followed by failed or stopped. */
export function kind(event: ThinkingEvent): string {
  const [noun = '', participle = ''] = event.type.split('.')
  return participle === 'failed' || participle === 'stopped' ? `${noun} ${participle}` : noun
}
