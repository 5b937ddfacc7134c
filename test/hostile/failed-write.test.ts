import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { replaceCalls } from '../support/faulty-store.ts'
import { linesOf, readFrames } from '../support/read-stream.ts'
import { behind, gate, seedFlow, seedLines } from '../support/scripts.ts'
import { canMount, makeDisk } from '../support/small-disk.ts'
import { until } from '../support/socket-server.ts'
import { containerTest, expectNothingLeft, isAtEdge, makeServer } from '../support/test-server.ts'

expectNothingLeft()
const { onEnd } = useCleanUps()

type StoredRun = { status: string; error?: { code: string; message: string }; answer?: object }

containerTest(
  'a run whose end could not be stored fails, keeps its events and its answer, and is stored later',
  async () => {
    const inner = openSqliteStore(':memory:')
    let isBroken = true
    const store = replaceCalls(inner, (own) => ({
      async endRun(...call) {
        if (isBroken) throw new Error('disk I/O error')
        await own.endRun(...call)
      },
    }))
    const { open, post, get } = await makeServer({}, { script: seedFlow, store })
    const id = await open()
    const run = crypto.randomUUID()
    const path = `/api/conversations/${id}`
    expect((await post(`${path}/messages`, { message: 'What is open?', run })).status).toBe(503)
    const find = async () => (await (await get(`${path}/runs/${run}`)).json()) as StoredRun
    const failed = { status: 'failed', error: { code: 'store_failed' } }
    expect(await find()).toMatchObject(failed)
    const frames = await readFrames(await get(`${path}/thinking?run=${run}`))
    expect(linesOf(frames)).toEqual(seedLines)
    expect(frames.at(-1)).toMatchObject({ event: 'done', data: '{"status":"failed"}' })
    isBroken = false
    await until(
      async () => (await inner.forOwner('local').findRun(id, run))?.status === 'failed',
      'the end is stored',
    )
    expect(await find()).toMatchObject(failed)
    expect((await find()).answer).toBeDefined()
    expect(linesOf(await readFrames(await get(`${path}/thinking?run=${run}`)))).toEqual(seedLines)
  },
)

test.skipIf(!canMount || isAtEdge)(
  'a run that a full disk ended is not reported as interrupted, and the next one is answered',
  async () => {
    const { path, fill, free, remove } = makeDisk('size=8m')
    onEnd(remove)
    // As in production, but writes are not repeated for 10 s.
    const store = { ...openSqliteStore(join(path, 'small.db')), retryMs: 100 }
    onEnd(store.close)
    const held = gate()
    const { open, post, get } = await makeServer({}, { script: behind(held, seedFlow), store })
    const location = `/api/conversations/${await open()}`
    const run = crypto.randomUUID()
    const asked = post(`${location}/messages`, { message: 'What is open?', run })
    const stream = await get(`${location}/thinking?run=${run}`)
    await until(async () => (await get(`${location}/runs/${run}`)).ok, 'the question is stored')
    fill()
    held.open()
    expect((await asked).status).toBe(503)
    expect(await stream.text()).toContain('data: {"status":"failed"}')
    const find = async () => (await (await get(`${location}/runs/${run}`)).json()) as StoredRun
    const failed = { status: 'failed', error: { code: 'store_failed' } }
    expect(await find()).toMatchObject(failed)
    free()
    const again = await post(`${location}/messages`, { message: 'And now?' })
    expect(await again.json()).toMatchObject({ run: { status: 'finished' } })
    expect(await find()).toMatchObject(failed)
  },
  60_000,
)
