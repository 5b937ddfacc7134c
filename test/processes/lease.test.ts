import { expect } from 'bun:test'
import { OpsError } from '../../src/core/errors.ts'
import { Lease } from '../../src/runs/lease.ts'
import { openPostgresStore } from '../../src/storage/postgres.ts'
import type { Hint, SharedRuns } from '../../src/storage/store.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { replaceCalls, replaceShared } from '../support/faulty-store.ts'
import { memoryLog } from '../support/memory-log.ts'
import { postgresTest as test, usePostgres } from '../support/postgres.ts'
import { readFrames } from '../support/read-stream.ts'
import { gate } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

const { makeDatabase } = usePostgres()

// Before the hook below: stores are closed last.
expectNothingLeft()

const { onEnd } = useCleanUps()

/** A store that counts its renewals, and whose other calls may be replaced. */
async function makeStore(
  leaseMs: number,
  replace: (shared: SharedRuns) => Partial<SharedRuns> = () => ({}),
) {
  const { url } = await makeDatabase()
  const opened = await openPostgresStore(url, { migrate: true, leaseMs, connections: 4 })
  onEnd(opened.close)
  const counted = { renewals: 0 }
  const store = replaceShared(opened, (shared) => ({
    renew(openStreams) {
      counted.renewals += 1
      return shared.renew(openStreams)
    },
    ...replace(shared),
  }))
  return { store, counted }
}

function makeLease(shared: SharedRuns) {
  const { log, logged } = memoryLog()
  const lease = new Lease({
    shared,
    openStreams: () => new Map(),
    onRenewed: async () => {},
    onLost() {},
    now: Date.now,
    log,
  })
  return { lease, logged }
}

const lost = { key: { owner: 'ann', conversation: 'c1', run: 'r1' }, startedAt: 1, events: [] }

test('a run of another process that takes long to end delays no renewal', async () => {
  const held = gate()
  let interrupts = 0
  const { store, counted } = await makeStore(200, () => ({
    listLost: async () => [lost, lost],
    async interrupt() {
      interrupts += 1
      await held.opened
      return false
    },
  }))
  const { lease, logged } = makeLease(store.shared)
  await lease.take()
  await until(() => counted.renewals > 5, 'more renewals')
  expect([interrupts, lease.isHeld]).toEqual([1, true])
  const left = lease.giveBack()
  held.open()
  await left
  // The rest is for other processes. None of these runs was ended here.
  expect([interrupts, logged]).toEqual([1, []])
})

test('a process that cannot read the runs of others keeps its lease', async () => {
  let reads = 0
  const { store } = await makeStore(200, () => ({
    async listLost() {
      reads += 1
      throw new Error('one page of the table is damaged')
    },
  }))
  const { lease, logged } = makeLease(store.shared)
  await lease.take()
  await until(() => reads > 2, 'more reads')
  expect(lease.isHeld).toBe(true)
  expect(new Set(logged.map(({ level }) => level))).toEqual(new Set(['warn']))
  await lease.giveBack()
})

test('a hint to stop renews no lease, so a process that has left does not join again', async () => {
  const hints: ((hint: Hint) => void)[] = []
  const { store, counted } = await makeStore(60_000, (shared) => ({
    watch: async (onHint) => void hints.push(onHint),
    // After the end of the process its store is closed.
    listStopRequests: () => shared.listStopRequests().catch(() => []),
  }))
  const { runs } = await makeServer({}, { store })
  for (const onHint of hints) onHint({ type: 'stop' })
  await runs.close()
  for (const onHint of hints) onHint({ type: 'stop' })
  expect([hints.length, counted.renewals]).toEqual([1, 1])
})

test('hints to stop that arrive during a query are one further query', async () => {
  const held = gate()
  const hints: ((hint: Hint) => void)[] = []
  let queries = 0
  const { store } = await makeStore(60_000, () => ({
    watch: async (onHint) => void hints.push(onHint),
    async listStopRequests() {
      queries += 1
      await held.opened
      return []
    },
  }))
  await makeServer({}, { store })
  await until(() => queries === 1, 'the query after the renewal')
  for (let count = 0; count < 10; count += 1) hints[0]?.({ type: 'stop' })
  held.open()
  await until(() => queries === 2, 'one further query')
  await store.check()
  expect(queries).toBe(2)
})

test('a run that ended elsewhere and was deleted ends for its readers', async () => {
  // The end is refused, the run is found, and its events are gone when they are read.
  const { store } = await makeStore(60_000, () => ({ read: async () => [] }))
  const refusing = replaceCalls(store, () => ({
    async endRun() {
      throw new OpsError('interrupted')
    },
  }))
  const workflow = { run: async () => ({ text: 'All is well.', partial: false }) }
  const server = await makeServer({}, { store: refusing, workflow })
  const path = `/api/conversations/${await server.open()}`
  const run = crypto.randomUUID()
  const frames = readFrames(await server.get(`${path}/thinking?run=${run}`))
  const answer = await server.post(`${path}/messages`, { message: 'What is open?', run })
  expect(await answer.json()).toMatchObject({ run: { id: run, status: 'interrupted' } })
  // A reader that is attached after the deletion sees a run that was stopped.
  expect((await frames).at(-1)?.data).toMatch(/^\{"status":"(?:interrupted|stopped)"\}$/)
})
