import { PostgresCluster } from '../support/postgres-cluster.ts'
import { readArguments } from './arguments.ts'
import { type Figures, MeasuredServer } from './measured-server.ts'

const defaults = {
  readers: 5000,
  perSecond: 10_000,
  /** Per server. */
  seconds: 30,
  warmUpSeconds: 5,
  /**
   * `memory` stores no events, `sqlite` stores them in a file, `postgres` in a database that this command starts. `edge`
   * runs both servers in workerd, with fewer readers and events by default.
   */
  store: 'memory',
  /** `json` or `text`. */
  form: 'json',
}
const isEdge = readArguments(defaults).store === 'edge'
const settings = readArguments(isEdge ? { ...defaults, readers: 500, perSecond: 1000 } : defaults)

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
  const opsAgent = isEdge
    ? new MeasuredServer(settings, 'edge-streams.ts', 'OpsAgentObject')
    : new MeasuredServer(settings, 'opsagent-streams.ts', place, cluster !== undefined)
  const bare = isEdge
    ? new MeasuredServer(settings, 'edge-streams.ts', 'BareObject')
    : new MeasuredServer(settings, 'bare-server.ts')
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
  const columns = allColumns.filter(([, key]) => opsAgent[key] !== undefined)
  const cells = (figures: Figures) =>
    columns.map(([, key, digits, unit]) => `${figures[key]?.toFixed(digits)} ${unit}`)
  const ratios = columns.map(
    ([, key]) => `${((opsAgent[key] ?? 0) / (bare[key] ?? 0)).toFixed(2)} x`,
  )
  print(row('', ...columns.map(([name]) => name), 'lost'))
  print(row('OpsAgent', ...cells(opsAgent), String(opsAgent.lost)))
  print(row('bare', ...cells(bare), String(bare.lost)))
  print(row('ratio', ...ratios))
  print('\ntest/bench/README.md explains the columns.\n')
}

const allColumns: [name: string, key: keyof Figures, digits: number, unit: string][] = [
  ['CPU/event', 'cpuMicros', 1, 'µs'],
  ['p50', 'p50Ms', 2, 'ms'],
  ['p99', 'p99Ms', 2, 'ms'],
  ['RSS/reader', 'rssKb', 1, 'KB'],
  ['heap/reader', 'heapKb', 1, 'KB'],
]

function row(name: string, ...cells: string[]): string {
  return `${name.padEnd(10)}${cells.map((cell) => cell.padStart(13)).join('')}\n`
}

function print(text: string): void {
  process.stdout.write(text)
}

await compare()
