import { Hono } from 'hono'
import { v7 } from 'uuid'
import { z } from 'zod'
import { ChatTitle } from '../../views/chat.tsx'
import { NextRun } from '../../views/composer.tsx'
import { SidebarItem } from '../../views/sidebar-item.tsx'
import { TurnView } from '../../views/turn.tsx'
import { ask, waitMsOf } from './ask.ts'
import { conversationPath, jsonOnly, messageText, runPath, uuid, valid } from './input.ts'
import { messageJson, runJson } from './json.ts'
import { ownConversation } from './own-conversation.ts'
import type { HttpEnv, Services } from './services.ts'
import { findTurn, messagesOf } from './turns.ts'

/** Questions and answers: the JSON API, and the page's own form. */
export function messageRoutes(services: Services): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  const { store, limits, now } = services
  const input = z.object({
    message: messageText(limits.maxMessageBytes),
    run: uuid.optional(),
  })

  routes.post(
    '/api/conversations/:id/messages',
    jsonOnly,
    valid('param', conversationPath),
    valid('json', input),
    async (c) => {
      const { message, run = v7() } = c.req.valid('json')
      const { id } = c.req.valid('param')
      const conversation = ownConversation(services, c.get('user').id, id)
      const prefer = c.req.header('prefer')
      const waitMs = waitMsOf(prefer, limits.answerWaitSeconds)
      if (prefer !== undefined && /respond-async|wait\s*=/i.test(prefer)) {
        c.header('preference-applied', prefer)
      }
      const { signal } = c.req.raw
      const over = await ask(services, conversation, { message, run, waitMs, signal })
      if (!over) {
        c.header('location', `/api/conversations/${id}/runs/${run}`)
        return c.json({ run: { id: run, status: 'running' } }, 202)
      }
      return c.json(answerJson(services, c.get('user').id, id, run))
    },
  )

  routes.post(
    '/conversations/:id/messages',
    valid('param', conversationPath),
    valid('form', input),
    async (c) => {
      const { message, run = v7() } = c.req.valid('form')
      const { id } = c.req.valid('param')
      const user = c.get('user')
      const conversation = ownConversation(services, user.id, id)
      const byHtmx = c.req.header('hx-request') === 'true'
      const waitMs = byHtmx ? limits.answerWaitSeconds * 1000 : 0
      const { signal } = c.req.raw
      const over = await ask(services, conversation, { message, run, waitMs, signal })
      if (!byHtmx) return c.redirect(`/conversations/${id}#run-${run}`, 303)
      const { title, updatedAt } = ownConversation(services, user.id, id)
      return c.html(
        <>
          <TurnView turn={findTurn(store, id, run, now())} />
          <NextRun run={v7()} oob />
          <ChatTitle title={title} oob />
          <SidebarItem entry={{ id, title, updatedAt, running: !over }} current oob />
        </>,
        over ? 200 : 202,
      )
    },
  )

  routes.get(
    '/conversations/:id/messages',
    valid('param', conversationPath),
    valid('query', z.object({ run: uuid })),
    (c) => {
      const { id } = c.req.valid('param')
      const { run } = c.req.valid('query')
      ownConversation(services, c.get('user').id, id)
      const turn = findTurn(store, id, run, now())
      return turn.status === 'running' ? c.body(null, 204) : c.html(<TurnView turn={turn} />)
    },
  )

  routes.post('/api/conversations/:id/runs/:run/stop', valid('param', runPath), (c) => {
    const { id, run } = c.req.valid('param')
    const status = stop(services, c.get('user').id, id, run)
    return c.json({ run: { id: run, status } }, 202)
  })

  routes.post('/conversations/:id/runs/:run/stop', valid('param', runPath), (c) => {
    const { id, run } = c.req.valid('param')
    stop(services, c.get('user').id, id, run)
    if (c.req.header('hx-request') === 'true') return c.body(null, 202)
    return c.redirect(`/conversations/${id}#run-${run}`, 303)
  })
  return routes
}

function answerJson(services: Services, owner: string, conversation: string, run: string) {
  const { store } = services
  const messages = messagesOf(store, conversation, run)
  const question = messages.find(({ role }) => role === 'user')
  const answer = messages.find(({ role }) => role === 'assistant')
  const stored = store.findRun(conversation, run)
  return {
    user_message: question === undefined ? null : messageJson(question),
    assistant_message: answer === undefined ? null : messageJson(answer),
    title: ownConversation(services, owner, conversation).title,
    run: stored === undefined ? null : runJson(stored),
  }
}

/** Stopping twice, or after the end, changes nothing. @throws OpsError `not_found` */
function stop(services: Services, owner: string, conversation: string, run: string) {
  const { store, runs, now } = services
  ownConversation(services, owner, conversation)
  const { status } = findTurn(store, conversation, run, now())
  runs.stop({ owner, conversation, run })
  return status
}
