import type { ThinkingEvent } from '../src/core/event.ts'
import { Chat } from './chat.tsx'
import { Flyout } from './flyout.tsx'
import { Layout } from './layout.tsx'
import { Sidebar } from './sidebar.tsx'
import type { Conversation, Shell, SidebarPage, Turn } from './types.ts'

type Props = {
  shell: Shell
  sidebar: SidebarPage
  conversation?: Conversation | undefined
  nextRun: string
  flyout?: { turn: Turn; events: ThinkingEvent[] } | undefined
}

/** The whole document: the welcome page, or a conversation, with the flyout open if there is one. */
export function Page({ shell, sidebar, conversation, nextRun, flyout }: Props) {
  return (
    <Layout shell={shell} title={`${conversation?.title ?? 'New conversation'} · OpsAgent`}>
      <a class="skip" href="#message">
        Skip to the question field
      </a>
      <Sidebar shell={shell} page={sidebar} />
      <Chat
        conversation={conversation}
        nextRun={nextRun}
        models={shell.models}
        openRun={flyout?.turn.run}
      />
      {flyout ? <Flyout {...flyout} /> : <aside id="flyout" class="flyout" hidden />}
    </Layout>
  )
}
