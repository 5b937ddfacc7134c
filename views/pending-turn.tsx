import { replaceOnError } from './error-status.ts'
import { messagesPath } from './paths.ts'
import { Question } from './question.tsx'
import { ThinkingCard } from './thinking-card.tsx'

type Props = { conversation: string; run: string; question: string }

/**
 * The turn that the browser has just asked. It posts itself when it appears, shows the thinking meanwhile and is
 * replaced by the answer. Posting again is safe, as a repeated POST is the same run: app.js says "again" when the
 * network failed. After a 202 it stays and lets its card fetch the answer.
 */
export function PendingTurn({ conversation, run, question }: Props) {
  return (
    <article
      class="turn"
      id={`run-${run}`}
      data-status="running"
      hx-post={messagesPath(conversation)}
      hx-trigger="load, again"
      hx-sync="this:drop"
      hx-swap="outerHTML"
      {...replaceOnError}
      {...{ 'hx-status:202': 'swap:none' }}
    >
      <input type="hidden" name="message" value={question} />
      <input type="hidden" name="run" value={run} />
      <Question text={question} />
      <ThinkingCard conversation={conversation} run={run} elapsedMs={0} awaited />
    </article>
  )
}
