import { PostgresCluster } from '../support/postgres-cluster.ts'
import { readArguments } from './arguments.ts'
import { startChild } from './child.ts'
import { clockMs } from './clock.ts'
import { Latencies } from './latencies.ts'
import { idOf } from './load.ts'
import { type Findings, follow } from './soak-reader.ts'
import type { SoakCommand, SoakReply } from './soak-server.ts'

const settings = readArguments({
  readers: 5000,
  runs: 1000,
  seconds: 120,
  /** Of one run. */
  events: 20,
  everyMs: 500,
  /** How long a connection lasts on average until it is cut. */
  meanLifeMs: 15_000,
  /** `sqlite` keeps events in a file, `memory` keeps none, `postgres` in a server that this starts. */
  store: 'sqlite',
})

const findings: Findings = {
  ...{ events: 0, lost: 0, doubled: 0, cuts: 0, runs: 0 },
  ...{ latencies: new Latencies(), oddities: [] },
}

/** Asks questions one after the other, each followed by some readers, until the time is up. */
async function converse(port: number, conversation: string, readers: number, until: number) {
  const { events, everyMs, meanLifeMs } = settings
  await Bun.sleep(Math.random() * events * everyMs)
  while (clockMs() < until) {
    const run = crypto.randomUUID()
    const following = { port, conversation, run, expected: events + 2 }
    const reading = Array.from({ length: readers }, async (_, index) => {
      // One before the question, one perhaps after the end, the others on the way.
      if (index > 0) await Bun.sleep(Math.random() * events * everyMs * (index === 1 ? 1.3 : 0.2))
      await follow(following, meanLifeMs, findings)
    })
    await Bun.sleep(Math.random() * 500)
    await ask(port, conversation, run)
    await Promise.all(reading)
    findings.runs += 1
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
  if (response.status !== 202) findings.oddities.push(`a question was answered ${response.status}`)
}

async function soak(): Promise<void> {
  const { readers, runs, seconds, events, everyMs } = settings
  say(`${readers} readers over ${runs} runs at a time, ${seconds} s, each cut at random\n\n`)
  const cluster = settings.store === 'postgres' ? await PostgresCluster.start() : undefined
  const place = (await cluster?.createDatabase())?.url ?? settings.store
  const server = startChild<SoakCommand, SoakReply>('soak-server.ts', [place])
  const { port } = await server.ready
  const before = await server.tell({ conversations: runs })
  const begin = clockMs()
  const until = begin + seconds * 1000
  const conversing = Array.from({ length: runs }, (_, index) =>
    converse(port, idOf(index), Math.max(1, Math.round(readers / runs)), until),
  )
  await Bun.sleep(Math.max(seconds * 900, Math.min(seconds, (events * everyMs) / 1000) * 1000))
  const during = await server.tell('measure')
  await Promise.all(conversing)
  const after = await measureWhenQuiet(() => server.tell('measure'))
  await server.end()
  await cluster?.remove()
  const perReader = (during.rssBytes - before.rssBytes) / 1024 / readers
  report(perReader, after)
}

/** The last readers have left only when the server has noticed it. */
async function measureWhenQuiet(measure: () => Promise<SoakReply>): Promise<SoakReply> {
  const until = clockMs() + 5000
  for (;;) {
    const reply = await measure()
    if (reply.held === 0 || clockMs() > until) return reply
    await Bun.sleep(100)
  }
}

function report(perReaderKb: number, { held, failures }: SoakReply): void {
  const { events, lost, doubled, cuts, runs, latencies } = findings
  const oddities = [...findings.oddities, ...failures]
  const figures: [string, string | number][] = [
    ['runs to their end', runs],
    ['connections cut or ended, and taken up again', cuts],
    ['events delivered', events],
    ['events lost', lost],
    ['events doubled', doubled],
    ['delivery p50', `${latencies.percentile(50).toFixed(2)} ms`],
    ['delivery p99', `${latencies.percentile(99).toFixed(2)} ms`],
    ['memory per reader, with its share of runs and logs', `${perReaderKb.toFixed(1)} KB`],
    ['held by the registry and the slots at the end', held],
    ['oddities', oddities.length],
  ]
  for (const [name, figure] of figures) say(`${name.padEnd(52)}${String(figure).padStart(12)}\n`)
  for (const oddity of oddities.slice(0, 10)) say(`  ${oddity}\n`)
  if (events === 0 || lost + doubled + held + oddities.length > 0) process.exitCode = 1
}

function say(text: string): void {
  process.stdout.write(text)
}

await soak()
