import { Hono } from 'hono'
import { v7 } from 'uuid'
import { z } from 'zod'
import { OpsError } from '../../core/errors.ts'
import { eventsSince } from '../../core/run-log.ts'
import type { StoredConversation } from '../../storage/store.ts'
import type { HttpEnv, Services } from '../context.ts'
import { conversationPath, jsonOnly, runPath, searchText, titleText, valid } from '../input.ts'
import { conversationJson, messageJson, runJson } from '../json.ts'
import { ownConversation, untitled, withOfferedModel } from './own-conversation.ts'

/** Conversations in the JSON API. */
export function conversationRoutes(services: Services): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  const { store, shell, runs } = services
  const change = changeSchema(services)

  routes.get('/api/user', (c) => {
    const { id, name } = c.get('user')
    return c.json({ id, name })
  })

  routes.get('/api/models', (c) => {
    const models = shell.models.map(({ id, name }, index) => ({ id, name, default: index === 0 }))
    return c.json({ models })
  })

  routes.get('/api/conversations', valid('query', listQuery), (c) => {
    const { q, limit, cursor } = c.req.valid('query')
    const { conversations, nextCursor } = store.listConversations(c.get('user').id, {
      limit,
      ...(q && { query: q }),
      ...(cursor && { cursor }),
    })
    return c.json({
      conversations: conversations.map((one) => conversationJson(withOfferedModel(shell, one))),
      next_cursor: nextCursor ?? null,
    })
  })

  routes.post('/api/conversations', jsonOnly, valid('json', change), (c) => {
    const conversation = createConversation(services, c.get('user').id, c.req.valid('json'))
    c.header('location', `/api/conversations/${conversation.id}`)
    return c.json(conversationJson(conversation), 201)
  })

  routes.get('/api/conversations/:id', valid('param', conversationPath), (c) => {
    const { id } = c.req.valid('param')
    const conversation = ownConversation(services, c.get('user').id, id)
    return c.json({
      ...conversationJson(conversation),
      messages: store.listMessages(id).map(messageJson),
      runs: runs.list(c.get('user').id, id).map(runJson),
    })
  })

  routes.put(
    '/api/conversations/:id',
    jsonOnly,
    valid('param', conversationPath),
    valid('json', change),
    (c) => {
      const { id } = c.req.valid('param')
      ownConversation(services, c.get('user').id, id)
      changeConversation(services, id, c.req.valid('json'))
      return c.json(conversationJson(ownConversation(services, c.get('user').id, id)))
    },
  )

  routes.delete('/api/conversations/:id', valid('param', conversationPath), async (c) => {
    await deleteConversation(services, c.get('user').id, c.req.valid('param').id)
    return c.body(null, 204)
  })

  routes.get('/api/conversations/:id/runs/:run', valid('param', runPath), (c) => {
    const { id, run } = c.req.valid('param')
    ownConversation(services, c.get('user').id, id)
    const stored = runs.find({ owner: c.get('user').id, conversation: id, run })
    if (stored === undefined) throw new OpsError('not_found')
    const answer = store.listMessages(id, { run }).find(({ role }) => role === 'assistant')
    const events = eventsSince(store.listEvents(id, run, 0), 0)
    return c.json({ ...runJson(stored), ...(answer && { answer: answer.content }), events })
  })
  return routes
}

const listQuery = z.object({
  q: searchText.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
  cursor: z.string().max(100).optional(),
})

/** What may be said of a conversation: its title, and one of the models there are. */
export function changeSchema({ shell, limits }: Services) {
  const ids = shell.models.map(({ id }) => id)
  return z.object({
    title: titleText(limits.maxTitleCharacters).optional(),
    model: z.enum(ids, `must be one of: ${ids.join(', ')}`).optional(),
  })
}

type Change = { title?: string | undefined; model?: string | undefined }

/** Opens an empty conversation. */
export function createConversation(
  { store, shell, now }: Services,
  owner: string,
  { title = untitled, model }: Change,
): StoredConversation {
  const at = now()
  const conversation = {
    ...{ id: v7(), owner, title, createdAt: at, updatedAt: at },
    model: model ?? shell.models[0].id,
  }
  store.createConversation(conversation)
  return conversation
}

/** Gives a conversation another title or model. */
export function changeConversation(
  { store }: Services,
  id: string,
  { title, model }: Change,
): void {
  store.updateConversation(id, {
    ...(title !== undefined && { title }),
    ...(model !== undefined && { model }),
  })
}

/** Removes a conversation with all that was said in it. A run that is under way is stopped first. */
export async function deleteConversation(
  services: Services,
  owner: string,
  id: string,
): Promise<void> {
  const { store, registry } = services
  ownConversation(services, owner, id)
  // Again and again: while one run ends, another may begin.
  for (let active = registry.find({ owner, conversation: id }); active; ) {
    active.stop(new OpsError('stopped'))
    await active.over
    active = registry.find({ owner, conversation: id })
  }
  store.deleteConversation(id)
}
