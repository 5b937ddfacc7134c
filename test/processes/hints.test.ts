import { expect } from 'bun:test'
import { openPostgresStore } from '../../src/storage/postgres.ts'
import type { Hint, SharedRuns } from '../../src/storage/store.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { emittingLayer, numbered } from '../support/emitting.ts'
import { replaceShared } from '../support/faulty-store.ts'
import { postgresTest as test, usePostgres } from '../support/postgres.ts'
import { framesOf, linesOf, readFrames } from '../support/read-stream.ts'
import { seedFlow } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

const { makeDatabase } = usePostgres()

// Before the hook below: stores are closed last.
expectNothingLeft()

const { onEnd } = useCleanUps()

/** Two servers of this process on one database. `replace` replaces calls of the second one. */
async function makeTwo(replace: (shared: SharedRuns) => Partial<SharedRuns>) {
  const { url } = await makeDatabase()
  const options = { migrate: true, leaseMs: 60_000, connections: 4 }
  const open = async () => {
    const store = await openPostgresStore(url, options)
    onEnd(store.close)
    return store
  }
  const { layer, begun, release } = emittingLayer()
  const store = await open()
  const a = await makeServer({}, { store, script: seedFlow, agentMiddleware: [layer] })
  const hinted = replaceShared(await open(), replace)
  const b = await makeServer({}, { store: hinted })
  return { a, b, begun, release }
}

const cases: { name: string; watchOf: (shared: SharedRuns) => SharedRuns['watch'] }[] = [
  { name: 'no hint arrives', watchOf: () => async () => {} },
  {
    name: 'each hint arrives twice',
    watchOf: (shared) => (onHint) =>
      shared.watch((hint) => {
        onHint(hint)
        onHint(hint)
      }),
  },
  {
    name: 'hints arrive late, in another order, and some are lost',
    watchOf: (shared) => (onHint) => {
      const kept: Hint[] = []
      return shared.watch((hint) => {
        kept.push(hint)
        if (kept.length < 4) return
        for (const late of kept.splice(0).reverse().slice(1)) onHint(late)
      })
    },
  },
]

test.each(cases)(
  'a reader on another process receives each event once when $name',
  async ({ watchOf }) => {
    const { a, b, begun, release } = await makeTwo((shared) => ({ watch: watchOf(shared) }))
    const id = await a.open()
    const run = crypto.randomUUID()
    const paths = [
      `/api/conversations/${id}/thinking?run=${run}`,
      `/api/conversations/${id}/thinking`,
    ]
    const streams = await Promise.all(paths.map((path) => b.get(path)))
    const reading = streams.map((stream) => readFrames(stream))
    const asked = a.post(`/api/conversations/${id}/messages`, { message: 'What is open?', run })
    const emit = await begun
    for (let count = 1; count <= 50; count += 1) {
      emit(numbered(count))
      if (count % 7 === 0) await Bun.sleep(1)
    }
    release()
    expect((await asked).status).toBe(200)
    const expected = linesOf(await readFrames(await a.get(paths[0] ?? '')))
    expect(expected.slice(1, 51)).toEqual(
      Array.from({ length: 50 }, (_, at) => `t${at + 1} finished`),
    )
    for (const frames of await Promise.all(reading)) {
      expect(linesOf(frames)).toEqual(expected)
      expect(frames.at(-1)).toMatchObject({ event: 'done', data: '{"status":"finished"}' })
    }
  },
  60_000,
)

test('a reader that waits for the next run receives it, although it began and ended between two polls', async () => {
  const { a, b, release } = await makeTwo(() => ({ async watch() {} }))
  release()
  const id = await a.open()
  await a.post(`/api/conversations/${id}/messages`, { message: 'What is open?' })
  const frames = framesOf(await b.get(`/api/conversations/${id}/thinking`))
  await frames.next()
  const run = crypto.randomUUID()
  await a.post(`/api/conversations/${id}/messages`, { message: 'What is open?', run })
  const rest = []
  for await (const frame of frames) rest.push(frame)
  expect(rest.at(-1)).toMatchObject({ event: 'done', data: '{"status":"finished"}' })
  expect(rest.find((frame) => frame.id !== undefined)?.id).toStartWith(run)
}, 60_000)

test('when nobody reads, a process follows no run of another one', async () => {
  const { a, b, begun, release } = await makeTwo(() => ({}))
  const id = await a.open()
  const run = crypto.randomUUID()
  const asked = a.post(`/api/conversations/${id}/messages`, { message: 'What is open?', run })
  await begun
  const stream = await b.get(`/api/conversations/${id}/thinking?run=${run}`)
  const frames = framesOf(stream)
  for await (const { id: seen } of frames) if (seen !== undefined) break
  await until(() => b.runs.followed === 0, 'the run is forgotten')
  expect(b.registry.size).toBe(0)
  release()
  await asked
})

test('a reader that connects while the only other one disconnects receives the rest', async () => {
  const reads: PromiseWithResolvers<void>[] = []
  let isHeld = false
  const { a, b, begun, release } = await makeTwo((shared) => ({
    async read(positions) {
      const news = await shared.read(positions)
      if (isHeld) {
        const held = Promise.withResolvers<void>()
        reads.push(held)
        await held.promise
      }
      return news
    },
  }))
  const id = await a.open()
  const run = crypto.randomUUID()
  const asked = a.post(`/api/conversations/${id}/messages`, { message: 'What is open?', run })
  await begun
  const path = `/api/conversations/${id}/thinking?run=${run}`
  const first = framesOf(await b.get(path))
  await until(() => b.runs.followed === 1, 'the first reader follows')
  await first.next()
  isHeld = true
  const second = await b.get(path)
  const reading = readFrames(second)
  await until(() => reads.length > 0, 'the run is read for the second reader')
  await first.return(undefined)
  isHeld = false
  for (const held of reads) held.resolve()
  release()
  expect((await asked).status).toBe(200)
  expect((await reading).at(-1)).toMatchObject({ event: 'done', data: '{"status":"finished"}' })
})
