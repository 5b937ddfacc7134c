import { label, type ThinkingEvent } from '../src/core/event.ts'
import { routes, urlOf } from '../src/http/routes.ts'
import { elapsed, utcText } from './duration.ts'
import { noteOnError } from './error-placement.ts'
import { ToolValue } from './tool-value.tsx'

/** Where a run is. */
export type RunPlace = { conversation: string; run: string }

type Requested = Extract<ThinkingEvent, { type: 'approval.requested' }>
type Decided = Extract<ThinkingEvent, { type: 'approval.decided' }>

/** Whether an event belongs to an approval. */
export function isApproval(event: ThinkingEvent): event is Requested | Decided {
  return event.type === 'approval.requested' || event.type === 'approval.decided'
}

type RowProps = {
  event: Requested | Decided
  end?: ThinkingEvent | undefined
  ageMs: number
  limitSeconds: number
  place: RunPlace
  id?: string | undefined
}

/**
 * The row of an approval, below its tool call: exactly what the tool would do, with Approve and Deny until there is a
 * decision. The row of the decision updates it.
 */
export function ApprovalRow({ event, end, ageMs, limitSeconds, place, id }: RowProps) {
  const shown = end ?? event
  const isOpen = shown.type === 'approval.requested'
  return (
    <li
      id={id}
      class={isOpen ? 'row approval running' : 'row approval'}
      data-key={`approval-${event.span}`}
      data-parent={`span-${event.span}`}
      data-seq={shown.seq}
      data-age-ms={Math.max(0, Math.round(ageMs))}
      data-end={isOpen ? undefined : ''}
      data-name={`${event.agent} › ${event.tool}`}
      data-limit-seconds={limitSeconds}
    >
      <p class="line">
        <span class="words" dir="auto">
          {label(shown)}
        </span>{' '}
        <span class="rest">
          <span class="result">
            {isOpen && elapsed(ageMs)}
            {shown.type === 'approval.decided' && utcText(shown.at)}
          </span>
        </span>
      </p>
      {event.type === 'approval.requested' && <ToolValue text={event.arguments} />}
      <div class="approval-choice">
        {isOpen && <Choice span={event.span} tool={event.tool} place={place} />}
      </div>
    </li>
  )
}

/** The open approvals of a run for browsers without JavaScript, which get no rows. */
export function PlainApprovals({ requests, place }: { requests: Requested[]; place: RunPlace }) {
  return requests.map((request) => (
    <section class="approval">
      <p>{label(request)}</p>
      <ToolValue text={request.arguments} />
      <Choice span={request.span} tool={request.tool} place={place} />
    </section>
  ))
}

/** The approvals that have no decision, as long as their calls have not ended. */
export function openApprovals(events: readonly ThinkingEvent[]): Requested[] {
  const open = new Map<string, Requested>()
  for (const event of events) {
    if (event.type === 'approval.requested') open.set(event.span, event)
    else if ('span' in event) open.delete(event.span)
  }
  return [...open.values()]
}

type ChoiceProps = { span: string; tool: string; place: RunPlace }

function Choice({ span, tool, place: { conversation, run } }: ChoiceProps) {
  const action = urlOf(routes.approval, { id: conversation, run, span })
  return (
    <form method="post" action={action} hx-post={action} hx-swap="none" {...noteOnError}>
      <button
        type="submit"
        class="button"
        name="decision"
        value="approve"
        aria-label={`Approve ${tool}`}
      >
        Approve
      </button>{' '}
      <button type="submit" class="button" name="decision" value="deny" aria-label={`Deny ${tool}`}>
        Deny
      </button>
    </form>
  )
}
