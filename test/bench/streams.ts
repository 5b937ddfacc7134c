import { PostgresCluster } from '../support/postgres-cluster.ts'
import { readArguments } from './arguments.ts'
import { type Figures, Side } from './side.ts'

const settings = readArguments({
  readers: 5000,
  perSecond: 10_000,
  /** For each of the two. */
  seconds: 30,
  warmUpSeconds: 5,
  /** `memory` keeps no events; `sqlite` keeps them in a file; `postgres` in a server that this starts, for two processes. */
  store: 'memory',
  /** `json` or `text`. */
  form: 'json',
})

/**
 * Our stream route beside the least that can send the same bytes. Both stand at the same time and are given a second of
 * events in turn, so that a noisy moment of the machine does not count for one of them alone.
 */
async function compare(): Promise<void> {
  const { readers, perSecond, seconds, warmUpSeconds, store, form } = settings
  say(`${readers} readers, ${perSecond} events/s, ${seconds} s, `)
  say(`form ${form}, store ${store}, Bun ${Bun.version}\n\n`)
  const cluster = store === 'postgres' ? await PostgresCluster.start() : undefined
  const place = (await cluster?.createDatabase())?.url ?? store
  const ours = new Side('ours', settings, 'our-streams.ts', place, cluster !== undefined)
  const bare = new Side('bare', settings, 'bare-streams.ts', form)
  const sides = [ours, bare]
  for (const side of sides) await side.connect()
  for (let second = -warmUpSeconds; second < seconds; second += 1) {
    if (second === 0) for (const side of sides) side.forget()
    for (const side of sides) await side.emit()
  }
  print(ours.figures, bare.figures)
  if (ours.figures.lost + bare.figures.lost > 0) process.exitCode = 1
  await Promise.all(sides.map((side) => side.end()))
  await cluster?.remove()
  // The readers are still there, and would wait for ever.
  process.exit()
}

function print(ours: Figures, bare: Figures): void {
  const ratio = (key: keyof Figures) => `${(ours[key] / bare[key]).toFixed(2)} x`
  say(row('', 'CPU/event', 'p50', 'p99', 'RSS/reader', 'heap/reader', 'lost'))
  for (const [name, figures] of Object.entries({ ours, bare })) {
    const { cpuMicros, p50Ms, p99Ms, rssKb, heapKb, lost } = figures
    const times = [`${cpuMicros.toFixed(1)} µs`, `${p50Ms.toFixed(2)} ms`, `${p99Ms.toFixed(2)} ms`]
    say(row(name, ...times, `${rssKb.toFixed(1)} KB`, `${heapKb.toFixed(1)} KB`, String(lost)))
  }
  const keys = ['cpuMicros', 'p50Ms', 'p99Ms', 'rssKb', 'heapKb'] as const
  say(row('ratio', ...keys.map(ratio)))
  say(
    '\nCPU: of the server processes, without the database. Delivery: from the event to the reader, both on this machine.',
  )
  say('\nRSS and heap: after collections, with all readers less before them, by their number.\n')
}

function row(name: string, ...cells: string[]): string {
  return `${name.padEnd(8)}${cells.map((cell) => cell.padStart(13)).join('')}\n`
}

function say(text: string): void {
  process.stdout.write(text)
}

await compare()
