import { stopReason, throwIfAborted } from './errors.ts'

/** What a user decided about a call, and the name of the user. Without a name nobody answered in time. */
export type Decided = { decision: 'approve' | 'deny'; by?: string }

/** Decides which of several decisions about the call with this span is the first one, and resolves with it. */
export type Arbitrate = (span: string, given: Decided) => Promise<Decided | undefined>

/** A call that waits for a decision, or has one. */
type Call = { decided?: Decided; resolve: (decided: Decided) => void }

/** The calls of one active run that need the decision of a user. The first decision about a call is final. */
export class Approvals {
  readonly #calls = new Map<string, Call>()
  readonly #arbitrate: Arbitrate

  /** @param arbitrate with a shared store, because other processes receive decisions too */
  constructor(arbitrate: Arbitrate = async (_, given) => given) {
    this.#arbitrate = arbitrate
  }

  /** Whether a call waits for a decision. */
  get isWaiting(): boolean {
    return [...this.#calls.values()].some(({ decided }) => decided === undefined)
  }

  /** Resolves with the decision about a call, which is a denial after `limitMs`. @throws the reason of the signal */
  async wait(span: string, limitMs: number, signal: AbortSignal): Promise<Decided> {
    throwIfAborted(signal)
    const { promise, resolve, reject } = Promise.withResolvers<Decided>()
    this.#calls.set(span, { resolve })
    const deny = () => {
      // Without an answer of the store the call is denied here: that is the safe decision.
      const denial: Decided = { decision: 'deny' }
      this.decide(span, denial).catch(() => this.settle(span, denial))
    }
    const giveUp = () => {
      this.#calls.delete(span)
      reject(stopReason(signal))
    }
    const timer = setTimeout(deny, limitMs)
    signal.addEventListener('abort', giveUp)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
    }
  }

  /** Decides about a call. Resolves with the first decision about it; undefined if no call waits under this span. */
  async decide(span: string, given: Decided): Promise<Decided | undefined> {
    const call = this.#calls.get(span)
    if (call === undefined || call.decided !== undefined) return call?.decided
    const first = await this.#arbitrate(span, given)
    return first && this.settle(span, first)
  }

  /** Applies a decision, unless there is one already. Returns the first one. */
  settle(span: string, given: Decided): Decided | undefined {
    const call = this.#calls.get(span)
    if (call === undefined) return undefined
    call.decided ??= given
    call.resolve(call.decided)
    return call.decided
  }
}
