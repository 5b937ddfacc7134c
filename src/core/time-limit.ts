/** A timer that does not count the time while it is paused. Several pauses may overlap. */
export class TimeLimit {
  readonly #monotonicMs: () => number
  readonly #onLate: () => void
  #leftMs: number
  #startedAtMs = 0
  #pauses = 0
  #isOver = false
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Starts. `onLate` is called once, after `ms` of the monotonic clock, unless `end` is called before. */
  constructor(ms: number, monotonicMs: () => number, onLate: () => void) {
    this.#leftMs = ms
    this.#monotonicMs = monotonicMs
    this.#onLate = onLate
    this.#start()
  }

  /** Pauses until the returned function is called. */
  pause(): () => void {
    if (this.#pauses === 0) {
      clearTimeout(this.#timer)
      this.#leftMs -= this.#monotonicMs() - this.#startedAtMs
    }
    this.#pauses += 1
    let isPaused = true
    return () => {
      if (!isPaused) return
      isPaused = false
      this.#pauses -= 1
      if (this.#pauses === 0) this.#start()
    }
  }

  end(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
  }

  #start(): void {
    if (this.#isOver) return
    this.#startedAtMs = this.#monotonicMs()
    this.#timer = setTimeout(
      () => {
        this.#isOver = true
        this.#onLate()
      },
      Math.max(0, this.#leftMs),
    )
  }
}
