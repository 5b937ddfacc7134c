import { expect, test } from 'bun:test'
import { emittingLayer, numbered } from '../support/emitting.ts'
import { cpuTimeMs } from '../support/longest-stall.ts'
import { seedFlow } from '../support/scripts.ts'
import { makeSocketServer, until } from '../support/socket-server.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const question = { message: 'What is open?' }

test('a reader that stops reading uses no memory, delays no other reader, and is disconnected', async () => {
  const { layer, begun, release } = emittingLayer()
  // The server cuts after 4 × 2 s without progress. Bun cuts a timeout of 4 s or less also while a reader reads.
  const settings = { keepAliveSeconds: 2, maxStreamsPerUser: 30 }
  const parts = { script: seedFlow, agentMiddleware: [layer] }
  const made = await makeSocketServer(settings, parts)
  const { open, post, connect, request, slots, closeSocket } = made
  const id = await open()
  const path = `/api/conversations/${id}/thinking?format=json`
  for (let count = 0; count < 20; count += 1) (await connect({ paused: true })).get(path)
  const healthy = request(path).then((response) => response.text())
  await until(() => slots.open === 21, 'all streams are open')
  const asked = post(`/api/conversations/${id}/messages`, question)
  const emit = await begun
  const padding = 'x'.repeat(8000)
  const before = process.memoryUsage().rss
  for (let count = 1; count <= 1300; count += 1) {
    emit(numbered(count, padding))
    if (count % 50 === 0) await Bun.sleep(0)
  }
  // The log holds 10 MB, and so does the healthy reader. A copy for each stalled reader would add 200 MB.
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
  release()
  expect((await healthy).match(/"tool":"t\d+"/g)).toHaveLength(1300)
  expect((await asked).status).toBe(200)
  expect(slots.open).toBe(20)
  await until(() => slots.open === 0, 'the stalled readers are disconnected', 20_000)
  await closeSocket()
}, 60_000)

test('emitting to a thousand waiting readers takes less than 5 ms of CPU time', async () => {
  const { layer, begun, release } = emittingLayer()
  const settings = { maxStreamsPerUser: 2000 }
  const parts = { script: seedFlow, agentMiddleware: [layer] }
  const { open, post, get } = await makeServer(settings, parts)
  const id = await open()
  const path = `/api/conversations/${id}/thinking`
  const waiting = await Promise.all(Array.from({ length: 1000 }, () => get(path)))
  const asked = post(`/api/conversations/${id}/messages`, question)
  const emit = await begun
  const durationsMs: number[] = []
  for (let count = 1; count <= 200; count += 1) {
    const at = cpuTimeMs()
    emit(numbered(count))
    durationsMs.push(cpuTimeMs() - at)
    await Bun.sleep(0)
  }
  durationsMs.sort((a, b) => a - b)
  expect(durationsMs[100]).toBeLessThan(5)
  release()
  await asked
  for (const { body } of waiting) await body?.cancel()
})
