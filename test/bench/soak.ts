import { PostgresCluster } from '../support/postgres-cluster.ts'
import { readArguments } from './arguments.ts'
import { startChild } from './child-process.ts'
import { clockMs } from './clock.ts'
import { idOf } from './emission.ts'
import { Latencies } from './latencies.ts'
import { follow, type Results } from './soak-reader.ts'
import type { SoakCommand, SoakReply } from './soak-server.ts'

const settings = readArguments({
  readers: 5000,
  /** Runs at the same time. */
  runs: 1000,
  seconds: 120,
  /** Per run. */
  events: 20,
  everyMs: 500,
  /** The mean time after which a reader disconnects and resumes. */
  meanLifeMs: 15_000,
  /** `sqlite` stores the events in a file, `memory` stores none, `postgres` in a database that this command starts. */
  store: 'sqlite',
})

const results: Results = {
  events: 0,
  lost: 0,
  duplicated: 0,
  cuts: 0,
  runs: 0,
  latencies: new Latencies(),
  violations: [],
}

/** Asks one question after the other until the time is up. Several readers follow each run. */
async function askRepeatedly(port: number, conversation: string, readers: number, until: number) {
  const { events, everyMs, meanLifeMs } = settings
  await Bun.sleep(Math.random() * events * everyMs)
  while (clockMs() < until) {
    const run = crypto.randomUUID()
    const followed = { port, conversation, run, expected: events + 2 }
    const reading = Array.from({ length: readers }, async (_, index) => {
      // The first reader connects before the question, the second perhaps after the end, the others during the run.
      if (index > 0) await Bun.sleep(Math.random() * events * everyMs * (index === 1 ? 1.3 : 0.2))
      await follow(followed, meanLifeMs, results)
    })
    await Bun.sleep(Math.random() * 500)
    await ask(port, conversation, run)
    await Promise.all(reading)
    results.runs += 1
  }
}

async function ask(port: number, conversation: string, run: string): Promise<void> {
  const { events, everyMs } = settings
  const response = await fetch(
    `http://127.0.0.1:${port}/api/conversations/${conversation}/messages`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'respond-async' },
      body: JSON.stringify({ run, message: `${events} ${everyMs}` }),
    },
  )
  await response.text()
  if (response.status !== 202) results.violations.push(`a question got ${response.status}`)
}

async function soak(): Promise<void> {
  const { readers, runs, seconds, store } = settings
  print(
    `${readers} readers on ${runs} concurrent runs, ${seconds} s, with random disconnects, store ${store}\n\n`,
  )
  const cluster = store === 'postgres' ? await PostgresCluster.start() : undefined
  const place = (await cluster?.createDatabase())?.url ?? store
  const server = startChild<SoakCommand, SoakReply>('soak-server.ts', [place])
  const { port } = await server.ready
  const before = await server.send({ conversations: runs })
  const until = clockMs() + seconds * 1000
  const asking = Array.from({ length: runs }, (_, index) =>
    askRepeatedly(port, idOf(index), Math.max(1, Math.round(readers / runs)), until),
  )
  await Bun.sleep(seconds * 900)
  const during = await server.send('measure')
  await Promise.all(asking)
  const after = await measureWhenIdle(() => server.send('measure'))
  await server.end()
  await cluster?.remove()
  const perReader = (during.rssBytes - before.rssBytes) / 1024 / readers
  printTable(perReader, after)
}

/** Waits until the server has noticed the last disconnects, at most five seconds. */
async function measureWhenIdle(measure: () => Promise<SoakReply>): Promise<SoakReply> {
  const until = clockMs() + 5000
  for (;;) {
    const reply = await measure()
    if (reply.held === 0 || clockMs() > until) return reply
    await Bun.sleep(100)
  }
}

function printTable(perReaderKb: number, { held, logged }: SoakReply): void {
  const { events, lost, duplicated, cuts, runs, latencies } = results
  const violations = [...results.violations, ...logged]
  const figures: [string, string | number][] = [
    ['runs', runs],
    ['disconnects', cuts],
    ['events delivered', events],
    ['events lost', lost],
    ['events duplicated', duplicated],
    ['delivery p50', `${latencies.percentile(50).toFixed(2)} ms`],
    ['delivery p99', `${latencies.percentile(99).toFixed(2)} ms`],
    ['memory per reader, with runs and run logs', `${perReaderKb.toFixed(1)} KB`],
    ['runs, readers and streams left at the end', held],
    ['other violations and log lines', violations.length],
  ]
  for (const [name, figure] of figures) print(`${name.padEnd(44)}${String(figure).padStart(12)}\n`)
  for (const violation of violations.slice(0, 10)) print(`  ${violation}\n`)
  if (events === 0 || lost + duplicated + held + violations.length > 0) process.exitCode = 1
}

function print(text: string): void {
  process.stdout.write(text)
}

await soak()
