import { routes, urlOf } from '../src/http/routes.ts'
import { elapsed } from './duration.ts'
import { keepOnError, replaceOnNotFound } from './error-placement.ts'
import { RunLink } from './run-link.tsx'

type Props = {
  conversation: string
  run: string
  elapsedMs: number
  /** A POST of this page waits for the answer. The card then loads the turn one second later and ignores a `404`. */
  awaited?: boolean
}

/**
 * A run in progress. Its rows arrive over SSE, and the script inserts them: htmx swaps nothing. The card loads the finished
 * turn after the event "done", and tries every 20 s, so that the answer arrives even if a proxy delays the stream or cuts
 * the POST.
 */
export function ThinkingCard({ conversation, run, elapsedMs, awaited = false }: Props) {
  const path = { id: conversation, run }
  return (
    <section class="thinking" aria-label="Thinking">
      <div class="thinking-head">
        <span class="pulse" aria-hidden="true" />
        <strong>Thinking...</strong>
        <span class="elapsed" data-age-ms={elapsedMs}>
          {elapsed(elapsedMs)}
        </span>
        <strong class="unsent-note">Not sent yet</strong>
        <RunLink href={urlOf(routes.run, path)} run={run}>
          Details
        </RunLink>
      </div>
      <p class="waiting" />
      <LostNote />
      <div class="lines" role="log" aria-live="off" aria-label="Steps so far">
        <ol
          hx-sse:connect={urlOf(routes.thinking, { id: conversation }, { run })}
          hx-sse:close="done"
          class="rows"
          data-rows={run}
          data-lines={urlOf(routes.runLines, path)}
          hx-swap="none"
          {...keepOnError}
        />
      </div>
      <p class="held-up-note">
        The stream is delayed by a proxy. Steps are loaded every second instead.{' '}
        <a href={routes.doctor}>Find the cause</a>
      </p>
      <div
        hidden
        hx-get={urlOf(routes.messages, { id: conversation }, { run })}
        hx-trigger={`done from:'closest .turn' delay:${awaited ? '1s' : '100ms'}, every 20s`}
        hx-target="closest .turn"
        hx-swap="outerHTML"
        {...keepOnError}
        {...(!awaited && replaceOnNotFound)}
      />
      <StopForm conversation={conversation} run={run} />
    </section>
  )
}

/** Shown while the page cannot reach the server. */
export function LostNote() {
  return <p class="lost-note">Connection lost, trying again.</p>
}

// Must not contain a named field: the pending turn around it posts every field inside it.
function StopForm({ conversation, run }: { conversation: string; run: string }) {
  const action = urlOf(routes.stopRun, { id: conversation, run })
  return (
    <form class="stop-form" method="post" action={action} hx-post={action} hx-swap="none">
      <noscript>
        <button type="submit" class="button">
          Stop
        </button>{' '}
        <a href={urlOf(routes.conversation, { id: conversation })}>Check for the answer</a>
      </noscript>
    </form>
  )
}
