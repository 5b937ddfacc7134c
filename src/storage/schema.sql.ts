/**
 * The schema of SQLite and of Durable Objects, as steps. `schema_version` counts the completed ones. Never edit a released
 * step; add a new one. Step 1 is the schema of 0.1.0.
 *
 * The journal is append-only, without an index and without a foreign key: it has the events of active runs, and a commit
 * writes the events of all runs into the same pages. A clustered key would write each event into another page, and each
 * page goes into the WAL as a whole: 33 µs per event instead of 2. When a run ends, its events move into `run_events`.
 *
 * `search_words` has, for each row of `search_texts`, the words of a title (`run` is empty) or of a question with its
 * answer. See `sql-search.ts`.
 */
export const schemaSteps: readonly string[] = [
  `
  CREATE TABLE processes (id TEXT PRIMARY KEY, started_at INTEGER NOT NULL) STRICT;

  CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    title TEXT NOT NULL,
    model TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX conversations_by_owner ON conversations (owner, updated_at DESC, id DESC);

  CREATE TABLE runs (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    status TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    code TEXT,
    error TEXT,
    PRIMARY KEY (conversation, id)
  ) STRICT;
  CREATE INDEX runs_running ON runs (status) WHERE status = 'running';

  CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    conversation TEXT NOT NULL,
    run TEXT NOT NULL,
    role TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    FOREIGN KEY (conversation, run) REFERENCES runs (conversation, id) ON DELETE CASCADE
  ) STRICT;
  CREATE INDEX messages_by_run ON messages (conversation, run);

  CREATE TABLE events (
    conversation TEXT NOT NULL,
    run TEXT NOT NULL,
    seq INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (conversation, run, seq),
    FOREIGN KEY (conversation, run) REFERENCES runs (conversation, id) ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    conversation TEXT NOT NULL,
    run TEXT NOT NULL,
    event TEXT NOT NULL
  ) STRICT;

  CREATE TABLE run_events (
    conversation TEXT NOT NULL,
    run TEXT NOT NULL,
    part INTEGER NOT NULL,
    events TEXT NOT NULL,
    PRIMARY KEY (conversation, run, part),
    FOREIGN KEY (conversation, run) REFERENCES runs (conversation, id) ON DELETE CASCADE
  ) STRICT;

  INSERT INTO journal (conversation, run, event)
    SELECT events.conversation, run, event FROM events JOIN runs ON runs.conversation = events.conversation
      AND runs.id = events.run WHERE runs.status = 'running'
    ORDER BY events.conversation, run, seq;

  INSERT INTO run_events (conversation, run, part, events)
    SELECT conversation, run, seq / 100, '[' || group_concat(event, ',' ORDER BY seq) || ']'
    FROM events WHERE json_valid(event) GROUP BY conversation, run, seq / 100;

  DROP TABLE events;
  CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT;
  INSERT INTO schema_version VALUES (2);
  `,
  `
  CREATE TABLE search_texts (
    id INTEGER PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    run TEXT NOT NULL,
    removed_words INTEGER NOT NULL DEFAULT 0,
    UNIQUE (conversation, run)
  ) STRICT;

  CREATE VIRTUAL TABLE search_words USING fts5 (
    words, content = '', columnsize = 0, detail = none, tokenize = 'ascii'
  );
  INSERT INTO search_words (search_words, rank) VALUES ('secure-delete', 1);
  CREATE VIRTUAL TABLE search_vocabulary USING fts5vocab (search_words, instance);
  `,
  'ALTER TABLE runs ADD COLUMN counts TEXT',
  `
  ALTER TABLE messages ADD COLUMN evidence TEXT;

  CREATE TABLE shares (
    hash TEXT PRIMARY KEY,
    conversation TEXT NOT NULL,
    run TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    UNIQUE (conversation, run),
    FOREIGN KEY (conversation, run) REFERENCES runs (conversation, id) ON DELETE CASCADE
  ) STRICT;
  `,
  `
  ALTER TABLE runs ADD COLUMN rating TEXT;
  ALTER TABLE runs ADD COLUMN comment TEXT;
  `,
]

/** The step that adds the index for searches. The earlier texts are indexed after it. */
export const searchStep = 3
