import { readArguments } from './arguments.ts'
import { startChild } from './child.ts'
import { clockMs } from './clock.ts'
import { EventReader } from './event-reader.ts'
import { Latencies, median } from './latencies.ts'
import { type Command, idOf, type Reply } from './load.ts'

/** What one server showed in one round. */
type Figures = {
  cpuMicros: number
  p50Ms: number
  p99Ms: number
  memoryKb: number
  heapKb: number
  lost: number
}

const settings = readArguments({
  readers: 5000,
  perSecond: 10_000,
  seconds: 30,
  warmUpSeconds: 3,
  rounds: 3,
  /** `memory` keeps no events; `sqlite` keeps them in a file. */
  store: 'memory',
  /** `json` or `text`. */
  form: 'json',
})

const servers = {
  ours: () => startChild<Command, Reply>('our-streams.ts', [settings.store]),
  bare: () => startChild<Command, Reply>('bare-streams.ts', [settings.form]),
}

/** Both in turn, so that a noisy moment of the machine does not count for one of them alone. */
async function compare(): Promise<void> {
  const ours: Figures[] = []
  const bare: Figures[] = []
  say(`${settings.readers} readers, ${settings.perSecond} events/s, ${settings.seconds} s, `)
  say(`form ${settings.form}, store ${settings.store}, Bun ${Bun.version}\n\n`)
  say(row('', 'CPU/event', 'p50', 'p99', 'RSS/reader', 'heap/reader', 'lost'))
  for (let round = 1; round <= settings.rounds; round += 1) {
    ours.push(print(`ours ${round}`, await measure('ours')))
    bare.push(print(`bare ${round}`, await measure('bare')))
  }
  const a = print('ours', middle(ours))
  const b = print('bare', middle(bare))
  const ratios = (['cpuMicros', 'p50Ms', 'p99Ms', 'memoryKb', 'heapKb'] as const).map(
    (key) => `${(a[key] / b[key]).toFixed(2)} x`,
  )
  say(row('ratio', ...ratios, ''))
  say(
    '\nCPU: of the server process alone. Delivery: from the event to the reader, both on this machine.',
  )
  say('\nRSS and heap: after collections, with all readers less before them, by their number.\n')
  if (a.lost + b.lost > 0) process.exitCode = 1
}

async function measure(name: keyof typeof servers): Promise<Figures> {
  const { perSecond, seconds, warmUpSeconds, readers } = settings
  const server = servers[name]()
  const { port } = await server.ready
  await server.tell({ command: 'begin', readers })
  const received = new Received()
  const warm = await openReaders(port, Math.min(100, readers), received)
  for (const reader of warm) reader.cut()
  const before = await server.tell({ command: 'measure' })
  const open = await openReaders(port, readers, received)
  const after = await server.tell({ command: 'measure' })
  await server.tell({ command: 'emit', perSecond, events: perSecond * warmUpSeconds })
  received.begin()
  const events = perSecond * seconds
  const { cpuMs } = await server.tell({ command: 'emit', perSecond, events })
  const until = clockMs() + 5000
  while (received.latencies.count < events && clockMs() < until) await Bun.sleep(10)
  const { latencies } = received
  for (const reader of open) reader.cut()
  await server.end()
  return {
    cpuMicros: (cpuMs * 1000) / latencies.count,
    p50Ms: latencies.percentile(50),
    p99Ms: latencies.percentile(99),
    memoryKb: (after.rssBytes - before.rssBytes) / 1024 / readers,
    heapKb: (after.heapBytes - before.heapBytes) / 1024 / readers,
    lost: events - latencies.count,
  }
}

/** What has come since the beginning of the measurement. */
class Received {
  latencies = new Latencies()

  begin(): void {
    this.latencies = new Latencies()
  }

  take(frame: string): void {
    const at = frame.indexOf('@')
    if (at >= 0) this.latencies.add(clockMs() - Number.parseFloat(frame.slice(at + 1, at + 24)))
  }
}

/** Settles when each of them has read that it is connected. */
async function openReaders(port: number, count: number, received: Received) {
  const readers: EventReader[] = []
  for (let index = 0; index < count; index += 1) {
    const id = idOf(index)
    const { promise: connected, resolve, reject } = Promise.withResolvers<void>()
    const reader = new EventReader({
      ...{ hostname: '127.0.0.1', port },
      path: `/api/conversations/${id}/thinking?run=${id}&format=${settings.form}`,
      onFrame(frame) {
        resolve()
        received.take(frame)
      },
      onEnd: () => reject(new Error(`The stream of reader ${index} ended.`)),
    })
    readers.push(reader)
    await reader.open()
    await connected
  }
  return readers
}

function middle(all: Figures[]): Figures {
  const of = (key: keyof Figures) => median(all.map((figures) => figures[key]))
  return {
    ...{ cpuMicros: of('cpuMicros'), p50Ms: of('p50Ms'), p99Ms: of('p99Ms') },
    ...{
      memoryKb: of('memoryKb'),
      heapKb: of('heapKb'),
      lost: all.reduce((sum, { lost }) => sum + lost, 0),
    },
  }
}

function print(name: string, figures: Figures): Figures {
  const { cpuMicros, p50Ms, p99Ms, memoryKb, heapKb, lost } = figures
  const ms = [`${p50Ms.toFixed(2)} ms`, `${p99Ms.toFixed(2)} ms`] as const
  const kb = [`${memoryKb.toFixed(1)} KB`, `${heapKb.toFixed(1)} KB`] as const
  say(row(name, `${cpuMicros.toFixed(1)} µs`, ...ms, ...kb, String(lost)))
  return figures
}

function row(name: string, ...cells: string[]): string {
  return `${name.padEnd(8)}${cells.map((cell) => cell.padStart(12)).join('')}\n`
}

function say(text: string): void {
  process.stdout.write(text)
}

await compare()
