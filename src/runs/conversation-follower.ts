import type { Cursor } from '../core/cursor.ts'
import type { Registry } from '../core/registry.ts'
import type { OwnerStore, Store } from '../storage/store.ts'
import type { OtherProcesses } from './other-processes.ts'
import { keyOf, type OwnedConversation } from './owned-conversation.ts'

/** The last event of a conversation that a reader has seen. */
export type Position = { run: string; seq: number }

/** What a follower needs. `others` is undefined when the runs of this process are all runs. */
export type ConversationFollowerOptions = {
  store: Store
  registry: Registry
  others: OtherProcesses | undefined
  /** Follows one run: `Runs.follow`. */
  runs: { follow(conversation: OwnedConversation, run: string, after: number): Promise<Cursor> }
}

/** The position before the first run of a conversation. No run has the nil UUID. */
const beginning: Position = { run: '00000000-0000-0000-0000-000000000000', seq: 0 }

/**
 * Follows a conversation run by run. The order of the runs in the store decides which run is the next one, so a run that
 * starts and ends between two connections of a reader is not missed.
 */
export class ConversationFollower {
  readonly #options: ConversationFollowerOptions

  constructor(options: ConversationFollowerOptions) {
    this.#options = options
  }

  /** `seen`, if the conversation has that run. Otherwise the start of its active run, or else the end of its last run. */
  async positionOf(conversation: OwnedConversation, seen: Position | undefined): Promise<Position> {
    if (seen !== undefined && (await this.#isKnown(conversation, seen.run))) return seen
    const active = this.#options.registry.find(keyOf(conversation))
    if (active !== undefined) return { run: active.key.run, seq: 0 }
    const last = (await this.#storeOf(conversation).listRuns(conversation.id, { last: 1 })).at(-1)
    if (last === undefined) return beginning
    const isRunning = last.status === 'running'
    return { run: last.id, seq: isRunning ? 0 : await this.#endOf(conversation, last.id) }
  }

  /**
   * A cursor on the rest of the run of a position. After the end of that run: on the run after it, which may be yet to
   * start.
   */
  async follow(conversation: OwnedConversation, { run, seq }: Position): Promise<Cursor> {
    const { runs } = this.#options
    if (!(await this.#isAtEnd(conversation, { run, seq }))) {
      return runs.follow(conversation, run, seq)
    }
    // Waits before it reads the store: the next run may start and end meanwhile.
    const waiting = await this.#waitAfter(conversation, run)
    try {
      const next = await this.#storeOf(conversation).findRunAfter(conversation.id, run)
      if (next === undefined || next.id === waiting.run) return waiting
      waiting.close()
      return await runs.follow(conversation, next.id, 0)
    } catch (error) {
      waiting.close()
      throw error
    }
  }

  async #isKnown(conversation: OwnedConversation, run: string): Promise<boolean> {
    if (run === beginning.run) return true
    if (this.#options.registry.find(keyOf(conversation), run) !== undefined) return true
    return (await this.#storeOf(conversation).findRun(conversation.id, run)) !== undefined
  }

  async #isAtEnd(conversation: OwnedConversation, { run, seq }: Position): Promise<boolean> {
    const { registry, others } = this.#options
    if (others === undefined) {
      // A run that is stored as running but is not active was lost, and has no further events.
      if (registry.find(keyOf(conversation), run) !== undefined) return false
    } else {
      // Another process may have shown the reader an end that this process has not delivered yet.
      const stored = await this.#storeOf(conversation).findRun(conversation.id, run)
      if (stored?.status === 'running') return false
    }
    return (await this.#endOf(conversation, run)) <= seq
  }

  /** The number of the last event of an ended run. */
  async #endOf(conversation: OwnedConversation, run: string): Promise<number> {
    const events = await this.#storeOf(conversation).listEvents(conversation.id, run)
    return events.at(-1)?.seq ?? 0
  }

  async #waitAfter(conversation: OwnedConversation, run: string): Promise<Cursor> {
    const { registry, others } = this.#options
    const place = keyOf(conversation)
    return others ? others.followAfter(place, run) : registry.follow(place, undefined, 0)
  }

  #storeOf({ owner }: OwnedConversation): OwnerStore {
    return this.#options.store.forOwner(owner)
  }
}
