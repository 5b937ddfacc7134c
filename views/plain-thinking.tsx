import { PlainApprovals } from './approval.tsx'
import type { Turn } from './types.ts'

/** The thinking of a turn for browsers without JavaScript, which load the page again while the run works. */
export function PlainThinking({ turn }: { turn: Turn }) {
  if (turn.steps === undefined) return null
  return (
    <noscript>
      <details class="plain-thinking" open={turn.status === 'running'}>
        <summary>Thinking, step by step</summary>
        <ol>
          {turn.steps.map((step) => (
            <li>{step}</li>
          ))}
        </ol>
      </details>
      <PlainApprovals requests={turn.approvals ?? []} place={turn} />
    </noscript>
  )
}
