import type { Run, RunMessage } from '../core/run.ts'
import type { StoredConversation } from '../storage/store.ts'

/** A conversation in the JSON API, without its messages. */
export function conversationJson({ id, title, model, createdAt, updatedAt }: StoredConversation) {
  return { id, title, model, created_at: iso(createdAt), updated_at: iso(updatedAt) }
}

/** A message in the JSON API. */
export function messageJson({ id, run, role, content, createdAt }: RunMessage) {
  return { id, run, role, content, created_at: iso(createdAt) }
}

/** A run in the JSON API. Its `error` has a code for programs and a sentence for users. */
export function runJson({ id, status, startedAt, finishedAt, code, error, feedback }: Run) {
  return {
    id,
    status,
    started_at: iso(startedAt),
    finished_at: finishedAt === undefined ? null : iso(finishedAt),
    ...(code !== undefined && { error: { code, message: error } }),
    ...(feedback && { feedback }),
  }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
