import { PostgresCluster } from '../support/postgres-cluster.ts'
import { readArguments } from './arguments.ts'
import { type Figures, MeasuredServer } from './measured-server.ts'

const settings = readArguments({
  readers: 5000,
  perSecond: 10_000,
  /** Per server. */
  seconds: 30,
  warmUpSeconds: 5,
  /** `memory` stores no events, `sqlite` stores them in a file, `postgres` in a database that this command starts. */
  store: 'memory',
  /** `json` or `text`. */
  form: 'json',
})

/**
 * Compares OpsAgent with the smallest server that sends the same bytes. Both run at the same time and emit for one second
 * in turn, so that other load on the machine affects both.
 */
async function compare(): Promise<void> {
  const { readers, perSecond, seconds, warmUpSeconds, store, form } = settings
  print(`${readers} readers, ${perSecond} events/s, ${seconds} s, `)
  print(`form ${form}, store ${store}, Bun ${Bun.version}\n\n`)
  const cluster = store === 'postgres' ? await PostgresCluster.start() : undefined
  const place = (await cluster?.createDatabase())?.url ?? store
  const opsAgent = new MeasuredServer(settings, 'opsagent-streams.ts', place, cluster !== undefined)
  const bare = new MeasuredServer(settings, 'bare-streams.ts', form)
  const servers = [opsAgent, bare]
  for (const server of servers) await server.connect()
  for (let second = -warmUpSeconds; second < seconds; second += 1) {
    if (second === 0) for (const server of servers) server.discardTimes()
    for (const server of servers) await server.emit()
  }
  printTable(opsAgent.figures, bare.figures)
  if (opsAgent.figures.lost + bare.figures.lost > 0) process.exitCode = 1
  await Promise.all(servers.map((server) => server.end()))
  await cluster?.remove()
  // The sockets of the readers would keep this process running.
  process.exit()
}

function printTable(opsAgent: Figures, bare: Figures): void {
  const ratio = (key: keyof Figures) => `${(opsAgent[key] / bare[key]).toFixed(2)} x`
  print(row('', 'CPU/event', 'p50', 'p99', 'RSS/reader', 'heap/reader', 'lost'))
  for (const [name, figures] of Object.entries({ OpsAgent: opsAgent, bare })) {
    const { cpuMicros, p50Ms, p99Ms, rssKb, heapKb, lost } = figures
    const times = [`${cpuMicros.toFixed(1)} µs`, `${p50Ms.toFixed(2)} ms`, `${p99Ms.toFixed(2)} ms`]
    const memory = [`${rssKb.toFixed(1)} KB`, `${heapKb.toFixed(1)} KB`]
    print(row(name, ...times, ...memory, String(lost)))
  }
  const keys = ['cpuMicros', 'p50Ms', 'p99Ms', 'rssKb', 'heapKb'] as const
  print(row('ratio', ...keys.map(ratio)))
  print('\ntest/bench/README.md explains the columns.\n')
}

function row(name: string, ...cells: string[]): string {
  return `${name.padEnd(10)}${cells.map((cell) => cell.padStart(13)).join('')}\n`
}

function print(text: string): void {
  process.stdout.write(text)
}

await compare()
