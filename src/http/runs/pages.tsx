import { Hono } from 'hono'
import { v7 } from 'uuid'
import { z } from 'zod'
import { ChatTitle } from '../../../views/chat.tsx'
import { NextRun } from '../../../views/composer.tsx'
import { ErrorNote } from '../../../views/error-note.tsx'
import { Flyout } from '../../../views/flyout.tsx'
import { rowOf } from '../../../views/run-row.tsx'
import { SidebarItem } from '../../../views/sidebar-item.tsx'
import { TurnView } from '../../../views/turn.tsx'
import { Rating } from '../../../views/turn-actions.tsx'
import type { FieldLimits, Turn } from '../../../views/types.ts'
import { codeOf, OpsError } from '../../core/errors.ts'
import { countParts } from '../../core/run-counts.ts'
import { wait } from '../../core/wait.ts'
import type { StoredConversation } from '../../storage/store.ts'
import { type ConversationEnv, isHtmx, type Services } from '../context.ts'
import { currentConversation } from '../conversations/conversation.ts'
import { renderPage } from '../conversations/page.tsx'
import {
  approvalPath,
  decisionInput,
  feedbackInput,
  questionInput,
  runPath,
  uuid,
  valid,
} from '../input.ts'
import { routes, urlOf } from '../routes.ts'
import { ask } from './ask.ts'
import { toTurn } from './turn.ts'

/** Questions and runs on the page: the composer's form, the turn, the flyout, and Stop. */
export function runPages(services: Services): Hono<ConversationEnv> {
  const pages = new Hono<ConversationEnv>()
  const { runs, limits, shell, now } = services
  const input = valid('form', questionInput(limits.maxMessageBytes))

  pages.post(routes.messages, input, async (c) => {
    const { message, run = v7() } = c.req.valid('form')
    const conversation = c.get('conversation')
    const history = c.get('history')
    const waitMs = isHtmx(c) ? limits.answerWaitSeconds * 1000 : 0
    const { signal } = c.req.raw
    const question = { message, run, waitMs, signal }
    const result = await ask(services, history, conversation, question).catch((error) => {
      if (isHtmx(c) && codeOf(error) === 'conversation_busy') return 'busy' as const
      throw error
    })
    if (result === 'busy') return c.html(<BusyTurn turn={await lastTurn(conversation)} />, 409)
    if (!isHtmx(c)) return c.redirect(turnUrl(conversation, run), 303)
    const current = await currentConversation(history, conversation.id)
    const turn = result ? await toTurn(services, current.id, result) : await findTurn(current, run)
    return c.html(
      <>
        <ChangedTurn turn={turn} conversation={current} limits={shell.limits} />
        <NextRun run={v7()} oob />
      </>,
      result ? 200 : 202,
    )
  })

  pages.get(routes.messages, valid('query', z.object({ run: uuid })), async (c) => {
    const conversation = c.get('conversation')
    const turn = await findTurn(conversation, c.req.valid('query').run)
    if (turn.status === 'running') return c.body(null, 204)
    return c.html(<ChangedTurn turn={turn} conversation={conversation} limits={shell.limits} />)
  })

  pages.get(routes.run, valid('param', runPath), async (c) => {
    const conversation = c.get('conversation')
    const { run } = c.req.valid('param')
    const found = await findTurn(conversation, run)
    const events = await runs.events(conversation, run)
    // Reading a long run and drawing it take their time: other requests are answered in between.
    await wait(0)
    // Runs of earlier versions were stored without counts, and runs in progress have none.
    const turn = { ...found, counts: countParts(events) }
    const flyout = { turn, events, now: now(), limits, prices: limits.modelPrices }
    if (isHtmx(c)) return c.html(<Flyout {...flyout} />)
    return renderPage(c, services, { conversation, flyout })
  })

  pages.get(
    routes.runLines,
    valid('param', runPath),
    valid('query', z.object({ after: z.coerce.number().int().min(0).default(0) })),
    async (c) => {
      const conversation = c.get('conversation')
      const { run } = c.req.valid('param')
      const { status } = await findTurn(conversation, run)
      const events = await runs.events(conversation, run, c.req.valid('query').after)
      const place = { conversation: conversation.id, run }
      c.header('x-run-status', status)
      return c.html(events.map((event) => rowOf(event, now(), limits, place)).join(''))
    },
  )

  pages.post(routes.stopRun, valid('param', runPath), async (c) => {
    const conversation = c.get('conversation')
    const { run } = c.req.valid('param')
    if (!(await runs.stop(conversation, run))) await findTurn(conversation, run)
    if (isHtmx(c)) return c.body(null, 202)
    return c.redirect(turnUrl(conversation, run), 303)
  })

  pages.post(
    routes.approval,
    valid('param', approvalPath),
    valid('form', decisionInput),
    async (c) => {
      const conversation = c.get('conversation')
      const { run, span } = c.req.valid('param')
      const given = { ...c.req.valid('form'), by: c.get('user').name }
      await runs.decide(conversation, run, span, given)
      if (isHtmx(c)) return c.body(null, 204)
      return c.redirect(turnUrl(conversation, run), 303)
    },
  )

  pages.post(routes.feedback, valid('param', runPath), valid('form', feedbackInput), async (c) => {
    const conversation = c.get('conversation')
    const { run } = c.req.valid('param')
    await c.get('history').rateRun(conversation.id, run, c.req.valid('form'))
    const turn = await findTurn(conversation, run)
    return isHtmx(c) ? c.html(<Rating turn={turn} />) : c.redirect(turnUrl(conversation, run), 303)
  })

  /** The turn that keeps the conversation busy. @throws OpsError `conversation_busy` if it has been deleted */
  async function lastTurn(conversation: StoredConversation): Promise<Turn> {
    const [last] = await runs.results(conversation, { last: 1 })
    if (last === undefined) throw new OpsError('conversation_busy')
    return toTurn(services, conversation.id, last)
  }

  /** @throws OpsError `not_found` */
  async function findTurn(conversation: StoredConversation, run: string): Promise<Turn> {
    const result = await runs.result(conversation, run)
    if (result === undefined) throw new OpsError('not_found')
    return toTurn(services, conversation.id, result)
  }
  return pages
}

function turnUrl({ id }: StoredConversation, run: string): string {
  return `${urlOf(routes.conversation, { id })}#run-${run}`
}

type ChangedTurnProps = { turn: Turn; conversation: StoredConversation; limits: FieldLimits }

/** A turn, with the title and the sidebar item, which change with it. */
function ChangedTurn({ turn, conversation, limits }: ChangedTurnProps) {
  const entry = { ...conversation, lastRun: { id: turn.run, status: turn.status } }
  return (
    <>
      <TurnView turn={turn} />
      <ChatTitle title={conversation.title} oob />
      <SidebarItem entry={entry} limits={limits} current oob />
    </>
  )
}

/** Takes the place of a question that was not accepted: shows the turn that is in progress, and explains it. */
function BusyTurn({ turn }: { turn: Turn }) {
  return (
    <>
      <TurnView turn={turn} />
      <div id="composer-note" hx-swap-oob="true">
        <ErrorNote
          code="conversation_busy"
          message="This conversation is already answering a question from another tab or device. Your question is back in the field. Send it after the answer, or press Stop first."
        />
      </div>
    </>
  )
}
