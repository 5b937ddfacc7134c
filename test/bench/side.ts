import { type Child, startChild } from './child.ts'
import { clockMs } from './clock.ts'
import { EventReader } from './event-reader.ts'
import { Latencies, median } from './latencies.ts'
import { type Command, idOf, type Reply } from './load.ts'

/** What one server showed. */
export type Figures = {
  /** Of the server's process, per delivered event: the median over all slices. */
  cpuMicros: number
  p50Ms: number
  p99Ms: number
  /** What a reader adds to the resident memory, and to the heap of JavaScript. */
  rssKb: number
  heapKb: number
  lost: number
}

/** How a side is loaded. */
export type Load = { readers: number; perSecond: number; form: string }

/** One of the servers that are compared, in a process of its own, with its readers in ours. */
export class Side {
  readonly name: string
  readonly #load: Load
  readonly #child: Child<Command, Reply>
  /** Serves every second reader. It runs nothing. */
  readonly #second: Child<Command, Reply> | undefined
  readonly #cpuMicros: number[] = []
  #latencies = new Latencies()
  #arrived = 0
  #lost = 0
  #memory = { rssKb: 0, heapKb: 0 }

  /** @param isDouble whether a second process on the same store serves half of the readers */
  constructor(name: string, load: Load, file: string, arg: string, isDouble = false) {
    this.name = name
    this.#load = load
    this.#child = startChild(file, [arg])
    this.#second = isDouble ? startChild(file, [arg]) : undefined
  }

  /** Opens a run for each reader, then the readers, and sees what memory they take. */
  async connect(): Promise<void> {
    const { readers } = this.#load
    const { port } = await this.#child.ready
    const second = await this.#second?.ready
    const ports = [port, second?.port ?? port]
    await this.#child.tell({ command: 'begin', readers })
    // The first ones bring in what is loaded and compiled once.
    const first = await this.#open(ports, Math.min(100, readers))
    for (const reader of first) reader.cut()
    const before = await this.#measure()
    await this.#open(ports, readers)
    const after = await this.#measure()
    this.#memory = {
      rssKb: (after.rssBytes - before.rssBytes) / 1024 / readers,
      heapKb: (after.heapBytes - before.heapBytes) / 1024 / readers,
    }
  }

  /** Sends one second of events and waits until they have arrived, or five seconds. */
  async emit(): Promise<void> {
    const { perSecond } = this.#load
    this.#arrived = 0
    const emit = { command: 'emit', events: perSecond, perSecond } as const
    const before = await this.#secondCpuMs()
    const { cpuMs: firstCpuMs } = await this.#child.tell(emit)
    const until = clockMs() + 5000
    while (this.#arrived < perSecond && clockMs() < until) await Bun.sleep(5)
    const cpuMs = firstCpuMs + (await this.#secondCpuMs()) - before
    this.#cpuMicros.push((cpuMs * 1000) / this.#arrived)
    this.#lost += perSecond - this.#arrived
  }

  /** What was until now was for warming up: losses stay, all else is forgotten. */
  forget(): void {
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
    return (await this.#second?.tell({ command: 'cpu' }))?.cpuMs ?? 0
  }

  async #measure() {
    const { memory } = await this.#child.tell({ command: 'measure' })
    if (memory === undefined) throw new Error('The server did not tell its memory.')
    return memory
  }

  /** Settles when each of them has read that it is connected. */
  async #open(ports: readonly number[], count: number): Promise<EventReader[]> {
    const readers: EventReader[] = []
    for (let index = 0; index < count; index += 1) {
      const id = idOf(index)
      const { promise: connected, resolve } = Promise.withResolvers<void>()
      const reader = new EventReader({
        hostname: '127.0.0.1',
        port: ports[index % ports.length] ?? 0,
        path: `/api/conversations/${id}/thinking?run=${id}&format=${this.#load.form}`,
        onFrame: (frame) => {
          resolve()
          this.#take(frame)
        },
      })
      readers.push(reader)
      await reader.open()
      await connected
    }
    return readers
  }

  #take(frame: string): void {
    const at = frame.indexOf('@')
    if (at < 0) return
    this.#arrived += 1
    this.#latencies.add(clockMs() - Number.parseFloat(frame.slice(at + 1, at + 24)))
  }
}
