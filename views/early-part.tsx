import type { Child } from 'hono/jsx'
import type { ThinkingEvent } from '../src/core/event.ts'
import { Markdown } from './markdown.tsx'

/** The part of the usual cost that an early part may have, because a reader may receive several at once. */
const share = 0.25

/** All readers of a run receive the same events, so each part is rendered once. */
const rendered = new WeakMap<ThinkingEvent, string>()

/**
 * What a live event adds to the answer in progress, or ''. A decision for several specialists gives each its place, in the
 * order of the answer. The end of a specialist fills its place. The answer of the run replaces them all.
 */
export function earlyParts(event: ThinkingEvent): string {
  const known = rendered.get(event)
  if (known !== undefined) return known
  const html = render(event)
  if (html !== '') rendered.set(event, html)
  return html
}

function render(event: ThinkingEvent): string {
  switch (event.type) {
    case 'triage.decided': {
      if (event.tasks.length < 2) return ''
      return event.tasks
        .map(({ agent }) => (
          <Part agent={agent} isPlace>
            <p class="note">Working on it.</p>
          </Part>
        ))
        .join('')
    }
    case 'agent.finished': {
      if (event.part === undefined) return ''
      return String(
        <Part agent={event.agent}>
          <Markdown text={event.part} headingLevel={4} share={share} />
        </Part>,
      )
    }
    case 'agent.failed':
    case 'agent.stopped':
      return String(
        <Part agent={event.agent}>
          <p class="note">This part is missing.</p>
        </Part>,
      )
    default:
      return ''
  }
}

type Props = { agent: string; isPlace?: boolean; children?: Child }

/** The script puts places into the turn, and other parts into the place of their agent. */
function Part({ agent, isPlace = false, children }: Props) {
  return (
    <section class="part section" data-agent={agent} data-place={isPlace ? '' : undefined}>
      <h3 dir="auto">{agent}</h3>
      {children}
    </section>
  )
}

/** Where the parts of a run in progress appear. */
export function EarlyParts() {
  return <div class="parts" dir="auto" />
}
