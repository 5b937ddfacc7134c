import { OpsError, stopReason, throwIfAborted } from '../core/errors.ts'

/** Limits the requests to a system at a time. Requests that wait are served in their order. */
export class Slots {
  readonly #most: number
  readonly #waiting = new Set<() => void>()
  #taken = 0

  constructor(most: number) {
    this.#most = most
  }

  /**
   * Resolves with a function that frees the slot.
   * @throws OpsError `source_busy` if too many requests wait, or the reason of the signal
   */
  async take(signal: AbortSignal): Promise<() => void> {
    throwIfAborted(signal)
    if (this.#taken < this.#most) this.#taken += 1
    else await this.#wait(signal)
    let isFree = false
    return () => {
      if (isFree) return
      isFree = true
      this.#free()
    }
  }

  #free(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#taken -= 1
    else next()
  }

  async #wait(signal: AbortSignal): Promise<void> {
    if (this.#waiting.size >= maxWaiting) throw new OpsError('source_busy')
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const serve = () => {
      this.#waiting.delete(serve)
      resolve()
    }
    const leave = () => {
      this.#waiting.delete(serve)
      reject(stopReason(signal))
    }
    this.#waiting.add(serve)
    signal.addEventListener('abort', leave)
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }
}

/** Bounds memory: a system that does not answer must not collect requests. */
const maxWaiting = 1000
