import type { HtmlEscapedString } from 'hono/utils/html'
import { routes, urlOf } from '../src/http/routes.ts'
import { EarlyParts } from './early-part.tsx'
import { PlainThinking } from './plain-thinking.tsx'
import { Question } from './question.tsx'
import { ThinkingCard } from './thinking-card.tsx'
import { ThinkingPill } from './thinking-pill.tsx'
import { TurnActions } from './turn-actions.tsx'
import type { Turn } from './types.ts'

type Props = { turn: Turn; open?: boolean }

/** One question with its thinking and its answer. `open`: the flyout shows this run. */
export function TurnView({ turn, open = false }: Props) {
  return (
    <article class="turn" id={`run-${turn.run}`} data-status={turn.status}>
      <Question text={turn.question} />
      <PlainThinking turn={turn} />
      {turn.status === 'running' ? (
        <>
          <ThinkingCard
            conversation={turn.conversation}
            run={turn.run}
            elapsedMs={turn.elapsedMs}
          />
          <EarlyParts />
        </>
      ) : (
        <Outcome turn={turn} open={open} />
      )}
    </article>
  )
}

function Outcome({ turn, open }: Required<Props>) {
  return (
    <>
      <ThinkingPill turn={turn} open={open} />
      {turn.answer !== undefined && <Answer html={turn.answer} />}
      {turn.status !== 'finished' && <Failure turn={turn} />}
      <TurnActions turn={turn} />
    </>
  )
}

function Answer({ html }: { html: HtmlEscapedString }) {
  return (
    <>
      <h2 class="sr-only">OpsAgent answered</h2>
      <div class="answer" dir="auto">
        {html}
      </div>
    </>
  )
}

function Failure({ turn }: { turn: Turn }) {
  return (
    <div class={`failure ${turn.status}`}>
      <p dir="auto">{turn.error ?? defaultReason(turn)}</p>
      <form class="retry" method="post" action={urlOf(routes.messages, { id: turn.conversation })}>
        <input type="hidden" name="message" value={turn.question} />
        <button type="submit" class="button">
          Retry
        </button>
      </form>
    </div>
  )
}

function defaultReason({ status, answer }: Turn): string {
  const what = answer === undefined ? 'There is no answer.' : 'The answer above is not complete.'
  if (status === 'stopped') return `You stopped this question. ${what}`
  if (status === 'interrupted') return `The server restarted during this question. ${what}`
  return `Something went wrong. ${what}`
}
