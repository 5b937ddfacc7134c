/** When the clock wakes a reader. */
export type Alarm = {
  readonly wake: () => void
  readonly endsAtMs: number
  /** The tick of the reader's last write. */
  writtenAt: number
  /** The index of the alarm's slot. */
  slot: number
}

/** More ticks spread the keep-alives of readers that connected together; fewer take less CPU time. */
const ticksPerKeepAlive = 60

/**
 * Wakes readers after a silence, at the end of their time, and when the server shuts down. One timer serves all readers,
 * because a timer of each reader would have to be restarted at every write. It runs only while there are readers.
 *
 * Each alarm is in the slot of the tick at which it may be due, and a tick looks at one slot only: looking at all readers
 * cost more CPU time than the journal.
 */
export class ReaderClock {
  readonly #slots = Array.from({ length: ticksPerKeepAlive }, () => new Set<Alarm>())
  readonly #tickMs: number
  readonly #monotonicMs: () => number
  #ticks = 0
  #alarms = 0
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
      for (const slot of this.#slots) for (const { wake } of slot) wake()
    })
  }

  /** Calls `wake` until the alarm is removed: after each silence of the keep-alive, and after `endsAtMs` of the monotonic clock. */
  add(wake: () => void, endsAtMs: number): Alarm {
    const alarm = { wake, endsAtMs, writtenAt: this.#ticks, slot: 0 }
    this.#place(alarm, this.#monotonicMs())
    this.#alarms += 1
    this.#timer ??= setInterval(() => this.#tick(), this.#tickMs)
    return alarm
  }

  /** Begins the silence of a reader again, at each of its writes. */
  restart(alarm: Alarm): void {
    alarm.writtenAt = this.#ticks
  }

  remove(alarm: Alarm): void {
    if (this.#slots[alarm.slot]?.delete(alarm)) this.#alarms -= 1
    if (this.#alarms > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #tick(): void {
    this.#ticks += 1
    const at = this.#monotonicMs()
    const index = this.#ticks % ticksPerKeepAlive
    const alarms = this.#slots[index] ?? []
    this.#slots[index] = new Set()
    for (const alarm of alarms) {
      if (this.#ticks - alarm.writtenAt >= ticksPerKeepAlive) {
        alarm.writtenAt = this.#ticks
        alarm.wake()
      } else if (at >= alarm.endsAtMs) alarm.wake()
      this.#place(alarm, at)
    }
  }

  /** Puts an alarm into the slot of its silence or of its end, whichever is earlier. */
  #place(alarm: Alarm, at: number): void {
    const silent = alarm.writtenAt + ticksPerKeepAlive - this.#ticks
    const ended = Math.ceil((alarm.endsAtMs - at) / this.#tickMs)
    alarm.slot = (this.#ticks + Math.max(1, Math.min(silent, ended))) % ticksPerKeepAlive
    this.#slots[alarm.slot]?.add(alarm)
  }
}
