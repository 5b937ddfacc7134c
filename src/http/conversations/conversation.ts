import { createMiddleware } from 'hono/factory'
import { v7 } from 'uuid'
import { z } from 'zod'
import { OpsError } from '../../core/errors.ts'
import type { OwnerStore, StoredConversation } from '../../storage/store.ts'
import type { ConversationEnv, Services } from '../context.ts'
import { titleText, uuid } from '../input.ts'

/** The title of a conversation until its first question gives it another one. */
export const untitled = 'New conversation'

/**
 * Loads the conversation in the path for its owner. It covers every route below a conversation, so no route can serve
 * the conversation of another user.
 * @throws OpsError `not_found`, the same for a conversation that does not exist and for one of another user
 */
export function loadConversation({ shell }: Services) {
  return createMiddleware<ConversationEnv>(async function loadOwnConversation(c, next) {
    const id = uuid.safeParse(c.req.param('id'))
    const conversation = id.success && (await c.get('history').findConversation(id.data))
    if (!conversation) throw new OpsError('not_found')
    c.set('conversation', withOfferedModel(shell, conversation))
    await next()
  })
}

/** Replaces a model that is no longer offered by the default one, because the settings may have changed. */
export function withOfferedModel(
  { models }: Services['shell'],
  conversation: StoredConversation,
): StoredConversation {
  if (models.some(({ id }) => id === conversation.model)) return conversation
  return { ...conversation, model: models[0].id }
}

/** The fields of a conversation that a user may set: its title, and one of the offered models. */
export function changeSchema({ shell, limits }: Services) {
  const ids = shell.models.map(({ id }) => id)
  return z.object({
    title: titleText(limits.maxTitleCharacters).optional(),
    model: z.enum(ids, `must be one of: ${ids.join(', ')}`).optional(),
  })
}

/** Creates an empty conversation. @throws OpsError `too_many_requests` */
export async function createConversation(
  { shell, now, conversationQuota }: Services,
  user: { id: string; history: OwnerStore },
  {
    title = untitled,
    model = shell.models[0].id,
  }: { title?: string | undefined; model?: string | undefined },
): Promise<StoredConversation> {
  conversationQuota.take(user.id)
  const at = now()
  const conversation = { id: v7(), title, model, createdAt: at, updatedAt: at }
  await user.history.createConversation(conversation)
  return { ...conversation, owner: user.id }
}

/**
 * The current state of a conversation, which may have changed since the request began.
 * @throws OpsError `not_found` if it was deleted meanwhile
 */
export async function currentConversation(
  history: OwnerStore,
  id: string,
): Promise<StoredConversation> {
  const current = await history.findConversation(id)
  if (current === undefined) throw new OpsError('not_found')
  return current
}

/** Deletes a conversation and stops its run. */
export async function deleteConversation(
  { runs }: Services,
  history: OwnerStore,
  conversation: StoredConversation,
): Promise<void> {
  await runs.stopAll(conversation)
  await history.deleteConversation(conversation.id)
  // A run may have started before the deletion was complete.
  await runs.stopAll(conversation)
  runs.dismissReaders(conversation)
}
