import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from '../../src/build.ts'
import { readConfig } from '../../src/config.ts'
import type { Emit } from '../../src/core/event.ts'
import { loadStaticFiles } from '../../src/entry/assets.ts'
import { Runs } from '../../src/runs/runs.ts'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import type { Store } from '../../src/storage/store.ts'
import type { Workflow } from '../../src/workflow/triage-workflow.ts'
import { memoryLog } from '../support/memory-log.ts'

/** Our whole app on a socket; only the workflow is one that the measurement brings. */
export async function startOurServer(workflow: Workflow, store: Store, lives = {}) {
  const most = { maxStreams: 100_000, maxStreamsPerUser: 100_000, questionsPerHour: 1e9 }
  const config = { ...readConfig({}), ...most, ...lives }
  const { log, logged } = memoryLog()
  const { app, registry, runs, slots } = build(config, {
    ...{ store, log, now: Date.now, files: await loadStaticFiles() },
    allowSilence: (request, seconds) => server.timeout(request, seconds),
  })
  const own = new Runs({ store, registry, workflow, limits: config, now: Date.now, log })
  runs.begin = own.begin.bind(own)
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', idleTimeout: 120, fetch: app.fetch })
  return { registry, runs, slots, logged, port: server.port ?? 0 }
}

/** A store for what the streams alone cost: it keeps everything but events. */
export function storeWithoutEvents(): Store {
  return { ...openSqliteStore(':memory:'), appendEvent() {}, forgetEvents() {} }
}

/** The history in a file, as people have it, in a folder that goes with this process. */
export function storeInFile(): Store {
  const folder = mkdtempSync(join(tmpdir(), 'opsagent-bench-'))
  process.on('SIGTERM', () => process.exit())
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return openSqliteStore(join(folder, 'bench.db'))
}

/** An empty conversation of the one local user. */
export function addConversation(store: Store, id: string) {
  const times = { createdAt: 0, updatedAt: 0 }
  const conversation = { id, owner: 'local', title: 'Load', model: 'offline', ...times }
  store.createConversation(conversation)
  return conversation
}

/** Runs that last until the process ends; `emitters` holds how to speak in each. The question is its number. */
export function endlessWorkflow(emitters: Emit[]): Workflow {
  return {
    run({ messages, scope }) {
      emitters[Number(messages.at(-1)?.content)] = scope.emit
      return new Promise(() => {})
    },
  }
}
