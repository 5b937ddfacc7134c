import { routes, urlOf } from '../src/http/routes.ts'
import { EarlyParts } from './early-part.tsx'
import { keepOnAccepted, replaceOnError } from './error-placement.ts'
import { Question } from './question.tsx'
import { ThinkingCard } from './thinking-card.tsx'

type Props = { conversation: string; run: string; question: string }

/**
 * A question that this page has just asked. It posts itself when it is inserted, shows the thinking and is replaced
 * by the answer. The script triggers "repost" after a network failure; a repeated POST with the same run id is the
 * same run.
 */
export function PendingTurn({ conversation, run, question }: Props) {
  return (
    <article
      class="turn"
      id={`run-${run}`}
      data-status="running"
      hx-post={urlOf(routes.messages, { id: conversation })}
      hx-trigger="load, repost"
      hx-sync="this:drop"
      hx-swap="outerHTML"
      {...replaceOnError}
      {...keepOnAccepted}
    >
      <input type="hidden" name="message" value={question} />
      <input type="hidden" name="run" value={run} />
      <Question text={question} />
      <ThinkingCard conversation={conversation} run={run} elapsedMs={0} awaited />
      <EarlyParts />
    </article>
  )
}
