import { Composer } from './composer.tsx'
import { ErrorNote } from './error-note.tsx'
import { keepOnError } from './error-placement.ts'
import { Icon } from './icon.tsx'
import { ModelSelect } from './model-select.tsx'
import { NewConversation } from './new-conversation.tsx'
import { PendingTurn } from './pending-turn.tsx'
import { LatestLink, Turns } from './turns.tsx'
import type { Conversation, Shell } from './types.ts'
import { Welcome } from './welcome.tsx'

type Props = {
  shell: Pick<Shell, 'models' | 'limits' | 'notices'>
  /** Without it, the chat shows the welcome. */
  conversation?: Conversation | undefined
  /** The id of the run that the next question starts. */
  nextRun: string
  /** The run that the flyout shows. */
  openRun?: string | undefined
}

/** The middle column: title and model, the turns, and the composer. */
export function Chat({ shell, conversation, nextRun, openRun }: Props) {
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
        {shell.notices.length > 0 && (
          <ul class="badges" aria-label="Notices">
            {shell.notices.map((notice) => (
              <li class="badge">{notice}</li>
            ))}
          </ul>
        )}
        {!isNamed(shell) && <ModelSelect models={shell.models} conversation={conversation} />}
      </header>
      <div id="scroller" class="scroller">
        <div id="turns" class="turns" {...keepOnError}>
          {conversation ? (
            <Turns conversation={conversation} openRun={openRun} />
          ) : (
            <Welcome nextRun={nextRun} />
          )}
          {conversation?.isEarlier && <LatestLink conversation={conversation.id} />}
        </div>
      </div>
      <div class="above-composer">
        <button type="button" id="newer" class="button newer" hidden>
          New <span aria-hidden="true">▾</span>
        </button>
        <div id="notice" class="notice" />
      </div>
      <template id="error-note">
        <ErrorNote message="" />
      </template>
      <Composer
        conversation={conversation?.id}
        nextRun={nextRun}
        limits={shell.limits}
        draft={conversation?.draft}
      />
      {conversation ? (
        <template id="pending-turn">
          <PendingTurn conversation={conversation.id} run="__run__" question="" />
        </template>
      ) : (
        <NewConversation />
      )}
    </main>
  )
}

/** Whether a notice names the only model, so that there is nothing to select and nothing else to say. */
function isNamed({ models: [model, ...others], notices }: Props['shell']): boolean {
  return others.length === 0 && model !== undefined && notices.includes(model.name)
}

/** The title above the turns. With `oob` it replaces the title on the page as part of another response. */
export function ChatTitle({ title, oob = false }: { title: string; oob?: boolean }) {
  return (
    <h1 id="chat-title" dir="auto" title={title} hx-swap-oob={oob ? 'true' : undefined}>
      {title}
    </h1>
  )
}
