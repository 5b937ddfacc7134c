import { expect } from 'bun:test'
import { SQL } from 'bun'
import { heldFlow } from '../support/held-flow.ts'
import { postgresTest as test } from '../support/postgres.ts'
import { type Deployment, useServerProcesses } from '../support/postgres-processes.ts'
import {
  askAsync,
  openConversation,
  ProcessReader,
  send,
  stateOf,
} from '../support/process-client.ts'
import { behind, gate, seedFlow, seedLines } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'

const { deploy, cluster, onEnd } = useServerProcesses()

const finished = '{"status":"finished"}'

/** Two processes, a run on the first, and a reader on each. */
async function beginRun({ start }: Deployment, settings = {}) {
  const [a, b] = await Promise.all([start(settings), start(settings)])
  const path = await openConversation(a.url)
  const run = crypto.randomUUID()
  const readers = [new ProcessReader(), new ProcessReader()]
  await readers[0]?.connect(a.url, path, run)
  await readers[1]?.connect(b.url, path, run)
  await askAsync(a.url, path, run)
  return { a, b, path, run, readers }
}

/** Reads on after each cut, as clients do, until the run has ended. */
async function finish(reader: ProcessReader, url: string, path: string, run: string) {
  const readOn = async () => {
    await reader.ended
    if (reader.done === undefined) await reader.connect(url, path, run).catch(() => {})
    return reader.done !== undefined
  }
  await until(readOn, 'the reader has read the end', 30_000)
}

const status = async (url: string, path: string) => (await fetch(`${url}${path}`)).status

test('a restart of the database in the middle of a run loses nothing', async () => {
  const { script, open } = heldFlow()
  const { a, b, path, run, readers } = await beginRun(await deploy(script))
  for (const reader of readers) await reader.reads('list_change_requests finished')
  const server = await cluster()
  await server.stop()
  for (const { url } of [a, b]) {
    await until(async () => (await status(url, '/readyz')) === 503, 'it is not ready')
  }
  expect(await status(a.url, '/healthz')).toBe(200)
  // The run goes on, and cannot store its next events.
  open()
  await server.launch()
  for (const [index, reader] of readers.entries()) {
    await finish(reader, index === 0 ? a.url : b.url, path, run)
    expect([reader.lines, reader.done]).toEqual([seedLines, finished])
  }
  for (const { url } of [a, b]) {
    await until(async () => (await status(url, '/readyz')) === 200, 'it is ready')
  }
  expect((await stateOf(b.url, path, run)).answer).toContain('change requests are open')
}, 60_000)

test('an outage that outlasts the lease interrupts nothing', async () => {
  const { script, open } = heldFlow()
  const { a, b, path, run, readers } = await beginRun(await deploy(script), { LEASE_SECONDS: '1' })
  for (const reader of readers) await reader.reads('list_change_requests finished')
  const server = await cluster()
  await server.stop('SIGQUIT')
  const downAt = performance.now()
  await until(() => performance.now() - downAt > 2500, 'two leases have passed')
  await server.launch()
  for (const { url } of [a, b]) {
    await until(async () => (await status(url, '/readyz')) === 200, 'it is ready')
  }
  open()
  for (const [index, reader] of readers.entries()) {
    await finish(reader, index === 0 ? a.url : b.url, path, run)
    expect([reader.lines, reader.done]).toEqual([seedLines, finished])
  }
}, 60_000)

test('connections that are cut all the time lose nothing', async () => {
  const held = gate()
  const deployment = await deploy(behind(held, seedFlow))
  const { a, b, path, run, readers } = await beginRun(deployment, { LEASE_SECONDS: '5' })
  let cutting = true
  const cuts = (async () => {
    while (cutting) {
      await deployment.database.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
      )
      await Bun.sleep(20)
    }
  })()
  onEnd(() => {
    cutting = false
    return cuts
  })
  held.open()
  for (const [index, reader] of readers.entries()) {
    await finish(reader, index === 0 ? a.url : b.url, path, run)
    expect([reader.lines, reader.done]).toEqual([seedLines, finished])
  }
  cutting = false
  await cuts
  const { seqs } = await stateOf(b.url, path, run)
  expect(seqs).toEqual(seqs.map((_, index) => index + 1))
}, 60_000)

