import type { Evidence } from '../core/evidence.ts'
import type { Run, RunMessage } from '../core/run.ts'
import type { StoredConversation } from '../storage/store.ts'

/** A conversation in the JSON API, without its messages. */
export function conversationJson({ id, title, model, createdAt, updatedAt }: StoredConversation) {
  return { id, title, model, created_at: iso(createdAt), updated_at: iso(updatedAt) }
}

/** A message in the JSON API. */
export function messageJson({ id, run, role, content, createdAt, evidence }: RunMessage) {
  return { id, run, role, content, created_at: iso(createdAt), ...evidenceJson(evidence) }
}

/**
 * What an answer refers to, in the JSON API: `[number]` in the answer is the result of the event `tool.called` whose `seq` is
 * `step`. `unbacked` names the specialists without any reference; `removed_references` counts those to nothing.
 */
export function evidenceJson(evidence: Evidence | undefined) {
  if (evidence === undefined) return undefined
  const { sections, references } = evidence
  return {
    references,
    unbacked: sections.filter(({ state }) => state === 'unbacked').map(({ agent }) => agent),
    removed_references: sections.reduce((sum, { removed }) => sum + removed, 0),
  }
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
