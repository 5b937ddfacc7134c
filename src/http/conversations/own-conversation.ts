import { OpsError } from '../../core/errors.ts'
import type { StoredConversation } from '../../storage/store.ts'
import type { Services } from '../context.ts'

/** What a conversation has until its first question gives it a title. */
export const untitled = 'New conversation'

/**
 * The conversation with this id, if it is this person's.
 * @throws OpsError `not_found`, the same for one that does not exist and for somebody else's.
 */
export function ownConversation(
  { store, shell }: Pick<Services, 'store' | 'shell'>,
  owner: string,
  id: string,
): StoredConversation {
  const conversation = store.findConversation(owner, id)
  if (conversation === undefined) throw new OpsError('not_found')
  return withOfferedModel(shell, conversation)
}

/** A model that is no longer offered gives way to the default: a server may be started with another one. */
export function withOfferedModel(
  { models }: Services['shell'],
  conversation: StoredConversation,
): StoredConversation {
  if (models.some(({ id }) => id === conversation.model)) return conversation
  return { ...conversation, model: models[0].id }
}

/** A title made of a question: its first line, cut after a word. */
export function titleFrom(question: string, maxCharacters = 60): string {
  // Characters without a shape would make a title that nobody sees.
  const line =
    question
      .split('\n', 1)[0]
      ?.replaceAll(/[\p{Cf}\p{Cc}]/gu, '')
      .trim() ?? ''
  if (line.length <= maxCharacters) return line === '' ? untitled : line
  const cut = line.slice(0, maxCharacters).replace(/[\ud800-\udbff]$/, '')
  const space = cut.lastIndexOf(' ')
  return `${space > maxCharacters / 2 ? cut.slice(0, space) : cut}…`
}
