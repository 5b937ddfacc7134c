import { type Context, Hono } from 'hono'
import { v7 } from 'uuid'
import { z } from 'zod'
import { Chat, ChatTitle } from '../../../views/chat.tsx'
import { Flyout } from '../../../views/flyout.tsx'
import { Page } from '../../../views/page.tsx'
import { SidebarList } from '../../../views/sidebar.tsx'
import { SidebarItem } from '../../../views/sidebar-item.tsx'
import { ThinkingLine } from '../../../views/thinking-line.tsx'
import type { Conversation } from '../../../views/types.ts'
import { eventsSince } from '../../core/run-log.ts'
import { byHtmx } from '../by-htmx.ts'
import type { HttpEnv, Services } from '../context.ts'
import { conversationPath, messageText, runPath, searchText, uuid, valid } from '../input.ts'
import { markProcess } from '../network/process-cookie.ts'
import { routes, urlOf } from '../routes.ts'
import { findTurn, turnsOf } from '../runs/turns.ts'
import { changeConversation, changeSchema, createConversation, deleteConversation } from './api.ts'
import { ownConversation, titleFrom } from './own-conversation.ts'
import { sidebarPage } from './sidebar-page.ts'

type PageContext = Context<HttpEnv>

/** The pages, and the fragments of them that htmx asks for. Both use the same components. */
export function pageRoutes(services: Services): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  const { store, shell } = services

  app.get('/', valid('query', listQuery), (c) => {
    const { q, cursor } = c.req.valid('query')
    const sidebar = sidebarPage(services, c.get('user').id, { query: q, cursor })
    return c.html(wholePage(c, services, { sidebar }))
  })

  app.get('/conversations', valid('query', listQuery), (c) => {
    const { q, cursor } = c.req.valid('query')
    const page = sidebarPage(services, c.get('user').id, {
      query: q,
      cursor,
      current: currentOf(c),
    })
    return c.html(<SidebarList page={page} limits={shell.limits} />)
  })

  app.get('/conversations/:id', valid('param', conversationPath), (c) => {
    const conversation = conversationOf(c, services, c.req.valid('param').id)
    return c.html(wholePage(c, services, { conversation }))
  })

  app.get('/conversations/:id/runs/:run', valid('param', runPath), (c) => {
    const { id, run } = c.req.valid('param')
    const conversation = conversationOf(c, services, id)
    const flyout = {
      turn: findTurn(services, { owner: c.get('user').id, conversation: id, run }),
      events: eventsSince(store.listEvents(id, run, 0), 0),
    }
    if (byHtmx(c)) return c.html(<Flyout {...flyout} />)
    return c.html(wholePage(c, services, { conversation, flyout }))
  })

  app.get(
    '/conversations/:id/runs/:run/lines',
    valid('param', runPath),
    valid('query', linesQuery),
    (c) => {
      const { id, run } = c.req.valid('param')
      const owner = c.get('user').id
      ownConversation(services, owner, id)
      const { status } = findTurn(services, { owner, conversation: id, run })
      const events = eventsSince(store.listEvents(id, run, 0), c.req.valid('query').after)
      c.header('x-run-status', status)
      return c.html(events.map((event) => String(<ThinkingLine event={event} />)).join(''))
    },
  )

  app.post('/conversations', valid('form', firstQuestion(services)), (c) => {
    const { message, run = v7(), model } = c.req.valid('form')
    const owner = c.get('user').id
    if (message !== undefined) {
      // A form without JavaScript: the first question and the conversation come in one request.
      const created = createConversation(services, owner, { title: titleFrom(message), model })
      try {
        services.runs.begin(created, run, message)
      } catch (error) {
        store.deleteConversation(created.id)
        throw error
      }
      return c.redirect(`${urlOf(routes.conversation, { id: created.id })}#run-${run}`, 303)
    }
    const created = createConversation(services, owner, { model })
    c.header('hx-push-url', urlOf(routes.conversation, { id: created.id }))
    return c.html(
      <>
        <Chat shell={shell} conversation={{ ...created, turns: [] }} nextRun={v7()} />
        <SidebarItem entry={{ ...created, running: false }} limits={shell.limits} current oob />
      </>,
    )
  })

  app.put(
    '/conversations/:id',
    valid('param', conversationPath),
    valid('form', changeSchema(services)),
    (c) => {
      const { id } = c.req.valid('param')
      const change = c.req.valid('form')
      ownConversation(services, c.get('user').id, id)
      changeConversation(services, id, change)
      if (change.title === undefined) return c.body(null, 204)
      const current = currentOf(c)
      const owner = c.get('user').id
      const { title, updatedAt } = ownConversation(services, owner, id)
      const running = services.registry.find({ owner, conversation: id }) !== undefined
      return c.html(
        <>
          <SidebarItem
            entry={{ id, title, updatedAt, running }}
            limits={shell.limits}
            current={current === id}
          />
          {current === id && <ChatTitle title={title} oob />}
        </>,
      )
    },
  )

  app.delete('/conversations/:id', valid('param', conversationPath), async (c) => {
    const { id } = c.req.valid('param')
    await deleteConversation(services, c.get('user').id, id)
    if (currentOf(c) === id) c.header('hx-redirect', '/')
    return c.html('')
  })
  return app
}

const listQuery = z.object({
  q: searchText.optional(),
  cursor: z.string().max(100).optional(),
})

const linesQuery = z.object({ after: z.coerce.number().int().min(0).default(0) })

function firstQuestion(services: Services) {
  return changeSchema(services)
    .pick({ model: true })
    .extend({
      message: messageText(services.limits.maxMessageBytes).optional(),
      run: uuid.optional(),
    })
}

function wholePage(
  c: PageContext,
  services: Services,
  parts: Omit<Partial<Parameters<typeof Page>[0]>, 'shell'> = {},
) {
  const user = c.get('user')
  markProcess(c, services)
  const sidebar = sidebarPage(services, user.id, { current: parts.conversation?.id })
  return <Page shell={{ ...services.shell, user }} sidebar={sidebar} nextRun={v7()} {...parts} />
}

function conversationOf(c: PageContext, services: Services, id: string): Conversation {
  const { title, model } = ownConversation(services, c.get('user').id, id)
  return { id, title, model, turns: turnsOf(services, c.get('user').id, id) }
}

/** The conversation that is open in the page which sent the request, as htmx says. */
function currentOf(c: PageContext): string | undefined {
  const path = c.req.header('hx-current-url') ?? ''
  return /\/conversations\/([0-9a-f-]{36})/i.exec(path)?.[1]?.toLowerCase()
}
