/** Lets a loop sleep until somebody wakes it. A call of `wake` while it is awake is not lost: the next sleep ends at once. */
export class Waker {
  #awake = false
  #resolve: (() => void) | undefined

  /** Ends the sleep, or the next one. */
  readonly wake = (): void => {
    if (this.#resolve === undefined) this.#awake = true
    else this.#resolve()
    this.#resolve = undefined
  }

  /** Settles at the next `wake`. One loop sleeps on one waker. */
  sleep(): Promise<void> {
    if (!this.#awake) return new Promise((resolve) => (this.#resolve = resolve))
    this.#awake = false
    return Promise.resolve()
  }
}
