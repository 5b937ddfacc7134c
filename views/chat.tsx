import { Composer } from './composer.tsx'
import { Icon } from './icon.tsx'
import { ModelSelect } from './model-select.tsx'
import { PendingTurn } from './pending-turn.tsx'
import { TurnView } from './turn.tsx'
import type { Conversation, ModelChoice } from './types.ts'
import { Welcome } from './welcome.tsx'

type Props = {
  conversation?: Conversation | undefined
  nextRun: string
  models: ModelChoice[]
  /** The first question of a conversation that has just been opened: it posts itself. */
  pending?: { run: string; question: string } | undefined
  /** The run that the flyout beside the chat shows. */
  openRun?: string | undefined
}

/** The middle of the page: title and model, the turns, and the composer. No conversation: a welcome. */
export function Chat({ conversation, nextRun, models, pending, openRun }: Props) {
  return (
    <main id="chat" class="chat">
      <header class="chat-head">
        <a
          class="icon-button sidebar-open"
          href="#sidebar"
          aria-label="Conversations"
          aria-controls="sidebar"
          aria-expanded="false"
        >
          <Icon name="menu" />
        </a>
        <ChatTitle title={conversation?.title ?? 'New conversation'} />
        <ModelSelect models={models} conversation={conversation} />
      </header>
      <div id="scroller" class="scroller">
        <div id="turns" class="turns">
          {conversation ? (
            conversation.turns.map((turn) => <TurnView turn={turn} open={turn.run === openRun} />)
          ) : (
            <Welcome nextRun={nextRun} />
          )}
          {conversation && pending && <PendingTurn conversation={conversation.id} {...pending} />}
        </div>
      </div>
      <Composer conversation={conversation?.id} nextRun={nextRun} />
      {conversation && (
        <template id="pending-turn">
          <PendingTurn conversation={conversation.id} run="__run__" question="" />
        </template>
      )}
    </main>
  )
}

/** The title above the turns; `oob` sends a new one along with another fragment. */
export function ChatTitle({ title, oob = false }: { title: string; oob?: boolean }) {
  return (
    <h1 id="chat-title" dir="auto" title={title} {...(oob && { 'hx-swap-oob': 'true' })}>
      {title}
    </h1>
  )
}
