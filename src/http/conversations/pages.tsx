import { type Context, Hono } from 'hono'
import { v7 } from 'uuid'
import { z } from 'zod'
import { Chat, ChatTitle } from '../../../views/chat.tsx'
import { SidebarList } from '../../../views/sidebar.tsx'
import { SidebarItem } from '../../../views/sidebar-item.tsx'
import { Turns } from '../../../views/turns.tsx'
import { type ConversationEnv, isHtmx, type Services } from '../context.ts'
import { messageText, searchText, titleText, uuid, valid } from '../input.ts'
import { routes, urlOf } from '../routes.ts'
import { startRunWithTitle } from '../runs/ask.ts'
import {
  changeSchema,
  createConversation,
  currentConversation,
  deleteConversation,
} from './conversation.ts'
import { readTurns, renderPage } from './page.tsx'
import { sidebarPage, tagOf } from './sidebar-page.ts'

/** The pages of conversations and their fragments. A page and its fragment use the same component. */
export function conversationPages(services: Services): Hono<ConversationEnv> {
  const pages = new Hono<ConversationEnv>()
  const { runs, shell } = services

  pages.get(routes.home, valid('query', listQuery), async (c) => {
    const { q: query, ...list } = c.req.valid('query')
    return renderPage(c, services, { query, ...list })
  })

  pages.get(routes.conversations, valid('query', listQuery), async (c) => {
    const { q: query, ...list } = c.req.valid('query')
    const current = openConversation(c)
    const page = await sidebarPage(c, services, { query, current, ...list })
    const tag = await tagOf(page, services.now())
    c.header('etag', tag)
    if (c.req.header('if-none-match')?.includes(tag)) return c.body(null, 304)
    return c.html(<SidebarList page={page} limits={shell.limits} />)
  })

  pages.get(routes.conversation, valid('query', turnsQuery), async (c) => {
    const conversation = c.get('conversation')
    const { before, after } = c.req.valid('query')
    if (!isHtmx(c)) return renderPage(c, services, { conversation, before })
    const { previous, ...page } = await readTurns(services, conversation, before)
    if (after === undefined) {
      return c.html(<Turns conversation={{ ...page, ...(previous && { previous }) }} />)
    }
    const known = page.turns.findIndex(({ run }) => run === after)
    return c.html(<Turns conversation={{ ...page, turns: page.turns.slice(known + 1) }} />)
  })

  // With JavaScript the page opens an empty conversation, then asks in it as in any other. Without, the form sends the
  // first question along.
  pages.post(routes.conversations, valid('form', newConversation(services)), async (c) => {
    const { message, run = v7(), model } = c.req.valid('form')
    const history = c.get('history')
    // Before the conversation is created, so that a refused question leaves no empty one.
    await runs.checkQuestion(c.get('user').id)
    const user = { id: c.get('user').id, history }
    const created = await createConversation(services, user, { model })
    const url = urlOf(routes.conversation, { id: created.id })
    if (message !== undefined) {
      try {
        await startRunWithTitle(services, history, created, { message, run })
      } catch (error) {
        await history.deleteConversation(created.id)
        throw error
      }
      return c.redirect(`${url}#run-${run}`, 303)
    }
    if (!isHtmx(c)) return c.redirect(url, 303)
    c.header('hx-push-url', url)
    return c.html(
      <>
        <Chat shell={shell} conversation={{ ...created, turns: [] }} nextRun={v7()} />
        <SidebarItem entry={created} limits={shell.limits} current oob />
      </>,
    )
  })

  pages.put(routes.conversation, valid('form', changeSchema(services)), async (c) => {
    const { id } = c.get('conversation')
    const change = c.req.valid('form')
    await c.get('history').updateConversation(id, change)
    if (change.title === undefined) return c.body(null, 204)
    const changed = await currentConversation(c.get('history'), id)
    const isCurrent = openConversation(c) === id
    const lastRun = (await runs.lastRuns([changed])).get(id)
    const entry = { ...changed, ...(lastRun && { lastRun }) }
    return c.html(
      <>
        <SidebarItem entry={entry} limits={shell.limits} current={isCurrent} />
        {isCurrent && <ChatTitle title={changed.title} oob />}
      </>,
    )
  })

  pages.post(routes.renameConversation, valid('form', titleInput(services)), async (c) => {
    const { id } = c.get('conversation')
    await c.get('history').updateConversation(id, c.req.valid('form'))
    return c.redirect(urlOf(routes.conversation, { id }), 303)
  })

  pages.post(routes.deleteConversation, async (c) => {
    await deleteConversation(services, c.get('history'), c.get('conversation'))
    return c.redirect(routes.home, 303)
  })

  pages.delete(routes.conversation, async (c) => {
    const conversation = c.get('conversation')
    await deleteConversation(services, c.get('history'), conversation)
    if (openConversation(c) === conversation.id) c.header('hx-redirect', routes.home)
    return c.html('')
  })
  return pages
}

const listQuery = z.object({
  q: searchText.optional(),
  cursor: z.string().max(100).optional(),
  day: z.string().max(40).optional(),
  limit: z.coerce.number().int().min(1).max(100).optional(),
})

/** The turns before a run, or those after one, for a page that has not shown them yet. */
const turnsQuery = z.object({ before: uuid.optional(), after: uuid.optional() })

function titleInput({ limits }: Services) {
  return z.object({ title: titleText(limits.maxTitleCharacters) })
}

function newConversation(services: Services) {
  return changeSchema(services)
    .pick({ model: true })
    .extend({
      message: messageText(services.limits.maxMessageBytes).optional(),
      run: uuid.optional(),
    })
}

/** The conversation that is open in the page which sent the request; htmx sends the URL of the page. */
function openConversation(c: Context): string | undefined {
  const url = c.req.header('hx-current-url') ?? ''
  return /\/conversations\/([0-9a-f-]{36})/i.exec(url)?.[1]?.toLowerCase()
}
