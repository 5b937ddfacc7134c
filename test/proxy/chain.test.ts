import { afterAll, beforeAll, expect, test } from 'bun:test'
import { untoldChain } from '../support/proxy-nginx.ts'
import { findProgram, startProxy } from '../support/proxy-process.ts'
import {
  askAsync,
  type OpenStream,
  openStream,
  stepThrough,
  watchRun,
} from '../support/proxy-run.ts'
import { startWorld, toolCalls, type World } from '../support/proxy-world.ts'
import { until } from '../support/socket-server.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 20_000)
afterAll(() => world.stop(), 20_000)

/** Without nginx there is nothing to show; the other proxy tests say what is missing. */
const chains = findProgram('nginx') === undefined ? [] : [untoldChain]

// What is documented, not what is wished for: the day this fails, the advice in deploy/nginx/inner.conf can go.
test.each(chains.map((one) => [one] as const))(
  'two nginx in a row hold a stream back whole unless the inner one passes X-Accel-Buffering on',
  async (one) => {
    const proxy = await startProxy(one, world.port)
    try {
      const run = await watchRun(world, world.direct)
      // As lines, which are short: nginx lets go of what fills its buffers.
      const path = `${run.path}/thinking?run=${run.run}`
      let held: OpenStream | undefined
      const reading = openStream(proxy, path).then((stream) => {
        held = stream
      })
      const lines = () => held?.arrivals.filter(({ id }) => id !== undefined).length ?? 0
      await askAsync(world.direct, run)
      for (let reply = 0; reply <= toolCalls; reply += 1) run.replies.open(reply)
      const tools = () => run.stream.events().filter(({ type }) => type === 'tool.finished')
      await until(() => tools().length === toolCalls, 'the direct reader has seen every tool')
      expect((await proxy.request('/healthz')).status).toBe(200)
      expect(lines()).toBe(0)
      await stepThrough(run)
      await reading
      await held?.ended
      expect(held?.done()).toBe('{"status":"finished"}')
      expect(lines()).toBeGreaterThan(2 * toolCalls)
    } finally {
      await proxy.stop()
    }
  },
  30_000,
)
