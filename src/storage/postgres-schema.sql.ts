/**
 * The schema of Postgres, as steps. `schema_version` counts the completed ones. Never edit a released step; add a new one.
 *
 * A lease belongs to a process, not to a run: one row is renewed, however many runs a process has, and one row lock
 * fences a batch of events of all its runs. `lost` is final: a process whose lease was taken joins again under a new id. Its
 * row stays until its runs have ended.
 *
 * `search_texts` has the words of a title (`run` is empty), or of a question with its answer. See `postgres-search.ts`.
 *
 * `evidence` is not a column of `messages`, because a new column breaks the prepared statements of processes of the earlier
 * version, which run during a rolling update.
 *
 * Texts that are compared or sorted are `COLLATE "C"`, which does not depend on the locale of the server.
 */
export const postgresSteps: readonly string[] = [
  `
  CREATE TABLE processes (
    id text COLLATE "C" PRIMARY KEY,
    joined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    lease_until timestamptz NOT NULL,
    lost boolean NOT NULL DEFAULT false
  );

  CREATE TABLE conversations (
    id text COLLATE "C" PRIMARY KEY,
    owner text COLLATE "C" NOT NULL,
    title text NOT NULL,
    model text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
  );
  CREATE INDEX conversations_by_owner ON conversations (owner, updated_at DESC, id DESC);

  CREATE TABLE runs (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation text COLLATE "C" NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    id text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    started_at bigint NOT NULL,
    finished_at bigint,
    code text,
    error text,
    process text COLLATE "C" NOT NULL,
    stop_requested boolean NOT NULL DEFAULT false,
    UNIQUE (conversation, id)
  );
  CREATE UNIQUE INDEX runs_active ON runs (conversation) WHERE status = 'running';
  CREATE INDEX runs_of_process ON runs (process) WHERE status = 'running';
  CREATE INDEX runs_to_stop ON runs (process) WHERE status = 'running' AND stop_requested;

  CREATE TABLE messages (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE,
    conversation text COLLATE "C" NOT NULL,
    run text COLLATE "C" NOT NULL,
    role text NOT NULL,
    content text NOT NULL,
    created_at bigint NOT NULL,
    FOREIGN KEY (conversation, run) REFERENCES runs (conversation, id) ON DELETE CASCADE
  );
  CREATE INDEX messages_by_run ON messages (conversation, run);

  CREATE TABLE events (
    run bigint NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
    seq integer NOT NULL,
    event text NOT NULL,
    PRIMARY KEY (run, seq)
  );

  CREATE TABLE questions (
    owner text COLLATE "C" NOT NULL,
    run text COLLATE "C" NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (owner, run)
  );
  CREATE INDEX questions_by_time ON questions (owner, asked_at);

  CREATE TABLE open_streams (
    owner text COLLATE "C" NOT NULL,
    process text COLLATE "C" NOT NULL REFERENCES processes (id) ON DELETE CASCADE,
    streams integer NOT NULL,
    PRIMARY KEY (owner, process)
  );
  CREATE INDEX open_streams_of_process ON open_streams (process);

  CREATE TABLE schema_version (version integer NOT NULL);
  INSERT INTO schema_version VALUES (1);
  `,
  `
  CREATE TABLE search_texts (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation text COLLATE "C" NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    run text COLLATE "C" NOT NULL,
    words tsvector NOT NULL,
    UNIQUE (conversation, run)
  );
  CREATE INDEX search_texts_by_words ON search_texts USING gin (words);
  `,
  'ALTER TABLE runs ADD COLUMN counts text',
  `
  CREATE TABLE evidence (
    message text COLLATE "C" PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    evidence text NOT NULL
  );

  CREATE TABLE shares (
    hash text COLLATE "C" PRIMARY KEY,
    conversation text COLLATE "C" NOT NULL,
    run text COLLATE "C" NOT NULL,
    expires_at bigint NOT NULL,
    UNIQUE (conversation, run),
    FOREIGN KEY (conversation, run) REFERENCES runs (conversation, id) ON DELETE CASCADE
  );
  `,
  `
  ALTER TABLE runs ADD COLUMN rating text, ADD COLUMN comment text;
  `,
  `
  CREATE TABLE approvals (
    run bigint NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
    span text COLLATE "C" NOT NULL,
    decision text COLLATE "C" NOT NULL,
    decided_by text,
    PRIMARY KEY (run, span)
  );
  `,
]

/** The step that adds the index for searches. The earlier texts are indexed after it. */
export const searchStep = 2
