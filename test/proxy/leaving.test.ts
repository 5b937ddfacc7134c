import { expect, test } from 'bun:test'
import { type RunningProxy, startProxy } from '../support/proxy-process.ts'
import { installedCases } from '../support/proxy-world.ts'
import { makeSocketServer, until } from '../support/socket-server.ts'
import { expectNothingLeft } from '../support/test-server.ts'

expectNothingLeft()

// nginx, Caddy and HAProxy see at once that a reader has left, the others when they write to it next.
test.each(installedCases().map((one) => [one.name, one] as const))(
  '%s: a reader who leaves gives its place back after two comments at most',
  async (_, one) => {
    const { open, port, slots, closeSocket } = await makeSocketServer({ keepAliveSeconds: 1 })
    let proxy: RunningProxy | undefined
    try {
      proxy = await startProxy(one, port)
      const leaving = new AbortController()
      const path = `/api/conversations/${await open()}/thinking`
      const { body } = await proxy.request(path, { signal: leaving.signal })
      await body?.getReader().read()
      expect(slots.open).toBe(1)
      leaving.abort()
      await until(() => slots.open === 0, 'its place is free')
    } finally {
      await proxy?.stop()
      await closeSocket()
    }
  },
  60_000,
)
