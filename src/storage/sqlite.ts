import { Database } from 'bun:sqlite'
import { OpsError } from '../core/errors.ts'
import { type ThinkingEvent, thinkingEventSchema } from '../core/event.ts'
import type { RunKey } from '../core/registry.ts'
import { migrations } from './migrations.ts'
import { conversationFromRow, messageFromRow, runFromRow } from './rows.ts'
import type { ListFilter, Store, StoredConversation, StoredMessage, StoredRun } from './store.ts'

/**
 * A store in one SQLite file, or in memory for `:memory:`.
 *
 * The journal is a WAL with `synchronous = NORMAL`: what was written outlives the process, also after `kill -9`; only
 * a power cut may take the last moments.
 */
export function openSqliteStore(path: string): Store {
  const db = new Database(path, { create: true, strict: true })
  db.run('PRAGMA journal_mode = WAL')
  db.run('PRAGMA synchronous = NORMAL')
  db.run('PRAGMA foreign_keys = ON')
  // The loop waits with it: nobody else should hold the file, and what fails is tried again.
  db.run('PRAGMA busy_timeout = 200')
  migrate(db)
  return {
    ...conversationCalls(db),
    ...runCalls(db),
    ...eventCalls(db),
    addProcess: (id, at) => void db.query('INSERT INTO processes VALUES (?, ?)').run(id, at),
    knowsProcess: (id) => db.query('SELECT 1 FROM processes WHERE id = ?').get(id) !== null,
    check() {
      db.run('BEGIN IMMEDIATE')
      db.run('ROLLBACK')
    },
    close: () => db.close(),
  }
}

function migrate(db: Database): void {
  const { user_version: done = 0 } =
    db.query<{ user_version: number }, []>('PRAGMA user_version').get() ?? {}
  if (done > migrations.length) {
    throw new OpsError('bad_setting', {
      message:
        'The history was written by a newer version of OpsAgent. Start that one, or set DATA_DIR to another folder.',
    })
  }
  db.transaction(() => {
    for (const step of migrations.slice(done)) db.run(step)
    db.run(`PRAGMA user_version = ${migrations.length}`)
  })()
}

function conversationCalls(db: Database) {
  return {
    createConversation({ id, owner, title, model, createdAt, updatedAt }: StoredConversation) {
      db.query('INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?)').run(
        id,
        owner,
        title,
        model,
        createdAt,
        updatedAt,
      )
    },
    findConversation(owner: string, id: string) {
      const row = db.query('SELECT * FROM conversations WHERE owner = ? AND id = ?').get(owner, id)
      return row === null ? undefined : conversationFromRow(row)
    },
    listConversations(owner: string, filter: ListFilter) {
      const rows = selectConversations(db, owner, filter).map(conversationFromRow)
      const conversations = rows.slice(0, filter.limit)
      const last = conversations.at(-1)
      const more = rows.length > filter.limit && last !== undefined
      return { conversations, ...(more && { nextCursor: `${last.updatedAt}.${last.id}` }) }
    },
    updateConversation(id: string, { title, model }: { title?: string; model?: string }) {
      db.query(
        'UPDATE conversations SET title = coalesce(?, title), model = coalesce(?, model) WHERE id = ?',
      ).run(title ?? null, model ?? null, id)
    },
    deleteConversation(id: string) {
      db.query('DELETE FROM conversations WHERE id = ?').run(id)
    },
  }
}

/** One more than the limit, so that the caller sees whether there are more. */
function selectConversations(db: Database, owner: string, filter: ListFilter): unknown[] {
  const [, before, id] = /^(\d{1,15})\.(.{1,64})$/.exec(filter.cursor ?? '') ?? []
  const words = filter.query ? `%${filter.query.replace(/[\\%_]/g, '\\$&')}%` : null
  return db
    .query(
      `SELECT * FROM conversations c
       WHERE owner = $owner
         AND ($before IS NULL OR (updated_at, id) < ($before, $id))
         AND ($words IS NULL OR title LIKE $words ESCAPE '\\' OR EXISTS (
           SELECT 1 FROM messages WHERE conversation = c.id AND content LIKE $words ESCAPE '\\'))
       ORDER BY updated_at DESC, id DESC LIMIT $most`,
    )
    .all({
      owner,
      before: before === undefined ? null : Number(before),
      id: id ?? null,
      words,
      most: filter.limit + 1,
    })
}

