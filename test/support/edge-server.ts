import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../src/config.ts'
import { bundleWorker, writeAssets } from '../../src/entry/edge-build.ts'
import { startWorkerd } from '../../src/entry/workerd.ts'
import type { TestServer } from '../edge/harness.ts'

/** Starts workerd with the harness of the tests. It serves any number of `EdgeServer`s. */
export async function startEdgeHarness() {
  const folder = mkdtempSync(join(tmpdir(), 'opsagent-edge-'))
  const urls = await writeAssets(folder)
  const entry = join(import.meta.dir, '../edge/harness.ts')
  await Bun.write(join(folder, 'worker.js'), await bundleWorker(entry, urls))
  const classes = { USERS: 'UserObject', STORES: 'StoreObject' }
  const { url, stop } = await startWorkerd({ folder, bindings: {}, classes })
  return {
    url,
    async stop() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A server at the edge with its own settings and its own, empty objects. */
export class EdgeServer {
  readonly #url: string
  readonly #test: TestServer
  readonly #users = new Set<string>()

  constructor(url: string, config: Partial<Config> = {}, isByHeader = false) {
    this.#url = url
    this.#test = { name: crypto.randomUUID(), config, identifyByHeader: isByHeader }
  }

  /** Sends a request, like `app.request`. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = this.headers(init.headers)
    this.#users.add(headers.get('x-user') ?? '')
    return fetch(`${this.#url}${path}`, { redirect: 'manual', ...init, headers })
  }

  /** The headers of a request to this server. */
  headers(given: RequestInit['headers'] = {}, command?: TestServer['command']): Headers {
    const headers = new Headers(given)
    if (!headers.has('x-test')) headers.set('x-test', JSON.stringify({ ...this.#test, command }))
    return headers
  }

  /** Resets the object of a user, as the platform does for a new deployment. */
  async reset(user = ''): Promise<void> {
    await this.#command('reset', user)
  }

  /** The active runs and open streams of a user. */
  async status(user = ''): Promise<{ runs: number; streams: number }> {
    const response = await this.#command('status', user)
    return (await response.json()) as { runs: number; streams: number }
  }

  /** The number of alarms of all objects. */
  async alarms(): Promise<number> {
    return (await (await this.#command('alarms', '')).json()) as number
  }

  /** Ends all runs of all users that sent a request. Resolves with the number of runs that are left. */
  async drain(): Promise<number> {
    let left = 0
    for (const user of this.#users) {
      const response = await this.#command('drain', user)
      left += ((await response.json()) as { runs: number }).runs
    }
    return left
  }

  #command(command: NonNullable<TestServer['command']>, user: string): Promise<Response> {
    const headers = this.headers(user === '' ? {} : { 'x-user': user }, command)
    return fetch(this.#url, { headers })
  }
}
