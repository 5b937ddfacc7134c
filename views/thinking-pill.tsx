import { routes, urlOf } from '../src/http/routes.ts'
import { AboutQuestion } from './about-question.tsx'
import { runFacts } from './run-facts.ts'
import { RunLink } from './run-link.tsx'
import type { Turn } from './types.ts'

/**
 * The link from an ended run to its events: "Thinking finished", and what it did. A finished run with a failed part looks
 * like one and has a Retry. `open`: the flyout shows this run.
 */
export function ThinkingPill({ turn, open }: { turn: Turn; open: boolean }) {
  const { conversation, run, status, counts, durationMs } = turn
  const isPartial = status === 'finished' && counts !== undefined && counts.failed > 0
  return (
    <div class={`summary ${status}${isPartial ? ' partial' : ''}`}>
      <RunLink
        class="summary-link"
        href={urlOf(routes.run, { id: conversation, run })}
        run={run}
        open={open}
      >
        <span aria-hidden="true">⊙</span> Thinking {status}{' '}
        {runFacts(counts, durationMs).map((fact) => (
          <>
            <span class="duration">· {fact}</span>{' '}
          </>
        ))}
        <span aria-hidden="true">▸</span>
        <AboutQuestion question={turn.question} />
      </RunLink>
      {isPartial && (
        <form class="retry" method="post" action={urlOf(routes.messages, { id: conversation })}>
          <input type="hidden" name="message" value={turn.question} />
          <button type="submit" class="button">
            Retry
          </button>
        </form>
      )}
    </div>
  )
}
