import { Approvals, type Arbitrate } from './approvals.ts'
import { Cursor } from './cursor.ts'
import { OpsError } from './errors.ts'
import { conversationName, type RunKey, type RunResult } from './run.ts'
import { type EventLog, RunLog, type RunLogOptions } from './run-log.ts'

/** One conversation of one user. */
export type ConversationKey = Omit<RunKey, 'run'>

/** A run that has not ended. */
export type ActiveRun = {
  key: RunKey
  question: string
  log: RunLog
  /** Ends the run early; it then fails, or is stopped, with this reason. */
  stop: (reason: OpsError) => void
  signal: AbortSignal
  approvals: Approvals
  /** Resolves when the run has left the registry; rejects with `store_failed` if its end could not be stored. */
  ended: Promise<RunResult>
}

/** A reader who waits for a run, or for any run of the conversation. */
export type Waiter = { place: ConversationKey; run: string | undefined; cursor: Cursor }

type Held = { active: ActiveRun; settle: (end: RunResult | OpsError) => void }

/**
 * The active runs, and the readers who wait for a run to start. An ended run is read from the store, and a reader holds
 * the log itself, so nothing here has to expire: when nothing runs and no one waits, the registry is empty.
 */
export class Registry {
  readonly #held = new Map<string, Held>()
  readonly #waiters = new Map<string, Set<Waiter>>()
  readonly #isShared: boolean

  /**
   * @param isShared Whether other processes start runs in the same conversations. Readers of any run then wait until
   * `attach`, because the first run of this process may not be the next one.
   */
  constructor(isShared = false) {
    this.#isShared = isShared
  }

  /** The number of active runs and waiting readers. */
  get size(): number {
    let waiting = 0
    for (const waiters of this.#waiters.values()) waiting += waiters.size
    return this.#held.size + waiting
  }

  /** The active runs. */
  get runs(): ActiveRun[] {
    return [...this.#held.values()].map(({ active }) => active)
  }

  /**
   * Opens the log of a run and attaches the readers who wait for it.
   * @throws OpsError `conversation_busy` while the conversation has another run
   */
  begin(
    key: RunKey,
    question: string,
    { arbitrate, ...options }: Omit<RunLogOptions, 'onStoreFailed'> & { arbitrate?: Arbitrate },
  ): ActiveRun {
    const name = conversationName(key)
    if (this.#held.has(name)) throw new OpsError('conversation_busy')
    const controller = new AbortController()
    const stop = (reason: OpsError) => controller.abort(reason)
    // The store says so when another process has taken the run over.
    const onStoreFailed = (cause: unknown) =>
      stop(cause instanceof OpsError ? cause : new OpsError('store_failed', { cause }))
    const log = new RunLog(key, { ...options, onStoreFailed })
    const { promise: ended, resolve, reject } = Promise.withResolvers<RunResult>()
    // A rejection is for those who wait; without any it must not count as unhandled.
    ended.catch(() => {})
    const settle: Held['settle'] = (end) => (end instanceof OpsError ? reject(end) : resolve(end))
    const approvals = new Approvals(arbitrate)
    const active = { key, question, log, stop, signal: controller.signal, approvals, ended }
    this.#held.set(name, { active, settle })
    this.#attachWaiters(name, key.run, log)
    return active
  }

  /** The readers who wait for a run to start. */
  get waiters(): Waiter[] {
    return [...this.#waiters.values()].flatMap((waiters) => [...waiters])
  }

  /** Attaches a waiting reader to a run, which may be one of another process. Does nothing if it no longer waits. */
  attach(waiter: Waiter, run: string, log: EventLog): void {
    if (this.#forget(conversationName(waiter.place), waiter)) waiter.cursor.attach(run, log)
  }

  /** The active run of a conversation, if it has this id or no id is given. */
  find(place: ConversationKey, run?: string): ActiveRun | undefined {
    const active = this.#held.get(conversationName(place))?.active
    return run === undefined || active?.key.run === run ? active : undefined
  }

  /** A cursor on a run, or on any run of the conversation where none is given, which may start later. */
  follow(place: ConversationKey, run: string | undefined, after: number): Cursor {
    const cursor = new Cursor(after)
    const active = run === undefined && this.#isShared ? undefined : this.find(place, run)
    if (active === undefined) this.#wait(conversationName(place), { place, run, cursor })
    else cursor.attach(active.key.run, active.log)
    return cursor
  }

  /** Ends the wait of all readers of a conversation. */
  dismiss(conversation: string): void {
    for (const { place, cursor } of this.waiters) {
      if (place.conversation === conversation) cursor.dismiss()
    }
  }

  /** Removes a run and settles its `ended`. A late call for an old run does not remove a newer one. */
  end(active: ActiveRun, end: RunResult | OpsError): void {
    const name = conversationName(active.key)
    const held = this.#held.get(name)
    if (held?.active !== active) return
    this.#held.delete(name)
    held.settle(end)
  }

  #wait(name: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(name) ?? new Set()
    this.#waiters.set(name, waiters.add(waiter))
    waiter.cursor.whenClosed(() => void this.#forget(name, waiter))
  }

  #attachWaiters(name: string, run: string, log: EventLog): void {
    for (const waiter of [...(this.#waiters.get(name) ?? [])]) {
      const isNext = waiter.run === undefined && !this.#isShared
      if (isNext || waiter.run === run) this.attach(waiter, run, log)
    }
  }

  #forget(name: string, waiter: Waiter): boolean {
    const waiters = this.#waiters.get(name)
    const isForgotten = waiters?.delete(waiter) ?? false
    if (waiters?.size === 0) this.#waiters.delete(name)
    return isForgotten
  }
}

/** Resolves when all of these runs have ended. */
export async function allEnded(runs: readonly ActiveRun[]): Promise<void> {
  await Promise.allSettled(runs.map(({ ended }) => ended))
}
