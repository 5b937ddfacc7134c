import { afterAll, beforeAll, expect, test } from 'bun:test'
import { bufferingChain } from '../support/proxy-nginx.ts'
import { type Origin, startOrigin, toolCalls } from '../support/proxy-origin.ts'
import { findProgram, startProxy } from '../support/proxy-process.ts'
import {
  askAsync,
  type OpenStream,
  openStream,
  stepThrough,
  watchRun,
} from '../support/proxy-run.ts'
import { until } from '../support/socket-server.ts'

let origin: Origin
beforeAll(async () => {
  origin = await startOrigin()
}, 60_000)
afterAll(() => origin.stop(), 60_000)

// Documents a limit of nginx. When this fails, deploy/nginx/inner.conf is no longer needed.
test.skipIf(findProgram('nginx') === undefined)(
  'two nginx in a row buffer a whole stream unless the inner one passes X-Accel-Buffering on',
  async () => {
    const proxy = await startProxy(bufferingChain, origin.port)
    try {
      const run = await watchRun(origin, origin.direct)
      // In text format, which is short: nginx flushes a full buffer.
      const path = `${run.path}/thinking?run=${run.run}`
      let buffered: OpenStream | undefined
      const opening = openStream(proxy, path).then((stream) => {
        buffered = stream
      })
      const lines = () => buffered?.arrivals.filter(({ id }) => id !== undefined).length ?? 0
      await askAsync(origin.direct, run)
      for (let reply = 0; reply <= toolCalls; reply += 1) run.replies.open(reply)
      const tools = () => run.stream.events().filter(({ type }) => type === 'tool.finished')
      await until(() => tools().length === toolCalls, 'the direct reader has received every tool')
      expect((await proxy.request('/healthz')).status).toBe(200)
      expect(lines()).toBe(0)
      await stepThrough(run)
      await opening
      await buffered?.ended
      expect(buffered?.done()).toBe('{"status":"finished"}')
      expect(lines()).toBeGreaterThan(2 * toolCalls)
    } finally {
      await proxy.stop()
    }
  },
  60_000,
)
