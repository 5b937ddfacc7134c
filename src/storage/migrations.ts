/**
 * The steps from an empty database to the current schema, in order. `user_version` counts the completed ones. Never edit
 * a released step; add a new one.
 */
export const migrations: readonly string[] = [
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
]
