import type { ThinkingEvent } from '../src/core/event.ts'
import { duration } from './duration.ts'
import { conversationPath, runPath } from './paths.ts'
import { RunStep } from './run-step.tsx'
import { runTree } from './run-tree.ts'
import type { Turn } from './types.ts'

type Props = { turn: Turn; events: ThinkingEvent[] }

/** Everything that is known of a run, in a column that narrows the chat. It renews itself once when the run ends. */
export function Flyout({ turn, events }: Props) {
  const path = runPath(turn.conversation, turn.run)
  const start = events[0]?.at ?? turn.askedAt
  const running = turn.status === 'running'
  return (
    <aside
      id="flyout"
      class="flyout"
      aria-labelledby="flyout-title"
      data-run={turn.run}
      {...(running && {
        'hx-get': path,
        'hx-trigger': 'done from:body delay:600ms',
        'hx-swap': 'outerHTML',
      })}
    >
      <header class="flyout-head">
        <h2 id="flyout-title" tabindex={-1}>
          Thinking
        </h2>
        <a class="icon-button flyout-close" href={conversationPath(turn.conversation)}>
          <span aria-hidden="true">✕</span>
          <span class="sr-only">Close thinking</span>
        </a>
      </header>
      <div class="flyout-body">
        <p class="asked" dir="auto">
          {turn.question}
        </p>
        <p class={`outcome ${turn.status}`}>
          <strong>{running ? 'Still thinking' : `Thinking ${turn.status}`}</strong>
          {turn.durationMs !== undefined && <span class="took">{duration(turn.durationMs)}</span>}
          {running && (
            <a class="quiet" href={path} hx-get={path} hx-target="#flyout" hx-swap="outerHTML">
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