test('a server that does not answer for a while delays a run and loses nothing', async () => {
  const held = gate()
  const { a, b, path, run, readers } = await beginRun(await deploy(behind(held, seedFlow)), {
    LEASE_SECONDS: '30',
  })
  for (const reader of readers) await reader.reads('[Triage] agent invoked')
  const server = await cluster()
  const paused = server.processes
  // Stopped processes would keep the clean-up waiting if this test fails.
  onEnd(() => server.resume(paused))
  for (const pid of paused) process.kill(pid, 'SIGSTOP')
  held.open()
  const pausedAt = performance.now()
  await until(() => performance.now() - pausedAt > 1500, 'the pause has passed')
  expect(readers[0]?.lines).toEqual(seedLines.slice(0, 1))
  server.resume(paused)
  for (const [index, reader] of readers.entries()) {
    await finish(reader, index === 0 ? a.url : b.url, path, run)
    expect([reader.lines, reader.done]).toEqual([seedLines, finished])
  }
}, 60_000)

test('a pool that is used up delays requests, not runs', async () => {
  const { script, open } = heldFlow()
  const deployment = await deploy(script)
  const { a, path, run, readers } = await beginRun(deployment, { DATABASE_CONNECTIONS: '1' })
  for (const reader of readers) await reader.reads('list_change_requests finished')
  const sql = new SQL(deployment.database.url, { max: 1 })
  onEnd(() => sql.close({ timeout: 0 }))
  // A lock makes a search wait, with the only connection of requests.
  await sql.unsafe('BEGIN')
  await sql.unsafe('LOCK TABLE messages IN ACCESS EXCLUSIVE MODE')
  let isAnswered = false
  const search = fetch(`${a.url}/api/conversations?q=open`).finally(() => {
    isAnswered = true
  })
  const isWaiting = async () => {
    const [row] = await deployment.database.query(
      "SELECT count(*) AS n FROM pg_locks WHERE NOT granted AND relation = 'messages'::regclass",
    )
    return Number(row?.n) > 0
  }
  await until(isWaiting, 'the search waits')
  open()
  for (const reader of readers) await reader.reads('[Triage] agent finished')
  expect(isAnswered).toBe(false)
  await sql.unsafe('COMMIT')
  for (const reader of readers) await reader.finishes()
  expect((await search).status).toBe(200)
  expect((await stateOf(a.url, path, run)).status).toBe('finished')
}, 60_000)

test('a run ends with store_failed while the database is down for long, and the next question is answered', async () => {
  const { script, open } = heldFlow()
  const { a, b, path, run, readers } = await beginRun(await deploy(script), { LEASE_SECONDS: '2' })
  for (const reader of readers) await reader.reads('list_change_requests finished')
  const server = await cluster()
  await server.stop()
  open()
  // The run gives up after three leases, 6 s, and the question is refused after 10 s.
  const refused = await send(`${a.url}${path}/messages`, { message: 'x' })
  expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'store_failed' }])
  await server.launch()
  for (const [index, reader] of readers.entries()) {
    await finish(reader, index === 0 ? a.url : b.url, path, run)
    expect(reader.done).toBe('{"status":"failed"}')
    expect(reader.lines.slice(0, 4)).toEqual(seedLines.slice(0, 4))
  }
  const stored = await (await fetch(`${b.url}${path}/runs/${run}`)).json()
  expect(stored).toMatchObject({ status: 'failed', error: { code: 'store_failed' } })
  const next = await send(`${b.url}${path}/messages`, { message: 'What is open?' })
  expect(await next.json()).toMatchObject({ run: { status: 'finished' } })
}, 60_000)
