import { expect, test } from 'bun:test'
import { bufferingChain } from '../support/proxy-nginx.ts'
import { findProgram, startProxy } from '../support/proxy-process.ts'
import { expectNothingLeft } from '../support/test-server.ts'
import { examineWay, startQuickServer } from './way.ts'

expectNothingLeft()

/** Without nginx there is nothing to examine; the tests of the proxies say what is missing. */
const withNginx = test.skipIf(findProgram('nginx') === undefined)

withNginx(
  'a real nginx behind a real nginx is caught holding back, and the cure is told',
  async () => {
    const { url, stop } = await startQuickServer()
    const proxy = await startProxy(bufferingChain, Number(new URL(url).port))
    try {
      const { findings, fixes } = await examineWay(proxy.url)
      const broken = findings.filter(({ verdict }) => verdict === 'broken')
      expect(broken.map(({ check }) => check)).toEqual(['buffered'])
      expect(fixes.map(({ proxy }) => proxy)).toEqual(['nginx'])
      expect(fixes[0]?.says).toContain('`proxy_pass_header X-Accel-Buffering;` into the inner one')
    } finally {
      await proxy.stop()
      await stop()
    }
  },
  30_000,
)
