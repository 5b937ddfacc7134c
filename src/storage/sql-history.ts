import type { ConversationKey } from '../core/registry.ts'
import type { LastRun, Run, RunMessage } from '../core/run.ts'
import { lastRunFromRow, messageFromRow, runFromRow } from './rows.ts'
import type { SqlDatabase } from './sql-database.ts'
import type { MessageFilter, RunFilter } from './store.ts'

/** A condition of every statement on runs, messages and events. Its two parameters are the conversation and the owner. */
export const isOwned = 'EXISTS (SELECT 1 FROM conversations WHERE id = ? AND owner = ?)'

/** Reads runs. The inner query reads an index only, so that a page of a long conversation costs little. */
export function readRuns(
  db: SqlDatabase,
  { owner, conversation }: ConversationKey,
  { last = -1, before }: RunFilter = {},
): Run[] {
  const rows = db.all(
    `SELECT * FROM runs WHERE ${isOwned} AND rowid IN (
       SELECT rowid FROM runs WHERE conversation = ?1 AND (?3 IS NULL OR
         rowid < (SELECT rowid FROM runs WHERE conversation = ?1 AND id = ?3))
       ORDER BY rowid DESC LIMIT ?4)
     ORDER BY rowid`,
    conversation,
    owner,
    before ?? null,
    last,
  )
  return rows.map(runFromRow)
}

/** Reads messages in the same way. The runs are one parameter, because a Durable Object takes at most 100. */
export function readMessages(
  db: SqlDatabase,
  { owner, conversation }: ConversationKey,
  { runs, last = -1 }: MessageFilter = {},
): RunMessage[] {
  const isWanted = runs ? 'AND run IN (SELECT value FROM json_each(?4))' : ''
  const rows = db.all(
    `SELECT * FROM messages WHERE ${isOwned} AND rowid IN (
       SELECT rowid FROM messages WHERE conversation = ?1 ${isWanted}
       ORDER BY rowid DESC LIMIT ?3)
     ORDER BY rowid`,
    conversation,
    owner,
    last,
    ...(runs ? [JSON.stringify(runs)] : []),
  )
  return rows.map(messageFromRow)
}

/** Reads the newest run of each conversation. The conversations are one parameter, as above. */
export function readLastRuns(
  db: SqlDatabase,
  owner: string,
  conversations: readonly string[],
): LastRun[] {
  const rows = db.all(
    `SELECT conversation, id, status FROM runs WHERE rowid IN (
       SELECT max(runs.rowid) FROM runs JOIN conversations ON conversations.id = conversation
       WHERE owner = ? AND conversation IN (SELECT value FROM json_each(?)) GROUP BY conversation)`,
    owner,
    JSON.stringify(conversations),
  )
  return rows.map(lastRunFromRow)
}
