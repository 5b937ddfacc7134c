import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { Log, LogLevel, Miniflare } from 'miniflare'
import { workerModules } from './edge-build.ts'

/** A Worker to run on this machine. */
export type LocalWorker = {
  /** The folder of `buildEdge`. */
  folder: string
  /** Variables and secrets of the Worker. */
  bindings: Record<string, string>
  host?: string
  /** Without it, a free port. */
  port?: number
  /** The class of each binding to objects. */
  classes?: Record<string, string>
  /** Receives what the Worker logs. By default it goes to standard error. */
  onLog?: (text: string) => void
  /** The folder of the objects. Without it, they are kept in memory. */
  objects?: string
}

/** Runs a Worker in workerd, with the bindings of `deploy/cloudflare/wrangler.jsonc`. It opens no connection to others. */
export async function startWorkerd({
  folder,
  bindings,
  host = '127.0.0.1',
  port = 0,
  classes = { USERS: 'UserObject' },
  onLog = (text) => void process.stderr.write(text),
  objects,
}: LocalWorker): Promise<{ url: string; stop: () => Promise<void> }> {
  const miniflare = new Miniflare({
    modulesRoot: folder,
    modules: workerModules.map((name) => ({ type: 'ESModule', path: join(folder, name) })),
    compatibilityDate,
    compatibilityFlags,
    durableObjects: Object.fromEntries(
      Object.entries(classes).map(([name, className]) => [name, { className, useSQLite: true }]),
    ),
    durableObjectsPersist: objects ?? false,
    assets: {
      directory: join(folder, 'assets'),
      routerConfig: { has_user_worker: true },
    },
    bindings,
    host,
    port,
    cf: false,
    log: new Log(LogLevel.ERROR),
    handleRuntimeStdio(stdout: Readable, stderr: Readable) {
      stdout.setEncoding('utf8').on('data', onLog)
      stderr.setEncoding('utf8').on('data', onLog)
    },
  })
  const { origin } = await miniflare.ready
  return { url: origin, stop: () => miniflare.dispose() }
}

/** The date whose behaviour of the Workers runtime is expected. */
export const compatibilityDate = '2026-07-30'

/** The signal of a request is aborted when its client leaves, also in an object. */
export const compatibilityFlags = ['enable_request_signal', 'request_signal_passthrough']
