import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeAssets, writeWorker } from '../../src/entry/edge-build.ts'
import { startWorkerd } from '../../src/entry/workerd.ts'
import { EdgeServer } from './edge-server.ts'

/** Starts workerd with the harness of the tests. It serves any number of `EdgeServer`s. */
export async function startEdgeHarness() {
  const folder = mkdtempSync(join(tmpdir(), 'opsagent-edge-'))
  const urls = await writeAssets(folder)
  const entry = join(import.meta.dir, '../edge/harness.ts')
  await writeWorker(folder, entry, urls)
  const classes = { USERS: 'UserObject', STORES: 'StoreObject' }
  const { url, stop } = await startWorkerd({ folder, bindings: {}, classes })
  return {
    url,
    /** The number of servers that got a request. */
    countServers: () => new EdgeServer(url).countServers(),
    async stop() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
