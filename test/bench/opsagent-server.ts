import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from '../../src/build.ts'
import { readConfig } from '../../src/config.ts'
import { loadStaticFiles } from '../../src/entry/assets.ts'
import { openPostgresStore } from '../../src/storage/postgres.ts'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import type { Store } from '../../src/storage/store.ts'
import type { Workflow } from '../../src/workflow/triage-workflow.ts'
import { memoryLog } from '../support/memory-log.ts'
import { unlimited } from './endless-runs.ts'

/** Starts the complete app on a socket, with another workflow and without limits on streams and questions. */
export async function startOpsAgent(workflow: Workflow, store: Store, settings = {}) {
  const config = { ...readConfig({}), ...unlimited, ...settings }
  const { log, logged } = memoryLog()
  const { app, registry, runs, slots } = await build(config, {
    store,
    log,
    workflow,
    now: Date.now,
    files: await loadStaticFiles(),
    allowSilence: (request, seconds) => server.timeout(request, seconds),
  })
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', idleTimeout: 120, fetch: app.fetch })
  return { registry, runs, slots, logged, port: server.port ?? 0 }
}

/** Opens a store: `memory` without events, `sqlite` in a file, or the Postgres database of a URL. */
export async function openStore(place: string): Promise<Store> {
  if (place === 'memory') return storeWithoutEvents()
  if (place === 'sqlite') return storeInFile()
  return openPostgresStore(place, { migrate: true, leaseMs: 10_000, connections: 10 })
}

/** A store that keeps everything except events, so that only the streams are measured. */
export function storeWithoutEvents(): Store {
  return { ...openSqliteStore(':memory:'), async appendEvents() {} }
}

/** A history in a file, as in production. Its folder is deleted when the process ends. */
export function storeInFile(): Store {
  const folder = mkdtempSync(join(tmpdir(), 'opsagent-bench-'))
  process.on('SIGTERM', () => process.exit())
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return openSqliteStore(join(folder, 'bench.db'))
}
