import type { Decided } from '../core/approvals.ts'
import type { JournalEntry } from '../core/committer.ts'
import type { RunStatus, ThinkingEvent } from '../core/event.ts'
import type { ConversationKey } from '../core/registry.ts'
import type { Feedback, LastRun, Run, RunKey, RunMessage } from '../core/run.ts'
import type { Snippet } from '../core/snippet.ts'

/** A conversation as it is stored. Times are in ms since 1970. */
export type StoredConversation = {
  id: string
  owner: string
  title: string
  model: string
  createdAt: number
  updatedAt: number
}

/** Which conversations to list: newest first, after `cursor`. */
export type ConversationFilter = {
  limit: number
  cursor?: string | undefined
}

/** A conversation that a search has found. The snippet is of a question or an answer; a title alone gives none. */
export type FoundConversation = StoredConversation & { snippet?: Snippet }

/** Which runs to list: the `last` ones, of those that started before the run `before`. */
export type RunFilter = { last?: number | undefined; before?: string | undefined }

/** Which messages to list: those of `runs`, and the `last` ones of them. */
export type MessageFilter = { runs?: readonly string[] | undefined; last?: number | undefined }

/** A run that others may read. `hash` identifies its link; `expiresAt` is in ms since 1970. */
export type Share = { conversation: string; run: string; hash: string; expiresAt: number }

/** The history of one user. No call can name the rows of another user. */
export type OwnerStore = {
  createConversation(conversation: Omit<StoredConversation, 'owner'>): Promise<void>
  findConversation(id: string): Promise<StoredConversation | undefined>
  listConversations(
    filter: ConversationFilter,
  ): Promise<{ conversations: StoredConversation[]; nextCursor?: string }>
  /**
   * The best conversations for a search, at most `limit`: all words are in the title, or in a question with its answer.
   * Works in short steps, and ends without a result when the signal is aborted.
   */
  searchConversations(
    query: string,
    options: { limit: number; signal?: AbortSignal },
  ): Promise<FoundConversation[]>
  updateConversation(
    id: string,
    change: { title?: string | undefined; model?: string | undefined },
  ): Promise<void>
  /** Deletes the conversation with its runs, messages and events. */
  deleteConversation(id: string): Promise<void>

  /** In the order in which they started. None if `before` is not a run of the conversation. */
  listRuns(conversation: string, filter?: RunFilter): Promise<Run[]>
  findRun(conversation: string, run: string): Promise<Run | undefined>
  /** The newest run of each of these conversations that has one, in one statement. */
  listLastRuns(conversations: readonly string[]): Promise<LastRun[]>
  /** The run that started after this one. After an unknown run: the first one. */
  findRunAfter(conversation: string, run: string): Promise<Run | undefined>
  /** In the order in which they were stored. */
  listMessages(conversation: string, filter?: MessageFilter): Promise<RunMessage[]>
  /** The events of an ended run, in order. An event that cannot be read is left out. A shared store has those of active runs too. */
  listEvents(conversation: string, run: string): Promise<ThinkingEvent[]>

  /**
   * Stores a run and its question, in one transaction. The conversation becomes the newest one.
   * @throws OpsError `not_found` when the user has no such conversation; `conversation_busy` in a shared store while it
   * has an active run
   */
  beginRun(conversation: string, question: RunMessage): Promise<void>
  /**
   * Stores how a run ended, all its events, and its answer if it has one, in one transaction.
   * @throws OpsError `interrupted` when another process has ended the run, in a shared store
   */
  endRun(
    conversation: string,
    run: Run,
    events: readonly ThinkingEvent[],
    answer?: RunMessage,
  ): Promise<void>
  /** Stores what the user thinks of an answer, or removes it. */
  rateRun(conversation: string, run: string, feedback: Feedback | undefined): Promise<void>

  /** Shares a run. An earlier link to it ends. @throws OpsError `not_found` when the user has no such run */
  createShare(share: Share): Promise<void>
  findShare(conversation: string, run: string): Promise<Share | undefined>
  deleteShare(conversation: string, run: string): Promise<void>
}

/** A run that is stored as `running`, with the events that were stored of it. */
export type UnfinishedRun = { key: RunKey; startedAt: number; events: ThinkingEvent[] }

