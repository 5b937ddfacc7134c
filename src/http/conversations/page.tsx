import type { Context } from 'hono'
import { v7 } from 'uuid'
import { Page } from '../../../views/page.tsx'
import type { Turn } from '../../../views/types.ts'
import type { ThinkingEvent } from '../../core/event.ts'
import type { StoredConversation } from '../../storage/store.ts'
import type { ConversationEnv, Services } from '../context.ts'
import { setProcessCookie } from '../network/process-cookie.ts'
import { toTurn } from '../runs/turn.ts'
import { type SidebarQuery, sidebarPage } from './sidebar-page.ts'

/** What a whole page shows: a conversation or else the welcome, and a run in the flyout. */
type PageContent = Omit<SidebarQuery, 'current'> & {
  conversation?: StoredConversation
  flyout?: { turn: Turn; events: readonly ThinkingEvent[] }
}

/** Answers with a whole page. */
export async function renderPage(
  c: Context<ConversationEnv>,
  services: Services,
  { conversation, flyout, ...list }: PageContent,
): Promise<Response> {
  const { runs, shell, now } = services
  const results = conversation === undefined ? [] : await runs.results(conversation)
  const sidebar = await sidebarPage(c, services, {
    ...list,
    current: conversation?.id,
  })
  const shown = conversation && {
    ...conversation,
    turns: results.map((result) => toTurn(conversation.id, result, now())),
  }
  setProcessCookie(c, services.processId, c.get('arrival').scheme === 'https')
  return c.html(
    <Page
      shell={{ ...shell, user: c.get('user') }}
      sidebar={sidebar}
      nextRun={v7()}
      conversation={shown}
      flyout={flyout}
    />,
  )
}
