import { expect } from 'bun:test'
import { OpsError } from '../../src/core/errors.ts'
import { openPostgresStore } from '../../src/storage/postgres.ts'
import { SilentServerError } from '../../src/storage/postgres-error.ts'
import type { OwnerStore } from '../../src/storage/store.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { replaceCalls } from '../support/faulty-store.ts'
import { postgresTest as test, usePostgres } from '../support/postgres.ts'
import { gate } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

const { makeDatabase } = usePostgres()

// Before the hook below: stores are closed last.
expectNothingLeft()

const { onEnd } = useCleanUps()

// As after ten seconds of retries.
const lost = new OpsError('store_failed')

/** A server whose store can lose its replies: `replace` replaces calls while `faults.on`. */
async function makeLossy(
  replace: (own: OwnerStore) => Partial<OwnerStore>,
  beforeAnswer: () => Promise<void> = async () => {},
) {
  const { url } = await makeDatabase()
  const store = await openPostgresStore(url, { migrate: true, leaseMs: 60_000, connections: 4 })
  onEnd(store.close)
  const faults = { on: true }
  const lossy = replaceCalls(store, (own) => (faults.on ? replace(own) : {}))
  const workflow = {
    async run() {
      await beforeAnswer()
      return { text: 'All is well.', partial: false }
    },
  }
  const server = await makeServer({}, { store: lossy, workflow })
  const path = `/api/conversations/${await server.open()}`
  const ask = async (run: string) => {
    const response = await server.post(`${path}/messages`, { message: 'What is open?', run })
    return { status: response.status, body: await response.json() }
  }
  const statusOf = async (run: string) => {
    const response = await server.get(`${path}/runs/${run}`)
    return await response.json()
  }
  return { faults, ask, statusOf }
}

test('a run whose beginning is stored although the reply was lost is interrupted', async () => {
  const { faults, ask } = await makeLossy((own) => ({
    async beginRun(conversation, question) {
      await own.beginRun(conversation, question)
      throw lost
    },
  }))
  const run = crypto.randomUUID()
  expect((await ask(run)).body).toMatchObject({ run: { id: run, status: 'interrupted' } })
  faults.on = false
  expect((await ask(crypto.randomUUID())).body).toMatchObject({ run: { status: 'finished' } })
})

test('it is interrupted also when it cannot be read at that moment', async () => {
  const run = crypto.randomUUID()
  let isAway = false
  const { faults, ask, statusOf } = await makeLossy((own) => ({
    async beginRun(conversation, question) {
      await own.beginRun(conversation, question)
      isAway = true
      throw lost
    },
    async findRun(conversation, id) {
      if (isAway) throw lost
      return own.findRun(conversation, id)
    },
  }))
  expect(await ask(run)).toMatchObject({ status: 503, body: { code: 'store_failed' } })
  faults.on = false
  await until(async () => (await statusOf(run)).status === 'interrupted', 'it is interrupted')
  expect((await ask(crypto.randomUUID())).body).toMatchObject({ run: { status: 'finished' } })
})

test('a run that was not stored can begin again, and is not interrupted then', async () => {
  const held = gate()
  let fails = true
  let begunAt = Number.POSITIVE_INFINITY
  const { ask } = await makeLossy(
    (own) => ({
      async beginRun(conversation, question) {
        if (!fails) return own.beginRun(conversation, question)
        fails = false
        throw lost
      },
      async endRun(conversation, run, events, answer) {
        // The first attempt can be ended only after the second one has begun.
        if (begunAt === Number.POSITIVE_INFINITY) throw new SilentServerError()
        return own.endRun(conversation, run, events, answer)
      },
    }),
    () => {
      begunAt = performance.now()
      return held.opened
    },
  )
  const run = crypto.randomUUID()
  expect((await ask(run)).status).toBe(503)
  const again = ask(run)
  // The longest pause between two attempts.
  await until(() => performance.now() - begunAt > 600, 'the first attempt is ended')
  held.open()
  expect((await again).body).toMatchObject({ run: { id: run, status: 'finished' } })
})