/** The history of all users. */
export type Store = {
  forOwner(owner: string): OwnerStore
  /**
   * Stores events of active runs in one transaction. The same events may be stored again, after an error.
   * @throws OpsError `interrupted` in a shared store, when this process does not have one of the runs any more
   */
  appendEvents(entries: readonly JournalEntry[]): Promise<void>
  /** The unfinished runs of all users. After the start of a single process these are the runs that a crash cut off. */
  listUnfinished(): Promise<UnfinishedRun[]>
  /** Whether a write that failed with this error may succeed later. */
  isTemporary(error: unknown): boolean
  /** How long the events of runs wait for such a write, in ms. Then their runs end with `store_failed`. */
  retryMs: number
  /** Remembers that a process has written here. */
  addProcess(id: string, startedAt: number): Promise<void>
  /** Whether a process has ever written here. */
  knowsProcess(id: string): Promise<boolean>
  /**
   * Deletes conversations of any user whose last question is older than `before`, at most `limit`, never one with an active
   * run. Resolves with their number. In a shared store one process at a time deletes; for the others it is 0.
   */
  deleteInactive(before: number, limit: number): Promise<number>
  /** The time of the last question of the conversation that has been inactive the longest. */
  findOldest(): Promise<number | undefined>
  /** The shared run of a link, and its owner. The caller checks whether the link has expired. */
  findShare(hash: string): Promise<(Share & { owner: string }) | undefined>
  /** The additional calls of a store for several processes. Without it, the runs of this process are all runs. */
  shared?: SharedRuns
  /** @throws when the store cannot be used */
  check(): Promise<void>
  close(): Promise<void>
}

/** A run of any process. Numbers order the runs of a store. */
export type SharedRun = { key: RunKey; number: number }

/** A run by its id, or else the first run of a conversation that is active or has a number above `after`. */
export type WantedRun = { place: ConversationKey; run?: string | undefined; after?: number }

/** The state of a run, and its events after a position. */
export type RunNews = { number: number; status: RunStatus; events: ThinkingEvent[] }

/** Says what is new. Hints may be lost, late or doubled. `anything` follows a time in which hints were lost. */
export type Hint =
  | { type: 'written'; runs: readonly number[] }
  | { type: 'begun'; conversation: string }
  | { type: 'stop' }
  | { type: 'decided' }
  | { type: 'deleted'; conversation: string }
  | { type: 'anything' }

/** The runs, leases and limits of all processes that share a store. */
export type SharedRuns = {
  /** How long a lease lasts without renewal, in ms. */
  leaseMs: number
  /** Registers this process under a new id, with a lease. From then on the runs of its old id are lost. */
  join(): Promise<void>
  /** Gives the lease back, at the end of the process. */
  leave(): Promise<void>
  /**
   * Renews the lease and publishes how many streams each user has open here. Resolves with `false` when the lease was
   * lost.
   */
  renew(openStreams: ReadonlyMap<string, number>): Promise<boolean>

  /** Finds runs, one for each that is wanted. */
  find(wanted: readonly WantedRun[]): Promise<(SharedRun | undefined)[]>
  /** Reads events after positions. A run that was deleted is left out. */
  read(positions: readonly { number: number; seq: number }[]): Promise<RunNews[]>
  /** Asks the process of a run to stop it. */
  requestStop(key: RunKey): Promise<void>
  /** The active runs of this process that users want to stop. */
  listStopRequests(): Promise<RunKey[]>
  /**
   * Stores the decision about a tool call of an active run, unless there is one already. Resolves with the first one, or
   * with undefined if the run has ended without one.
   */
  decide(key: RunKey, span: string, given: Decided): Promise<Decided | undefined>
  /** The decisions about tool calls of the active runs of this process. */
  listDecisions(): Promise<(Decided & { key: RunKey; span: string })[]>

  /** Takes the lease from processes that have not renewed it in time: they can no longer write. Forgets old questions. */
  expireLeases(): Promise<void>
  /** Some unfinished runs whose process has lost its lease or has ended. */
  listLost(): Promise<UnfinishedRun[]>
  /** Ends such a run, in one transaction. Resolves with `false`, and does nothing, if it has ended meanwhile. */
  interrupt(key: RunKey, run: Run, events: readonly ThinkingEvent[]): Promise<boolean>

  /**
   * Counts one question of a user, exactly and once per run id. Resolves with 0, or at the limit with the seconds until
   * the next question is allowed.
   */
  takeQuestion(owner: string, run: string, perHour: number): Promise<number>
  /** What `takeQuestion` would resolve with for a new run. Counts nothing. */
  secondsToQuestion(owner: string, perHour: number): Promise<number>
  /** How many streams a user has open in other processes, as of their last renewal. */
  countStreams(owner: string): Promise<number>

  /** Calls `onHint` for each hint until the store is closed. It reconnects by itself. */
  watch(onHint: (hint: Hint) => void): Promise<void>
}
