/** When the clock wakes a reader. The reader sets `quietTicks` to 0 at each write. */
export type Alarm = { wake: () => void; endsAtMs: number; quietTicks: number }

/** More ticks spread the keep-alives of readers that connected together; fewer take less CPU time. */
const ticksPerKeepAlive = 60

/**
 * Wakes readers after a silence, at the end of their time, and when the server shuts down. One timer serves all readers,
 * because a timer of each reader would have to be restarted at every write. It runs only while there are readers.
 */
export class ReaderClock {
  readonly #alarms = new Set<Alarm>()
  readonly #tickMs: number
  readonly #monotonicMs: () => number
  #timer: ReturnType<typeof setInterval> | undefined

  /** @param closing aborted when the server shuts down */
  constructor(options: {
    keepAliveMs: number
    monotonicMs: () => number
    closing: AbortSignal
  }) {
    this.#tickMs = options.keepAliveMs / ticksPerKeepAlive
    this.#monotonicMs = options.monotonicMs
    options.closing.addEventListener('abort', () => {
      for (const { wake } of this.#alarms) wake()
    })
  }

  /** Calls `wake` until the alarm is removed: after each silence of the keep-alive, and after `endsAtMs` of the monotonic clock. */
  add(wake: () => void, endsAtMs: number): Alarm {
    const alarm = { wake, endsAtMs, quietTicks: 0 }
    this.#alarms.add(alarm)
    this.#timer ??= setInterval(() => this.#tick(), this.#tickMs)
    return alarm
  }

  remove(alarm: Alarm): void {
    this.#alarms.delete(alarm)
    if (this.#alarms.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #tick(): void {
    const at = this.#monotonicMs()
    for (const alarm of this.#alarms) {
      alarm.quietTicks += 1
      if (alarm.quietTicks >= ticksPerKeepAlive || at >= alarm.endsAtMs) alarm.wake()
    }
  }
}
