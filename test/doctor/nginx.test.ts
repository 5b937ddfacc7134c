import { expect, test } from 'bun:test'
import { bufferingChain } from '../support/proxy-nginx.ts'
import { findProgram, startProxy } from '../support/proxy-process.ts'
import { expectNothingLeft } from '../support/test-server.ts'
import { examineQuickly, startServer } from './examine-path.ts'

expectNothingLeft()

/** Skipped without nginx. The proxy tests report that it is missing. */
const testWithNginx = test.skipIf(findProgram('nginx') === undefined)

testWithNginx(
  'the doctor finds the buffering of a real nginx behind a real nginx, with the fix',
  async () => {
    const { url, stop } = await startServer()
    const proxy = await startProxy(bufferingChain, Number(new URL(url).port))
    try {
      const { findings, fixes } = await examineQuickly(proxy.url)
      const broken = findings.filter(({ verdict }) => verdict === 'broken')
      expect(broken.map(({ check }) => check)).toEqual(['buffered'])
      expect(fixes.map(({ proxy }) => proxy)).toEqual(['nginx'])
      expect(fixes[0]?.says).toContain('`proxy_pass_header X-Accel-Buffering;` in the inner one')
    } finally {
      await proxy.stop()
      await stop()
    }
  },
  60_000,
)
