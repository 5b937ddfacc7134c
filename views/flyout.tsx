import { label, type ThinkingEvent } from '../src/core/event.ts'
import { routes, urlOf } from '../src/http/routes.ts'
import { duration, offset } from './duration.ts'
import { runFacts } from './run-facts.ts'
import { kind } from './run-row.tsx'
import { RunStep, type StepContext } from './run-step.tsx'
import { RunTotals } from './run-totals.tsx'
import { runTree } from './run-tree.ts'
import { LostNote } from './thinking-card.tsx'
import type { ModelPrices, Turn } from './types.ts'
import { Waterfall } from './waterfall.tsx'

/** What the flyout shows of a run. */
export type FlyoutProps = StepContext & {
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
            <RunStep node={node} {...context} />
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

/** Every event with a line, in the words of the stream. */
function EventList({ events, start }: Pick<FlyoutProps, 'events'> & { start: number }) {
  return (
    <details class="events">
      <summary>All events in order</summary>
      <ol>
        {events.map((event) => {
          const text = label(event)
          if (text === undefined) return null
          const time = event.type === 'gap' ? '' : offset(event.at - start)
          const took = 'durationMs' in event ? duration(event.durationMs) : ''
          return (
            <li class={`event ${kind(event)}`}>
              <span class="words" dir="auto">
                {text}
              </span>{' '}
              <span class="duration">{took}</span> <span class="offset">{time}</span>
            </li>
          )
        })}
      </ol>
    </details>
  )
}
