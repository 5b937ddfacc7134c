/** Lets a loop sleep until somebody wakes it. A call of `wake` while it is awake is not lost: the next sleep ends at once. */
export class Waker {
  #awake = false
  #resolve: (() => void) | undefined

  /** Ends the sleep, or the next one. */
  readonly wake = (): void => {
    this.#awake = true
    this.#resolve?.()
    this.#resolve = undefined
  }

  /** Settles at the next `wake`. One loop sleeps on one waker. */
  async sleep(): Promise<void> {
    if (!this.#awake) await new Promise<void>((resolve) => (this.#resolve = resolve))
    this.#awake = false
  }
}
