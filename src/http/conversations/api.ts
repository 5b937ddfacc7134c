import { Hono } from 'hono'
import { z } from 'zod'
import type { ConversationEnv, Services } from '../context.ts'
import { jsonOnly, searchText, uuid, valid } from '../input.ts'
import { conversationJson, messageJson, runJson } from '../json.ts'
import { routes, urlOf } from '../routes.ts'
import { readResultPage } from '../runs/result-page.ts'
import {
  changeSchema,
  createConversation,
  currentConversation,
  deleteConversation,
  withOfferedModel,
} from './conversation.ts'
import { searchHistory } from './search.ts'

/** Conversations in the JSON API. */
export function conversationApi(services: Services): Hono<ConversationEnv> {
  const api = new Hono<ConversationEnv>()
  const { shell, runs, limits } = services
  const change = changeSchema(services)

  api.get(routes.api.conversations, valid('query', listQuery), async (c) => {
    const { q: query, limit, cursor } = c.req.valid('query')
    if (query) {
      const results = await searchHistory(c, services, query, limit)
      return c.json({
        conversations: results.map((found) => ({
          ...conversationJson(withOfferedModel(shell, found)),
          snippet: found.snippet ?? null,
        })),
        next_cursor: null,
      })
    }
    const page = await c.get('history').listConversations({ limit, cursor })
    return c.json({
      conversations: page.conversations.map((conversation) =>
        conversationJson(withOfferedModel(shell, conversation)),
      ),
      next_cursor: page.nextCursor ?? null,
    })
  })

  api.post(routes.api.conversations, jsonOnly, valid('json', change), async (c) => {
    const user = { id: c.get('user').id, history: c.get('history') }
    const conversation = await createConversation(services, user, c.req.valid('json'))
    c.header('location', urlOf(routes.api.conversation, { id: conversation.id }))
    return c.json(conversationJson(conversation), 201)
  })

  const resultQuery = z.object({
    limit: pageLimit(limits.turnsPerPage),
    before: uuid.optional(),
  })

  api.get(routes.api.conversation, valid('query', resultQuery), async (c) => {
    const conversation = c.get('conversation')
    const page = await readResultPage(runs, conversation, c.req.valid('query'))
    const { results, previous } = page
    return c.json({
      ...conversationJson(conversation),
      messages: results
        .flatMap(({ question, answer }) => (answer ? [question, answer] : [question]))
        .map(messageJson),
      runs: results.map(({ run }) => runJson(run)),
      previous_cursor: previous ?? null,
    })
  })

  api.put(routes.api.conversation, jsonOnly, valid('json', change), async (c) => {
    const { id } = c.get('conversation')
    await c.get('history').updateConversation(id, c.req.valid('json'))
    const changed = await currentConversation(c.get('history'), id)
    return c.json(conversationJson(withOfferedModel(shell, changed)))
  })

  api.delete(routes.api.conversation, async (c) => {
    const conversation = c.get('conversation')
    await deleteConversation(services, c.get('history'), conversation)
    return c.body(null, 204)
  })
  return api
}

const listQuery = z.object({
  q: searchText.optional(),
  limit: pageLimit(30),
  cursor: z.string().max(100).optional(),
})

function pageLimit(usual: number) {
  return z.coerce.number().int().min(1).max(100).default(usual)
}
