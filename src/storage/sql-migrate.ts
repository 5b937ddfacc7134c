import { OpsError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { schemaSteps, searchStep } from './schema.sql.ts'
import type { SqlDatabase } from './sql-database.ts'
import { SqlSearch } from './sql-search.ts'

const rowsPerRead = 50

/** So many messages take about a second at most. */
const quicklyIndexed = 2000

/**
 * Brings a database to the current schema, in one transaction. `version` is the number of completed steps.
 * @throws OpsError `bad_setting` for the database of a newer version
 */
export function migrate(db: SqlDatabase, version: number, log?: Log): void {
  if (version > schemaSteps.length) {
    throw new OpsError('bad_setting', {
      message:
        'The history was written by a newer version of OpsAgent. Start that version, or set DATA_DIR to another folder.',
    })
  }
  if (version === schemaSteps.length) return
  db.transaction(() => {
    for (const step of schemaSteps.slice(version)) db.exec(step)
    if (version < searchStep) indexHistory(db, log)
    db.all('UPDATE schema_version SET version = ?', schemaSteps.length)
  })
}

/** The version of a database; undefined for an empty one, and for a file of 0.1.0. */
export function readVersion(db: SqlDatabase): number | undefined {
  const [table] = db.all("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'")
  if (table === undefined) return undefined
  return Number(db.all('SELECT version FROM schema_version')[0]?.version)
}

/** @throws OpsError `bad_setting` unless the schema is that of this version */
export function requireCurrentVersion(version: number): void {
  if (version === schemaSteps.length) return
  throw new OpsError('bad_setting', {
    message:
      'The history was written by another version of OpsAgent. Use that version, or start the server of this version first.',
  })
}

/** Adds all texts of a history to the empty index. */
function indexHistory(db: SqlDatabase, log: Log | undefined): void {
  const messages = Number(db.all('SELECT count(*) AS messages FROM messages')[0]?.messages)
  if (messages > quicklyIndexed) {
    log?.info(`Indexing ${messages} messages for searches, once. The server starts afterwards.`)
  }
  let after = 0
  for (;;) {
    const conversations = db.all(
      'SELECT rowid, id, owner, title FROM conversations WHERE rowid > ? ORDER BY rowid LIMIT ?',
      after,
      rowsPerRead,
    )
    for (const { rowid, id, owner, title } of conversations) {
      const search = new SqlSearch(db, String(owner))
      search.addTitle(String(id), String(title))
      indexMessages(db, search, String(id))
      after = Number(rowid)
    }
    if (conversations.length < rowsPerRead) return
  }
}

function indexMessages(db: SqlDatabase, search: SqlSearch, conversation: string): void {
  let after = 0
  for (;;) {
    const messages = db.all(
      `SELECT rowid, run, content FROM messages WHERE conversation = ? AND rowid > ?
       ORDER BY rowid LIMIT ?`,
      conversation,
      after,
      rowsPerRead,
    )
    for (const { rowid, run, content } of messages) {
      search.add(conversation, String(run), String(content))
      after = Number(rowid)
    }
    if (messages.length < rowsPerRead) return
  }
}
