import { expect, test as runnerTest } from 'bun:test'
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
import { seedLines } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'

const { deploy } = useServerProcesses()

const slowTest = process.env.TEST_SLOW === '1' ? test : runnerTest.skip

/** What readers of a run receive whose process is lost while the specialist waits. */
const interruptedLines = [
  ...seedLines.slice(0, 4),
  '[ServiceNow] agent stopped',
  '[Triage] agent stopped',
]
const interrupted = '{"status":"interrupted"}'

/** Asks process A, with a reader on each process, and waits until the specialist waits. */
async function beginRun({ start }: Deployment, settings = {}) {
  const [a, b] = await Promise.all([start(settings), start(settings)])
  const path = await openConversation(a.url)
  const run = crypto.randomUUID()
  const [here, there] = [new ProcessReader(), new ProcessReader()]
  await here.connect(a.url, path, run)
  await there.connect(b.url, path, run)
  await askAsync(a.url, path, run)
  for (const reader of [here, there]) await reader.reads('list_change_requests finished')
  return { a, b, path, run, here, there }
}

/** Kills the process of a run. With the default lease of 10 s its readers receive the end within 15 s. */
async function checkKilled(leaseSeconds: string) {
  const { script, open } = heldFlow()
  const deployment = await deploy(script)
  const settings = { LEASE_SECONDS: leaseSeconds }
  const { a, b, path, run, here, there } = await beginRun(deployment, settings)
  const waiting = send(`${b.url}${path}/messages`, { message: 'What is open?', run })
  a.kill('SIGKILL')
  const killedAt = performance.now()
  await here.ended
  await here.connect(b.url, path, run)
  for (const reader of [here, there]) {
    await reader.finishes()
    expect([reader.lines, reader.done]).toEqual([interruptedLines, interrupted])
  }
  expect(performance.now() - killedAt).toBeLessThan(15_000)
  expect(await (await waiting).json()).toMatchObject({ run: { id: run, status: 'interrupted' } })
  const state = await stateOf(b.url, path, run)
  expect(state.seqs).toEqual(state.seqs.map((_, index) => index + 1))
  open()
  const next = await send(`${b.url}${path}/messages`, { message: 'What is open?' })
  expect(await next.json()).toMatchObject({ run: { status: 'finished' } })
}

test('a run whose process was killed is interrupted for every reader, and its conversation takes the next question', async () => {
  await checkKilled('3')
}, 60_000)

slowTest(
  'with TEST_SLOW=1: a run whose process was killed is interrupted within 15 s with the default lease',
  async () => {
    await checkKilled('10')
  },
  60_000,
)

test('a process that was paused cannot write, and its readers get what the other process stored', async () => {
  const { script, open } = heldFlow()
  const { a, b, path, run, here, there } = await beginRun(await deploy(script))
  a.kill('SIGSTOP')
  await there.finishes()
  expect([there.lines, there.done]).toEqual([interruptedLines, interrupted])
  const before = await stateOf(b.url, path, run)
  open()
  a.kill('SIGCONT')
  await here.finishes()
  expect([here.lines, here.done]).toEqual([interruptedLines, interrupted])
  expect(here.ids).toEqual(there.ids)
  expect(await stateOf(a.url, path, run)).toEqual(before)
  // It has joined again.
  const next = await send(`${a.url}${path}/messages`, { message: 'What is open?' })
  expect(await next.json()).toMatchObject({ run: { status: 'finished' } })
  expect((await fetch(`${a.url}/readyz`)).status).toBe(200)
}, 60_000)

test('a pause that is shorter than the lease loses nothing', async () => {
  const { script, open } = heldFlow()
  const { a, here, there } = await beginRun(await deploy(script), { LEASE_SECONDS: '9' })
  a.kill('SIGSTOP')
  open()
  const pausedAt = performance.now()
  // Longer than the time between two renewals of the lease.
  await until(() => performance.now() - pausedAt > 3200, 'the pause has passed')
  expect([here.done, there.done]).toEqual([undefined, undefined])
  a.kill('SIGCONT')
  for (const reader of [here, there]) {
    await reader.finishes()
    expect([reader.lines, reader.done]).toEqual([seedLines, '{"status":"finished"}'])
  }
}, 60_000)

test('SIGTERM ends the runs of one process only, and its readers go on elsewhere', async () => {
  const { script, open } = heldFlow()
  const { a, b, path, run, here, there } = await beginRun(await deploy(script))
  const other = await openConversation(b.url)
  const otherRun = crypto.randomUUID()
  const reader = new ProcessReader()
  await reader.connect(a.url, other, otherRun)
  await askAsync(b.url, other, otherRun)
  await reader.reads('list_change_requests finished')
  a.kill('SIGTERM')
  expect(await a.exited).toBe(0)
  for (const one of [here, there]) {
    await one.finishes()
    expect([one.lines, one.done]).toEqual([interruptedLines, interrupted])
  }
  expect(reader.done).toBeUndefined()
  await reader.connect(b.url, other, otherRun)
  open()
  await reader.finishes()
  expect([reader.lines, reader.done]).toEqual([seedLines, '{"status":"finished"}'])
  expect((await stateOf(b.url, path, run)).status).toBe('interrupted')
}, 60_000)

test('a run of the only process is interrupted after a restart', async () => {
  const { start } = await deploy(heldFlow().script)
  const first = await start()
  const path = await openConversation(first.url)
  const run = crypto.randomUUID()
  await askAsync(first.url, path, run)
  first.kill('SIGKILL')
  await first.exited
  const second = await start()
  await until(
    async () => (await stateOf(second.url, path, run)).status === 'interrupted',
    'the run is interrupted',
  )
}, 60_000)
