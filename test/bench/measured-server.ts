import { type Child, startChild } from './child-process.ts'
import { clockMs } from './clock.ts'
import { idOf } from './emission.ts'
import { EventReader } from './event-reader.ts'
import { Latencies, median } from './latencies.ts'
import type { Command, Memory, Reply } from './load.ts'

/** The figures of one server. */
export type Figures = {
  /** CPU time of the server process per delivered event: the median of all seconds. */
  cpuMicros: number
  /** The time from an event to its arrival at the reader. */
  p50Ms: number
  p99Ms: number
  /** What one reader adds to the resident memory and to the JavaScript heap of the server process. */
  rssKb: number
  /** Missing on a runtime that does not report it. */
  heapKb?: number
  lost: number
}

/** The load of a server. */
export type Load = { readers: number; perSecond: number; form: string }

/** A server in a child process, with its readers in this process. */
export class MeasuredServer {
  readonly #load: Load
  readonly #child: Child<Command, Reply>
  /** Serves every second reader and runs nothing. */
  readonly #second: Child<Command, Reply> | undefined
  readonly #cpuMicros: number[] = []
  #latencies = new Latencies()
  #arrived = 0
  #lost = 0
  #memory: Pick<Figures, 'rssKb' | 'heapKb'> = { rssKb: 0 }

  /** @param isDouble whether a second process on the same store serves half of the readers */
  constructor(load: Load, file: string, arg = '', isDouble = false) {
    this.#load = load
    this.#child = startChild(file, [arg])
    this.#second = isDouble ? startChild(file, [arg]) : undefined
  }

  /** Starts a run for each reader, connects the readers, and measures the memory that they add. */
  async connect(): Promise<void> {
    const { readers } = this.#load
    const { port } = await this.#child.ready
    const second = await this.#second?.ready
    const ports = [port, second?.port ?? port]
    await this.#child.send({ command: 'begin', readers })
    // The first readers cause one-time allocations, such as compiled code.
    const first = await this.#open(ports, Math.min(100, readers))
    for (const reader of first) reader.cut()
    const before = await this.#measure()
    await this.#open(ports, readers)
    const after = await this.#measure()
    this.#memory = { rssKb: (after.rssBytes - before.rssBytes) / 1024 / readers }
    if (after.heapBytes !== undefined && before.heapBytes !== undefined) {
      this.#memory.heapKb = (after.heapBytes - before.heapBytes) / 1024 / readers
    }
  }

  /** Emits for one second and waits until the events have arrived, at most five seconds. */
  async emit(): Promise<void> {
    const { readers, perSecond } = this.#load
    this.#arrived = 0
    const secondBefore = await this.#secondCpuMs()
    const emission = { readers, events: perSecond, perSecond }
    const emitted = await this.#child.send({ command: 'emit', ...emission })
    const until = clockMs() + 5000
    while (this.#arrived < perSecond && clockMs() < until) await Bun.sleep(5)
    const cpuMs = emitted.cpuMs + (await this.#secondCpuMs()) - secondBefore
    this.#cpuMicros.push((cpuMs * 1000) / this.#arrived)
    this.#lost += perSecond - this.#arrived
  }

  /** Discards the times so far, after the warm-up. Lost events still count. */
  discardTimes(): void {
    this.#latencies = new Latencies()
    this.#cpuMicros.length = 0
  }

  get figures(): Figures {
    return {
      ...this.#memory,
      cpuMicros: median(this.#cpuMicros),
      p50Ms: this.#latencies.percentile(50),
      p99Ms: this.#latencies.percentile(99),
      lost: this.#lost,
    }
  }

  async end(): Promise<void> {
    await Promise.all([this.#child.end(), this.#second?.end()])
  }

  async #secondCpuMs(): Promise<number> {
    return (await this.#second?.send({ command: 'cpu' }))?.cpuMs ?? 0
  }

  async #measure(): Promise<Memory> {
    const { memory } = await this.#child.send({ command: 'measure' })
    if (memory === undefined) throw new Error('The server did not report its memory.')
    return memory
  }

  /** Resolves when all readers are connected. */
  async #open(ports: readonly number[], count: number): Promise<EventReader[]> {
    const readers: EventReader[] = []
    for (let index = 0; index < count; index += 1) {
      const id = idOf(index)
      const { promise: connected, resolve } = Promise.withResolvers<void>()
      const reader = new EventReader({
        port: ports[index % ports.length] ?? 0,
        path: `/api/conversations/${id}/thinking?run=${id}&format=${this.#load.form}`,
        onComment: resolve,
        onEvent: ({ data }) => this.#receive(data),
      })
      readers.push(reader)
      await reader.open()
      await connected
    }
    return readers
  }

  #receive(data: string): void {
    const at = data.indexOf('@')
    if (at < 0) return
    this.#arrived += 1
    this.#latencies.add(clockMs() - Number.parseFloat(data.slice(at + 1, at + 24)))
  }
}
