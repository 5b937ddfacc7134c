import { elapsed } from './duration.ts'
import { goneOnNotFound, keepOnError } from './error-status.ts'
import { conversationPath, linesPath, runPath, stopPath, thinkingPath, turnPath } from './paths.ts'
import { RunLink } from './run-link.tsx'

type Props = {
  conversation: string
  run: string
  elapsedMs: number
  /** Whether a POST is on its way with the answer: then the card gives it a second, and leaves errors to it. */
  awaited?: boolean
}

/**
 * A run while it goes on: its lines arrive over SSE. The card also looks after itself: it fetches the finished turn
 * after "done", and every 20 s in case the stream is held up, so that an answer whose POST was cut still arrives.
 */
export function ThinkingCard({ conversation, run, elapsedMs, awaited = false }: Props) {
  return (
    <section class="thinking" aria-label="Thinking">
      <div class="thinking-head">
        <span class="pulse" aria-hidden="true" />
        <strong>Thinking...</strong>
        <span class="elapsed" data-elapsed={elapsedMs}>
          {elapsed(elapsedMs)}
        </span>
        <RunLink href={runPath(conversation, run)} run={run}>
          Details
        </RunLink>
      </div>
      <div class="lines" role="log" aria-live="off" aria-label="Thinking so far">
        <ol
          hx-sse:connect={thinkingPath(conversation, run)}
          hx-sse:close="done"
          data-lines={linesPath(conversation, run)}
          hx-swap="beforeend"
          {...keepOnError}
        />
      </div>
      <p class="held-up-note">
        Something between here and the server holds the stream up. The steps are fetched instead.
      </p>
      <div
        hidden
        hx-get={turnPath(conversation, run)}
        hx-trigger={`done from:'closest .turn' delay:${awaited ? '1s' : '100ms'}, every 20s`}
        hx-target="closest .turn"
        hx-swap="outerHTML"
        {...keepOnError}
        {...(!awaited && goneOnNotFound)}
      />
      <StopForm conversation={conversation} run={run} />
    </section>
  )
}

// It must hold no named field: the pending turn around it posts every field that it holds.
function StopForm({ conversation, run }: { conversation: string; run: string }) {
  const action = stopPath(conversation, run)
  return (
    <form class="stop-form" method="post" action={action} hx-post={action} hx-swap="none">
      <noscript>
        <button type="submit" class="button">
          Stop
        </button>{' '}
        <a href={conversationPath(conversation)}>Look for the answer</a>
      </noscript>
    </form>
  )
}
