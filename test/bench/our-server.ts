import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from '../../src/build.ts'
import { readConfig } from '../../src/config.ts'
import type { Emit } from '../../src/core/event.ts'
import { loadStaticFiles } from '../../src/entry/assets.ts'
import { openPostgresStore } from '../../src/storage/postgres.ts'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import type { Store, StoredConversation } from '../../src/storage/store.ts'
import type { Workflow } from '../../src/workflow/triage-workflow.ts'
import { memoryLog } from '../support/memory-log.ts'

/** Our whole app on a socket; only the workflow is one that the measurement brings. */
export async function startOurServer(workflow: Workflow, store: Store, lives = {}) {
  const most = { maxStreams: 100_000, maxStreamsPerUser: 100_000, questionsPerHour: 1e9 }
  const config = { ...readConfig({}), ...most, ...lives }
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

/** Opens the store with a name: `memory` without events, `sqlite` in a file, or the URL of a Postgres database. */
export async function openStore(name: string): Promise<Store> {
  if (name === 'memory') return storeWithoutEvents()
  if (name === 'sqlite') return storeInFile()
  return openPostgresStore(name, { migrate: true, leaseMs: 10_000, connections: 10 })
}

/** A store that keeps everything except events, to measure the streams alone. */
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

/** Creates an empty conversation of the local user. */
export async function addConversation(store: Store, id: string): Promise<StoredConversation> {
  const conversation = { id, title: 'Load', model: 'offline', createdAt: 0, updatedAt: 0 }
  await store.forOwner('local').createConversation(conversation)
  return { ...conversation, owner: 'local' }
}

/** A workflow whose runs never end. It stores the `emit` of each run under its question, which is a number. */
export function endlessWorkflow(emitters: Emit[]): Workflow {
  return {
    run({ messages, scope }) {
      emitters[Number(messages.at(-1)?.content)] = scope.emit
      return new Promise(() => {})
    },
  }
}
