import type { HtmlEscapedString } from 'hono/utils/html'
import { routes, urlOf } from '../src/http/routes.ts'
import { Chat } from './chat.tsx'
import { Layout } from './layout.tsx'
import { Shortcuts } from './shortcuts.tsx'
import { Sidebar } from './sidebar.tsx'
import type { Conversation, Shell, SidebarPage } from './types.ts'

type Props = {
  shell: Shell
  sidebar: SidebarPage
  /** Without it, the page shows the welcome. */
  conversation?: Conversation | undefined
  /** The id of the run that the next question starts. */
  nextRun: string
  /** The run that the flyout shows, and the drawn flyout. */
  flyout?: { run: string; html: HtmlEscapedString } | undefined
}

/** The whole document: sidebar, chat, and the flyout if a run is open in it. */
export function Page({ shell, sidebar, conversation, nextRun, flyout }: Props) {
  return (
    <Layout
      shell={shell}
      title={`${conversation?.title ?? 'New conversation'} · OpsAgent`}
      next={conversation && nextOf(conversation)}
    >
      <a class="skip" href="#message">
        Skip to the question field
      </a>
      <Sidebar shell={shell} page={sidebar} />
      <Chat shell={shell} conversation={conversation} nextRun={nextRun} openRun={flyout?.run} />
      {flyout?.html ?? <aside id="flyout" class="flyout" hidden />}
      <Shortcuts />
    </Layout>
  )
}

/** The page of a run in progress, later. With the same query, a browser would only go to the anchor. */
function nextOf({ id, turns }: Conversation): string | undefined {
  const running = turns.find(({ status }) => status === 'running')
  if (running === undefined) return undefined
  const url = urlOf(routes.conversation, { id }, { elapsed: String(running.elapsedMs) })
  return `${url}#run-${running.run}`
}
