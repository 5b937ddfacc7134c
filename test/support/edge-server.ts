import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../src/config.ts'
import type { EventBody } from '../../src/core/event.ts'
import { writeAssets, writeWorker } from '../../src/entry/edge-build.ts'
import { startWorkerd } from '../../src/entry/workerd.ts'
import type { Command, TestServer } from '../edge/harness.ts'
import type { LogLine } from './memory-log.ts'

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

/** A connection for each request: workerd closes the one of a request whose body it has not read, and the next one fails. */
const connection = { keepalive: false }

/** What a server is doing for a user. */
export type ServerStatus = { runs: number; waiters: number; streams: number }

/** A server at the edge with its own settings and its own, empty objects. */
export class EdgeServer {
  readonly #url: string
  readonly #test: TestServer
  readonly #users = new Set<string>()

  constructor(
    url: string,
    config: Partial<Config> = {},
    isByHeader = false,
    options: Pick<TestServer, 'accessKeysUrl' | 'isEmitting'> = {},
  ) {
    this.#url = url
    this.#test = { name: crypto.randomUUID(), config, identifyByHeader: isByHeader, ...options }
  }

  /** Sends a request, like `app.request`. */
  async request(pathOrUrl: string, init: RequestInit = {}): Promise<Response> {
    const { href, pathname, search } = new URL(pathOrUrl, 'http://localhost')
    const given = new Headers(init.headers)
    const host = given.get('host')
    given.delete('host')
    const headers = this.#headersOf(given, { url: href, ...(host !== null && { host }) })
    this.#users.add(headers.get('x-user') ?? '')
    const url = `${this.#url}${pathname}${search}`
    const response = await fetch(url, { ...connection, redirect: 'manual', ...init, headers })
    // It belongs to the connection. `app.request` has none.
    response.headers.delete('transfer-encoding')
    return response
  }

  /** The headers of a request to this server. */
  headers(given: RequestInit['headers'] = {}, command?: Command): Headers {
    return this.#headersOf(given, { command })
  }

  #headersOf(given: RequestInit['headers'], more: Partial<TestServer>): Headers {
    const headers = new Headers(given)
    if (headers.has('x-test')) return headers
    // Header values are Latin-1, and settings are not.
    headers.set('x-test', encodeURIComponent(JSON.stringify({ ...this.#test, ...more })))
    return headers
  }

  /** Resets the object of a user, as the platform does for a new deployment. */
  async reset(user = ''): Promise<void> {
    await this.#command('reset', user)
  }

  /** The active runs, waiting readers and open streams of a user. */
  async status(user = ''): Promise<ServerStatus> {
    const response = await this.#command('status', user)
    return (await response.json()) as ServerStatus
  }

  /** What the server logged. Causes are strings. */
  async readLog(): Promise<LogLine[]> {
    return (await (await this.#command('logged', '')).json()) as LogLine[]
  }

  /** The number of servers in this workerd that got a request. */
  async countServers(): Promise<number> {
    return (await (await this.#command('servers', '')).json()) as number
  }

  /** Emits events in the run of the user without a name, after it has begun. */
  async emit(events: readonly EventBody[]): Promise<void> {
    await this.#command('emit', '', JSON.stringify(events))
  }

  /** Lets the run of the user without a name go on. */
  async release(): Promise<void> {
    await this.#command('release', '')
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

  #command(command: Command, user: string, body?: string): Promise<Response> {
    const headers = this.headers(user === '' ? {} : { 'x-user': user }, command)
    return fetch(this.#url, {
      ...connection,
      method: 'POST',
      headers,
      ...(body !== undefined && { body }),
    })
  }
}
