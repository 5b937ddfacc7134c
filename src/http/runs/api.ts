import { Hono } from 'hono'
import { v7 } from 'uuid'
import { OpsError } from '../../core/errors.ts'
import type { ConversationEnv, Services } from '../context.ts'
import { currentConversation } from '../conversations/conversation.ts'
import {
  approvalPath,
  decisionInput,
  feedbackInput,
  jsonOnly,
  questionInput,
  runPath,
  valid,
} from '../input.ts'
import { evidenceJson, messageJson, runJson } from '../json.ts'
import { routes, urlOf } from '../routes.ts'
import { ask, readPrefer } from './ask.ts'

/** Questions and runs in the JSON API. */
export function runApi(services: Services): Hono<ConversationEnv> {
  const api = new Hono<ConversationEnv>()
  const { runs, limits } = services
  const input = valid('json', questionInput(limits.maxMessageBytes))

  api.post(routes.api.messages, jsonOnly, input, async (c) => {
    const { message, run = v7() } = c.req.valid('json')
    const conversation = c.get('conversation')
    const history = c.get('history')
    const { waitMs, applied } = readPrefer(c.req.header('prefer'), limits.answerWaitSeconds)
    if (applied !== undefined) c.header('preference-applied', applied)
    const { signal } = c.req.raw
    const result = await ask(services, history, conversation, { message, run, waitMs, signal })
    if (result === undefined) {
      c.header('location', urlOf(routes.api.run, { id: conversation.id, run }))
      return c.json({ run: { id: run, status: 'running' } }, 202)
    }
    const current = await currentConversation(history, conversation.id)
    return c.json({
      user_message: messageJson(result.question),
      assistant_message: result.answer === undefined ? null : messageJson(result.answer),
      title: current.title,
      run: runJson(result.run),
    })
  })

  api.get(routes.api.run, valid('param', runPath), async (c) => {
    const conversation = c.get('conversation')
    const { run } = c.req.valid('param')
    const result = await runs.result(conversation, run)
    if (result === undefined) throw new OpsError('not_found')
    return c.json({
      ...runJson(result.run),
      ...(result.answer && { answer: result.answer.content }),
      ...evidenceJson(result.answer?.evidence),
      events: await runs.events(conversation, run),
    })
  })

  api.post(routes.api.stopRun, valid('param', runPath), async (c) => {
    const conversation = c.get('conversation')
    const { run } = c.req.valid('param')
    const isActive = await runs.stop(conversation, run)
    const status = isActive ? 'running' : (await runs.result(conversation, run))?.run.status
    if (status === undefined) throw new OpsError('not_found')
    return c.json({ run: { id: run, status } }, 202)
  })
  api.post(
    routes.api.approval,
    jsonOnly,
    valid('param', approvalPath),
    valid('json', decisionInput),
    async (c) => {
      const { run, span } = c.req.valid('param')
      const given = { ...c.req.valid('json'), by: c.get('user').name }
      const decided = await runs.decide(c.get('conversation'), run, span, given)
      return c.json({ approval: { span, ...decided } })
    },
  )
  api.put(
    routes.api.feedback,
    jsonOnly,
    valid('param', runPath),
    valid('json', feedbackInput),
    async (c) => {
      const conversation = c.get('conversation')
      const { run } = c.req.valid('param')
      await c.get('history').rateRun(conversation.id, run, c.req.valid('json'))
      const result = await runs.result(conversation, run)
      if (result === undefined) throw new OpsError('not_found')
      return c.json({ run: runJson(result.run) })
    },
  )
  return api
}
