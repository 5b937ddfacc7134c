import { expect, test } from 'bun:test'
import { installedCases } from '../support/proxy-origin.ts'
import { type RunningProxy, startProxy } from '../support/proxy-process.ts'
import { makeSocketServer, until } from '../support/socket-server.ts'
import { expectNothingLeft } from '../support/test-server.ts'

expectNothingLeft()

// nginx, Caddy and HAProxy notice at once that a reader has disconnected, the others at their next write to it.
test.each(installedCases().map((one) => [one.name, one] as const))(
  '%s: a reader that disconnects frees its slot after at most two comments',
  async (_, one) => {
    const { open, port, slots, closeSocket } = await makeSocketServer({ keepAliveSeconds: 0.5 })
    let proxy: RunningProxy | undefined
    try {
      proxy = await startProxy(one, port)
      const leaving = new AbortController()
      const path = `/api/conversations/${await open()}/thinking`
      const { body } = await proxy.request(path, { signal: leaving.signal })
      await body?.getReader().read()
      expect(slots.open).toBe(1)
      leaving.abort()
      await until(() => slots.open === 0, 'its slot is free')
    } finally {
      await proxy?.stop()
      await closeSocket()
    }
  },
  60_000,
)
