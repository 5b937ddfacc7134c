import { Hono } from 'hono'
import { v7 } from 'uuid'
import { z } from 'zod'
import { ChatTitle } from '../../../views/chat.tsx'
import { NextRun } from '../../../views/composer.tsx'
import { SidebarItem } from '../../../views/sidebar-item.tsx'
import { TurnView } from '../../../views/turn.tsx'
import { byHtmx } from '../by-htmx.ts'
import type { HttpEnv, Services } from '../context.ts'
import { ownConversation } from '../conversations/own-conversation.ts'
import { conversationPath, jsonOnly, messageText, runPath, uuid, valid } from '../input.ts'
import { messageJson, runJson } from '../json.ts'
import { ask, readPrefer } from './ask.ts'
import { findTurn } from './turns.ts'

/** Questions and answers: the JSON API, and the page's own form. */
export function messageRoutes(services: Services): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  const { limits } = services
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
      const { waitMs, applied } = readPrefer(c.req.header('prefer'), limits.answerWaitSeconds)
      if (applied !== undefined) c.header('preference-applied', applied)
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
      const waitMs = byHtmx(c) ? limits.answerWaitSeconds * 1000 : 0
      const { signal } = c.req.raw
      const over = await ask(services, conversation, { message, run, waitMs, signal })
      if (!byHtmx(c)) return c.redirect(`/conversations/${id}#run-${run}`, 303)
      return c.html(
        <>
          <Answered services={services} owner={user.id} conversation={id} run={run} />
          <NextRun run={v7()} oob />
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
      const owner = c.get('user').id
      ownConversation(services, owner, id)
      const { status } = findTurn(services, { owner, conversation: id, run })
      if (status === 'running') return c.body(null, 204)
      return c.html(<Answered services={services} owner={owner} conversation={id} run={run} />)
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
    if (byHtmx(c)) return c.body(null, 202)
    return c.redirect(`/conversations/${id}#run-${run}`, 303)
  })
  return routes
}

type AnsweredProps = { services: Services; owner: string; conversation: string; run: string }

/** A turn, and what stands elsewhere on the page and changes with it. */
function Answered({ services, owner, conversation, run }: AnsweredProps) {
  const turn = findTurn(services, { owner, conversation, run })
  const { id, title, updatedAt } = ownConversation(services, owner, conversation)
  const running = turn.status === 'running'
  return (
    <>
      <TurnView turn={turn} />
      <ChatTitle title={title} oob />
      <SidebarItem
        entry={{ id, title, updatedAt, running }}
        limits={services.shell.limits}
        current
        oob
      />
    </>
  )
}

function answerJson(services: Services, owner: string, conversation: string, run: string) {
  const { store, runs } = services
  const messages = store.listMessages(conversation, { run })
  const question = messages.find(({ role }) => role === 'user')
  const answer = messages.find(({ role }) => role === 'assistant')
  const stored = runs.find({ owner, conversation, run })
  return {
    user_message: question === undefined ? null : messageJson(question),
    assistant_message: answer === undefined ? null : messageJson(answer),
    title: ownConversation(services, owner, conversation).title,
    run: stored === undefined ? null : runJson(stored),
  }
}

/** Stopping twice, or after the end, changes nothing. @throws OpsError `not_found` */
function stop(services: Services, owner: string, conversation: string, run: string) {
  ownConversation(services, owner, conversation)
  const { status } = findTurn(services, { owner, conversation, run })
  services.runs.stop({ owner, conversation, run })
  return status
}
