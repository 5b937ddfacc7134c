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
  /**
   * Stores a run and its question, in one transaction. The conversation becomes the newest one.
   * @throws OpsError `not_found` when the user has no such conversation
   */
  beginRun(conversation: string, question: RunMessage): Promise<void>
  /** Stores how a run ended and its answer, if it has one, in one transaction. */
  endRun(conversation: string, run: Run, answer?: RunMessage): Promise<void>

  /** In order. An event that cannot be read is left out. */
  listEvents(conversation: string, run: string): Promise<ThinkingEvent[]>
  /** Synchronous, because a run log commits an event before it delivers it. */
  appendEvent(conversation: string, run: string, event: ThinkingEvent): void
  /** Deletes the events up to a number. */
  forgetEvents(conversation: string, run: string, upToSeq: number): void
}

/** The history of all users. */
export type Store = {
  forOwner(owner: string): OwnerStore
  /** The runs of all users that are stored as `running`. After a start these are the runs that a crash cut off. */
  listRunning(): Promise<RunKey[]>
  /** Remembers that a process has written here. */
  addProcess(id: string, startedAt: number): Promise<void>
  /** Whether a process has ever written here. */
  knowsProcess(id: string): Promise<boolean>
  /** @throws when the store cannot be used */
  check(): Promise<void>
  close(): Promise<void>
}
