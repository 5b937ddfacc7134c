import { label, type ThinkingEvent } from '../src/core/event.ts'
import { routes, urlOf } from '../src/http/routes.ts'
import { duration, offset } from './duration.ts'
import { runFacts } from './run-facts.ts'
import { RunStep, type StepContext } from './run-step.tsx'
import { RunTotals } from './run-totals.tsx'
import { runTree } from './run-tree.ts'
import { LostNote } from './thinking-card.tsx'
import type { ModelPrices, Turn } from './types.ts'
import { Waterfall } from './waterfall.tsx'

/** What the flyout shows of a run. */
export type FlyoutProps = Omit<StepContext, 'formatted' | 'place'> & {
  turn: Turn
  events: readonly ThinkingEvent[]
  /** Without it, the cost is not shown. */
  prices?: ModelPrices | undefined
}

/**
 * All about one run, in a column beside the chat. While the run works, the script updates its rows from the stream of the
 * page, and the flyout loads the rest again after new rows and at the end.
 */
export function Flyout({ turn, events, prices, ...context }: FlyoutProps) {
  const id = turn.conversation
  const url = urlOf(routes.run, { id, run: turn.run })
  const start = events[0]?.at ?? turn.askedAt
  const running = turn.status === 'running'
  const nodes = runTree(events)
  const formatted = formattedSpans(events)
  const end = running ? context.now : (events.at(-1)?.at ?? start)
  return (
    <aside
      id="flyout"
      class="flyout"
      aria-labelledby="flyout-title"
      data-run={turn.run}
      hx-get={running ? url : undefined}
      hx-trigger={running ? 'rows throttle:500ms, done from:body' : undefined}
      hx-swap={running ? 'outerMorph' : undefined}
      hx-sync={running ? 'this:replace' : undefined}
    >
      <header class="flyout-head">
        <h2 id="flyout-title" tabindex={-1}>
          Thinking
        </h2>
        <a class="icon-button flyout-close" href={urlOf(routes.conversation, { id })}>
          <span aria-hidden="true">✕</span>
          <span class="sr-only">Close thinking</span>
        </a>
      </header>
      <div class="flyout-body">
        <p class="flyout-question" dir="auto">
          {turn.question}
        </p>
        <p class={`outcome ${turn.status}`}>
          <strong>{running ? 'Still thinking' : `Thinking ${turn.status}`}</strong>{' '}
          <span class="duration">{runFacts(turn.counts, turn.durationMs).join(' · ')}</span>
        </p>
        <LostNote />
        {turn.error !== undefined && (
          <p class="reason" dir="auto">
            {turn.error}
          </p>
        )}
        <Decision events={events} />
        <h3>Timeline</h3>
        <Waterfall nodes={nodes} start={start} end={end} />
        <h3>Steps</h3>
        <ol class="rows" data-rows={turn.run}>
          {nodes.map((node) => (
            <RunStep node={node} formatted={formatted} place={turn} {...context} />
          ))}
        </ol>
        {events.length === 0 && <p class="note">No steps were recorded.</p>}
        <RunTotals events={events} durationMs={end - start} prices={prices} />
        <EventList events={events} start={start} />
      </div>
    </aside>
  )
}

/** Whom triage asked what, and whom it did not ask. */
function Decision({ events }: Pick<FlyoutProps, 'events'>) {
  const event = events.find(({ type }) => type === 'triage.decided')
  if (event?.type !== 'triage.decided') return null
  return (
    <section class="decision" aria-label="Decision of triage">
      {event.rejected !== undefined && <p dir="auto">{event.rejected}</p>}
      {event.tasks.length > 0 && (
        <dl>
          {event.tasks.map(({ agent, question }) => (
            <>
              <dt dir="auto">Asked {agent}</dt>
              <dd dir="auto">{question}</dd>
            </>
          ))}
        </dl>
      )}
      {event.skipped.length > 0 && <p dir="auto">Not asked: {event.skipped.join(', ')}</p>}
    </section>
  )
}

/** Every event with a line, in the words of the stream. One text, because a run may have thousands of events. */
function EventList({ events, start }: Pick<FlyoutProps, 'events'> & { start: number }) {
  const lines = events.flatMap((event) => {
    const text = label(event)
    if (text === undefined) return []
    const took = 'durationMs' in event ? ` ${duration(event.durationMs)}` : ''
    const time = event.type === 'gap' ? '' : ` ${offset(event.at - start)}`
    return [`${text}${took}${time}`]
  })
  return (
    <details class="events">
      <summary>All events in order</summary>
      <pre dir="auto">{lines.join('\n')}</pre>
    </details>
  )
}

/** More characters than this are shown as they are: tables and highlighted queries cost 100 ms of CPU per MiB. */
const maxFormatted = 65_536

/** The tool calls whose arguments and results are formatted, by their spans: the first ones of the run. */
function formattedSpans(events: readonly ThinkingEvent[]): ReadonlySet<string> {
  let characters = 0
  const spans = new Set<string>()
  for (const event of events) {
    if (event.type === 'tool.called') {
      characters += event.arguments.length
      if (characters <= maxFormatted) spans.add(event.span)
    } else if (event.type === 'tool.finished') {
      characters += event.preview.length
      if (characters > maxFormatted) spans.delete(event.span)
    }
  }
  return spans
}
