import type { ThinkingEvent } from '../src/core/event.ts'
import { routes, urlOf } from '../src/http/routes.ts'
import { duration } from './duration.ts'
import { RunStep } from './run-step.tsx'
import { runTree } from './run-tree.ts'
import type { Turn } from './types.ts'

type Props = { turn: Turn; events: readonly ThinkingEvent[] }

/** All steps of one run, in a column beside the chat. Reloads itself once when the run ends. */
export function Flyout({ turn, events }: Props) {
  const id = turn.conversation
  const url = urlOf(routes.run, { id, run: turn.run })
  const start = events[0]?.at ?? turn.askedAt
  const running = turn.status === 'running'
  return (
    <aside
      id="flyout"
      class="flyout"
      aria-labelledby="flyout-title"
      data-run={turn.run}
      hx-get={running ? url : undefined}
      hx-trigger={running ? 'done from:body delay:600ms' : undefined}
      hx-swap={running ? 'outerHTML' : undefined}
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
          <strong>{running ? 'Still thinking' : `Thinking ${turn.status}`}</strong>
          {turn.durationMs !== undefined && (
            <span class="duration">{duration(turn.durationMs)}</span>
          )}
          {running && (
            <a class="quiet" href={url} hx-get={url} hx-target="#flyout" hx-swap="outerHTML">
              Refresh
            </a>
          )}
        </p>
        {turn.error !== undefined && (
          <p class="reason" dir="auto">
            {turn.error}
          </p>
        )}
        <ol class="steps">
          {runTree(events).map((node) => (
            <RunStep node={node} start={start} running={running} />
          ))}
        </ol>
        {events.length === 0 && <p class="note">No steps were recorded.</p>}
      </div>
    </aside>
  )
}
