import { routes, urlOf } from '../src/http/routes.ts'
import { duration } from './duration.ts'
import { RunLink } from './run-link.tsx'
import type { Turn } from './types.ts'

/** The link from an ended run to its events: "Thinking finished". `open`: the flyout shows this run. */
export function ThinkingPill({ turn, open }: { turn: Turn; open: boolean }) {
  const { conversation, run, status, durationMs } = turn
  return (
    <p class={`summary ${status}`}>
      <RunLink
        class="summary-link"
        href={urlOf(routes.run, { id: conversation, run })}
        run={run}
        open={open}
      >
        <span aria-hidden="true">⊙</span> Thinking {status} <span aria-hidden="true">▸</span>
      </RunLink>{' '}
      {durationMs !== undefined && <span class="duration">{duration(durationMs)}</span>}
    </p>
  )
}
