import { expect, test } from 'bun:test'
import { installedCases } from '../support/proxy-origin.ts'
import { type RunningProxy, startProxy } from '../support/proxy-process.ts'
import { until } from '../support/socket-server.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

// nginx, Caddy and HAProxy notice at once that a reader has disconnected, the others at their next write to it.
test.each(installedCases().map((one) => [one.name, one] as const))(
  '%s: a reader that disconnects frees its slot after at most two comments',
  async (_, one) => {
    const { app, open, slots } = await makeServer({ keepAliveSeconds: 0.3 })
    // Without the server's own time limit on streams, only a disconnect can free the slot.
    const server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      idleTimeout: 120,
      fetch: app.fetch,
    })
    let proxy: RunningProxy | undefined
    try {
      proxy = await startProxy(one, server.port ?? 0)
      const leaving = new AbortController()
      const path = `/api/conversations/${await open()}/thinking`
      const { body } = await proxy.request(path, { signal: leaving.signal })
      await body?.getReader().read()
      expect(slots.open).toBe(1)
      leaving.abort()
      await until(() => slots.open === 0, 'its slot is free')
    } finally {
      await proxy?.stop()
      await server.stop(true)
    }
  },
  60_000,
)
