import { OpsError } from './errors.ts'
import { RunLog, type RunLogOptions } from './run-log.ts'

/** Names one run of one user. Two users can never name the same run, whatever ids they send. */
export type RunKey = { owner: string; conversation: string; run: string }

/** A run that is under way. */
export type ActiveRun = {
  key: RunKey
  log: RunLog
  /** Ends the run early; the reason is what the run then fails with. */
  stop: (reason: OpsError) => void
  signal: AbortSignal
  /** Settles when the registry has let go of the run: the log is closed then, and the store has the rest. */
  over: Promise<void>
}

type Waiter = { run: string | undefined; take: (active: ActiveRun) => void }

/**
 * Where middleware finds the log to emit into and readers find the log to follow. It holds the runs that are under
 * way and the readers who came before their run, nothing else: a finished run is read from the store, and a reader
 * holds its log itself. So there is nothing to expire, and when all is quiet it is empty.
 */
export class Registry {
  readonly #runs = new Map<string, ActiveRun & { settle: () => void }>()
  readonly #waiters = new Map<string, Set<Waiter>>()

  /** How many runs and waiting readers there are. */
  get size(): number {
    let waiting = 0
    for (const room of this.#waiters.values()) waiting += room.size
    return this.#runs.size + waiting
  }

  /** The runs that are under way. */
  get runs(): ActiveRun[] {
    return [...this.#runs.values()]
  }

  /**
   * Opens the log of a run and hands it to the readers who wait for it.
   * @throws OpsError `conversation_busy` while the conversation has another run.
   */
  begin(key: RunKey, options: Omit<RunLogOptions, 'onKeepFailed'>): ActiveRun {
    const room = roomOf(key)
    if (this.#runs.has(room)) throw new OpsError('conversation_busy')
    const controller = new AbortController()
    const stop = (reason: OpsError) => controller.abort(reason)
    const log = new RunLog({
      ...options,
      onKeepFailed: (cause) => stop(new OpsError('store_failed', { cause })),
    })
    const { promise: over, resolve: settle } = Promise.withResolvers<void>()
    const active = { key, log, stop, signal: controller.signal, over, settle }
    this.#runs.set(room, active)
    this.#wake(room, active)
    return active
  }

  /** The run under way in a conversation, if it has this id or no id was asked for. */
  find(place: Omit<RunKey, 'run'>, run?: string): ActiveRun | undefined {
    const active = this.#runs.get(roomOf(place))
    return run === undefined || active?.key.run === run ? active : undefined
  }

  /** Calls `take` when the run, or any run where none is named, begins. The returned function gives up. */
  wait(
    place: Omit<RunKey, 'run'>,
    run: string | undefined,
    take: (active: ActiveRun) => void,
  ): () => void {
    const room = roomOf(place)
    const waiter = { run, take }
    const waiters = this.#waiters.get(room) ?? new Set()
    this.#waiters.set(room, waiters.add(waiter))
    return () => this.#leave(room, waiter)
  }

  /** Lets go of a run. By identity: a late call cannot remove a newer run of the same conversation. */
  end(active: ActiveRun): void {
    const room = roomOf(active.key)
    const held = this.#runs.get(room)
    if (held !== active) return
    this.#runs.delete(room)
    held.settle()
  }

  #wake(room: string, active: ActiveRun): void {
    for (const waiter of [...(this.#waiters.get(room) ?? [])]) {
      if (waiter.run !== undefined && waiter.run !== active.key.run) continue
      this.#leave(room, waiter)
      waiter.take(active)
    }
  }

  #leave(room: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(room)
    if (waiters?.delete(waiter) && waiters.size === 0) this.#waiters.delete(room)
  }
}

function roomOf({ owner, conversation }: Omit<RunKey, 'run'>): string {
  return JSON.stringify([owner, conversation])
}
