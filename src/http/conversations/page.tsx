import type { Context } from 'hono'
import { raw } from 'hono/html'
import { v7 } from 'uuid'
import { openApprovals } from '../../../views/approval.tsx'
import { askAbout } from '../../../views/ask-about.ts'
import { Flyout, type FlyoutProps } from '../../../views/flyout.tsx'
import { Page } from '../../../views/page.tsx'
import type { Conversation, Turn } from '../../../views/types.ts'
import { label } from '../../core/event.ts'
import { wait } from '../../core/wait.ts'
import type { StoredConversation } from '../../storage/store.ts'
import type { ConversationEnv, Services } from '../context.ts'
import { searchText } from '../input.ts'
import { setProcessCookie } from '../network/process-cookie.ts'
import { readResultPage } from '../runs/result-page.ts'
import { toTurn } from '../runs/turn.ts'
import { clockOffsetMs } from './browser-clock.ts'
import { type SidebarQuery, sidebarPage } from './sidebar-page.ts'

/** What a whole page shows: a conversation or else the welcome, and a run in the flyout. */
type PageContent = Omit<SidebarQuery, 'current'> & {
  conversation?: StoredConversation
  /** Shows the turns before this run instead of the last ones. */
  before?: string | undefined
  flyout?: FlyoutProps
}

/** Answers with a whole page. */
export async function renderPage(
  c: Context<ConversationEnv>,
  services: Services,
  { conversation, before, flyout, ...list }: PageContent,
): Promise<Response> {
  const { shell } = services
  const drawn = flyout && { run: flyout.turn.run, html: raw(String(<Flyout {...flyout} />)) }
  // The flyout of a long run costs up to 30 ms, and the turns as much: other requests are answered in between.
  if (drawn) await wait(0)
  const turns = conversation && (await readTurns(services, conversation, before))
  const about = searchText.safeParse(c.req.query('ask')).data
  if (turns && about) turns.draft = askAbout(about)
  if (clockOffsetMs(c) === undefined) await addSteps(services, conversation, turns)
  const sidebar = await sidebarPage(c, services, {
    ...list,
    current: conversation?.id,
  })
  setProcessCookie(c, services.processId, c.get('arrival').scheme === 'https')
  return c.html(
    <Page
      shell={{ ...shell, user: c.get('user') }}
      sidebar={sidebar}
      nextRun={v7()}
      conversation={turns}
      flyout={drawn}
    />,
  )
}

/** Adds the steps of the last turn, for browsers that may be without JavaScript. */
async function addSteps(
  { runs }: Services,
  conversation: StoredConversation | undefined,
  shown: Conversation | undefined,
): Promise<void> {
  const last = shown?.turns.at(-1)
  if (conversation === undefined || last === undefined) return
  const events = await runs.events(conversation, last.run)
  last.steps = events.flatMap((event) => label(event) ?? [])
  last.approvals = openApprovals(events)
}

/** A conversation with its last turns, or with those before a run. @throws OpsError `not_found` */
export async function readTurns(
  services: Services,
  conversation: StoredConversation,
  before?: string,
): Promise<Conversation> {
  const { runs, limits } = services
  const page = await readResultPage(runs, conversation, { limit: limits.turnsPerPage, before })
  const turns: Turn[] = []
  for (const result of page.results) {
    const isLast = result === page.results.at(-1)
    turns.push(await toTurn(services, conversation.id, result, isLast))
  }
  return {
    ...conversation,
    turns,
    isEarlier: before !== undefined,
    ...(page.previous !== undefined && { previous: page.previous }),
  }
}
