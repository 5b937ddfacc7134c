import { routes, urlOf } from '../src/http/routes.ts'
import { TurnView } from './turn.tsx'
import type { Conversation } from './types.ts'

type Props = {
  conversation: Pick<Conversation, 'id' | 'turns' | 'previous'>
  /** The run that the flyout shows. */
  openRun?: string | undefined
}

/** Some turns of a conversation. The link above them is replaced by the turns before. */
export function Turns({ conversation, openRun }: Props) {
  const { id, turns, previous } = conversation
  return (
    <>
      {previous !== undefined && <EarlierLink conversation={id} before={previous} />}
      {turns.map((turn) => (
        <TurnView turn={turn} open={turn.run === openRun} />
      ))}
    </>
  )
}

function EarlierLink({ conversation, before }: { conversation: string; before: string }) {
  const href = urlOf(routes.conversation, { id: conversation }, { before })
  return (
    <p class="more-turns earlier">
      <a href={href} hx-get={href} hx-target="closest .earlier" hx-swap="outerHTML">
        Earlier questions
      </a>
    </p>
  )
}

/** Below the turns of an earlier page: leads to the last turns. */
export function LatestLink({ conversation }: { conversation: string }) {
  return (
    <p class="more-turns latest">
      <a href={urlOf(routes.conversation, { id: conversation })}>Latest questions</a>
    </p>
  )
}
