import type { JournalEntry } from '../core/committer.ts'
import type { ThinkingEvent } from '../core/event.ts'
import type { Run, RunKey, RunMessage } from '../core/run.ts'

/** A conversation as it is stored. Times are in ms since 1970. */
export type StoredConversation = {
  id: string
  owner: string
  title: string
  model: string
  createdAt: number
  updatedAt: number
}

/** Which conversations to list: those that contain `query`, newest first, after `cursor`. */
export type ConversationFilter = {
  query?: string | undefined
  limit: number
  cursor?: string | undefined
}

/** The history of one user. No call can name the rows of another user. */
export type OwnerStore = {
  createConversation(conversation: Omit<StoredConversation, 'owner'>): Promise<void>
  findConversation(id: string): Promise<StoredConversation | undefined>
  listConversations(
    filter: ConversationFilter,
  ): Promise<{ conversations: StoredConversation[]; nextCursor?: string }>
  updateConversation(
    id: string,
    change: { title?: string | undefined; model?: string | undefined },
  ): Promise<void>
  /** Deletes the conversation with its runs, messages and events. */
  deleteConversation(id: string): Promise<void>

  /** In the order in which they started. */
  listRuns(conversation: string): Promise<Run[]>
  findRun(conversation: string, run: string): Promise<Run | undefined>
  /** In the order in which they were stored: all, those of one run, or the `last` ones. */
  listMessages(
    conversation: string,
    filter?: { run?: string; last?: number },
  ): Promise<RunMessage[]>
  /** The events of an ended run, in order. An event that cannot be read is left out. */
  listEvents(conversation: string, run: string): Promise<ThinkingEvent[]>

  /**
   * Stores a run and its question, in one transaction. The conversation becomes the newest one.
   * @throws OpsError `not_found` when the user has no such conversation
   */
  beginRun(conversation: string, question: RunMessage): Promise<void>
  /** Stores how a run ended, all its events, and its answer if it has one, in one transaction. */
  endRun(
    conversation: string,
    run: Run,
    events: readonly ThinkingEvent[],
    answer?: RunMessage,
  ): Promise<void>
}

/** A run that is stored as `running`, with the events that were stored of it. */
export type UnfinishedRun = { key: RunKey; startedAt: number; events: ThinkingEvent[] }

/** The history of all users. */
export type Store = {
  forOwner(owner: string): OwnerStore
  /**
   * Stores events of active runs in one transaction: all of them or none.
   * @throws when one of the runs does not exist
   */
  appendEvents(entries: readonly JournalEntry[]): Promise<void>
  /** The unfinished runs of all users. After a start these are the runs that a crash cut off. */
  listUnfinished(): Promise<UnfinishedRun[]>
  /** Whether a write that failed with this error may succeed later. */
  isTemporary(error: unknown): boolean
  /** Remembers that a process has written here. */
  addProcess(id: string, startedAt: number): Promise<void>
  /** Whether a process has ever written here. */
  knowsProcess(id: string): Promise<boolean>
  /** @throws when the store cannot be used */
  check(): Promise<void>
  close(): Promise<void>
}