function runCalls(db: Database) {
  const insertMessage = ({ conversation, run }: RunKey, message: StoredMessage) =>
    db
      .query('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)')
      .run(message.id, conversation, run, message.role, message.content, message.createdAt)
  return {
    listRuns: (conversation: string) =>
      db
        .query('SELECT * FROM runs WHERE conversation = ? ORDER BY rowid')
        .all(conversation)
        .map(runFromRow),
    findRun(conversation: string, run: string) {
      const row = db
        .query('SELECT * FROM runs WHERE conversation = ? AND id = ?')
        .get(conversation, run)
      return row === null ? undefined : runFromRow(row)
    },
    listMessages: (conversation: string, filter: { run?: string; last?: number } = {}) =>
      db
        .query(
          `SELECT * FROM messages WHERE conversation = ? AND (?2 IS NULL OR run = ?2)
           ORDER BY rowid DESC LIMIT ?3`,
        )
        .all(conversation, filter.run ?? null, filter.last ?? -1)
        .map(messageFromRow)
        .reverse(),
    beginRun: db.transaction((key: RunKey, begin: { question: StoredMessage; at: number }) => {
      const { conversation, run } = key
      db.query('INSERT INTO runs (conversation, id, status, started_at) VALUES (?, ?, ?, ?)').run(
        conversation,
        run,
        'running',
        begin.at,
      )
      insertMessage(key, begin.question)
      db.query('UPDATE conversations SET updated_at = ? WHERE id = ?').run(begin.at, conversation)
    }),
    endRun: db.transaction(
      (key: RunKey, end: Omit<StoredRun, 'id' | 'startedAt'>, answer?: StoredMessage) => {
        db.query(
          `UPDATE runs SET status = ?, finished_at = ?, code = ?, error = ?
           WHERE conversation = ? AND id = ?`,
        ).run(
          end.status,
          end.finishedAt ?? null,
          end.code ?? null,
          end.error ?? null,
          key.conversation,
          key.run,
        )
        if (answer !== undefined) insertMessage(key, answer)
      },
    ),
    listRunning: () =>
      db
        .query<RunKey, []>(
          `SELECT owner, conversation, runs.id AS run FROM runs
           JOIN conversations ON conversations.id = conversation WHERE status = 'running'`,
        )
        .all(),
  }
}

function eventCalls(db: Database) {
  return {
    appendEvent({ conversation, run }: RunKey, event: ThinkingEvent) {
      db.query('INSERT INTO events VALUES (?, ?, ?, ?)').run(
        conversation,
        run,
        event.seq,
        JSON.stringify(event),
      )
    },
    forgetEvents({ conversation, run }: RunKey, upToSeq: number) {
      db.query('DELETE FROM events WHERE conversation = ? AND run = ? AND seq <= ?').run(
        conversation,
        run,
        upToSeq,
      )
    },
    listEvents: (conversation: string, run: string, afterSeq: number) =>
      db
        .query<{ event: string }, [string, string, number]>(
          'SELECT event FROM events WHERE conversation = ? AND run = ? AND seq > ? ORDER BY seq',
        )
        .all(conversation, run, afterSeq)
        .flatMap(({ event }) => readEvent(event)),
  }
}

/** A row that cannot be read is left out, and shows as a gap: it must not hide the rest of the run. */
function readEvent(row: string): ThinkingEvent[] {
  try {
    return [thinkingEventSchema.parse(JSON.parse(row))]
  } catch {
    return []
  }
}
