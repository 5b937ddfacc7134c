import type { RunStatus, ThinkingEvent } from '../core/event.ts'
import type { RunKey } from '../core/registry.ts'

/** Times are milliseconds since 1970. */
export type StoredConversation = {
  id: string
  owner: string
  title: string
  model: string
  createdAt: number
  updatedAt: number
}

/** One thing that was said, and the run that it belongs to. */
export type StoredMessage = {
  id: string
  run: string
  role: 'user' | 'assistant'
  content: string
  createdAt: number
}

/** One question being answered, or what became of it. `error` is a sentence that may be shown. */
export type StoredRun = {
  id: string
  status: RunStatus
  startedAt: number
  finishedAt?: number
  code?: string
  error?: string
}

/** Which conversations to list: the newest first, after `cursor`, those that contain `query`. */
export type ListFilter = { query?: string; limit: number; cursor?: string }

/**
 * The history. Every call is done when it returns: SQLite works in the process, here as at the edge, and so an event
 * can be kept before anybody sees it. Whoever asks names the owner; what is another's does not exist.
 */
export type Store = {
  createConversation(conversation: StoredConversation): void
  findConversation(owner: string, id: string): StoredConversation | undefined
  listConversations(
    owner: string,
    filter: ListFilter,
  ): { conversations: StoredConversation[]; nextCursor?: string }
  updateConversation(id: string, change: { title?: string; model?: string }): void
  deleteConversation(id: string): void

  /** In the order in which they began. */
  listRuns(conversation: string): StoredRun[]
  findRun(conversation: string, run: string): StoredRun | undefined
  /** In the order in which they were said: all, those of one run, or only so many of the last. */
  listMessages(conversation: string, filter?: { run?: string; last?: number }): StoredMessage[]
  /** The run and its question, in one step. It makes the conversation the newest one. */
  beginRun(key: RunKey, begin: { question: StoredMessage; at: number }): void
  /** How a run ended and, if there is one, its answer, in one step. */
  endRun(key: RunKey, end: Omit<StoredRun, 'id' | 'startedAt'>, answer?: StoredMessage): void
  /** The runs that say `running`, of everybody: after a start they are those that a crash cut off. */
  listRunning(): RunKey[]

  appendEvent(key: RunKey, event: ThinkingEvent): void
  /** Lets go of the events up to a number. */
  forgetEvents(key: RunKey, upToSeq: number): void
  /** In order, those after `afterSeq`. One that cannot be read is left out. */
  listEvents(conversation: string, run: string, afterSeq: number): ThinkingEvent[]

  /** Remembers that a process wrote here. */
  addProcess(id: string, at: number): void
  /** Whether a process ever wrote here. */
  knowsProcess(id: string): boolean

  /** Throws when the store cannot be used. */
  check(): void
  close(): void
}
