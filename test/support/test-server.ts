import { afterEach, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { build, type Parts, type Server } from '../../src/build.ts'
import { type Config, readConfig, secretsOf } from '../../src/config.ts'
import { loadStaticFiles } from '../../src/entry/assets.ts'
import { clientAddress } from '../../src/entry/edge-identity.ts'
import { openPostgresStore } from '../../src/storage/postgres.ts'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import type { Store } from '../../src/storage/store.ts'
import { EdgeServer, type ServerStatus } from './edge-server.ts'
import { type Emitter, emittingLayer } from './emitting.ts'
import { identifyByAccess } from './identify-by-access.ts'
import { identifyByHeader } from './identify-by-header.ts'
import { type LogLine, memoryLog } from './memory-log.ts'
import { usePostgres } from './postgres.ts'
import { type Script, startScriptedModel } from './scripted-model.ts'

type Made = Server & {
  store: Store
  logged: LogLine[]
  model: ReturnType<typeof startScriptedModel> | undefined
  close: () => Promise<void>
}

const made: Made[] = []

/** The parts of a server in a test. A Worker can have only these of `Parts`: `identifyByHeader` and `clientAddress`. */
export type TestParts = Partial<Parts> & {
  /** The replies of the model. */
  script?: Script
  /** Identifies users by assertions of Cloudflare Access whose keys are at this URL. */
  accessKeysUrl?: string
  /** Whether the run waits for `emitter`. */
  isEmitting?: boolean
}

/**
 * Makes a complete server with an empty history: in this process and without a socket, or in workerd in `bun run test:edge`.
 */
export async function makeServer(settings: Partial<Config> = {}, parts: TestParts = {}) {
  const { script, accessKeysUrl, isEmitting, ...rest } = parts
  const model = script && startScriptedModel(script)
  const store = parts.store ?? (await openTestStore())
  const { log, logged } = memoryLog()
  const { layer, begun, release } = emittingLayer()
  const config = { ...readConfig({ THINK_MS: '0' }), ...settings }
  const built = await build(config, {
    store,
    files: await loadStaticFiles(),
    now: Date.now,
    log,
    secrets: [...secretsOf(config), ...(parts.agentsFile?.secrets ?? [])],
    ...(model && { model: accessTo(model.url) }),
    ...(accessKeysUrl && { identify: identifyByAccess(accessKeysUrl, { now: Date.now, log }) }),
    ...(isEmitting && { agentMiddleware: [layer] }),
    ...rest,
  })
  const close = async () => {
    model?.stop()
    await built.runs.close()
    if (parts.store === undefined) await store.close()
  }
  const server = { ...built, config, store, logged, close, model }
  if (edgeUrl !== undefined) return { ...server, ...moveToEdge(edgeUrl, server, settings, parts) }
  made.push(server)
  const { registry, slots } = built
  const emitter: Emitter = {
    async emit(events) {
      const emit = await begun
      for (const event of events) emit(event)
    },
    release: async () => release(),
  }
  return {
    ...server,
    ...callsOf((path, init) => server.app.request(path, init)),
    edge: undefined,
    emitter,
    /** What the server logged. */
    readLog: async () => logged,
    /** The active runs, waiting readers and open streams; at the edge those of one user. */
    status: async (_user?: string): Promise<ServerStatus> => ({
      runs: registry.runs.length,
      waiters: registry.waiters.length,
      streams: slots.open,
    }),
  }
}

/** The URL of a workerd with the harness of the tests: `bun run test:edge` sets it. */
const edgeUrl = process.env.TEST_EDGE_URL

/** Whether the servers of the tests are in workerd. */
export const isAtEdge = edgeUrl !== undefined

/** A test of what a Worker does not have, or of what a test cannot reach in it. `bun run test:edge` skips it. */
export const containerTest = test.skipIf(isAtEdge)

const edgeServers: { server: EdgeServer; close: () => Promise<void> }[] = []

/** Sends the requests of a test to a Worker instead. The parts of the server in this process cannot be used then. */
function moveToEdge(
  url: string,
  { app, registry, runs, slots, store, logged, model, close }: Made,
  settings: Partial<Config>,
  {
    identify,
    remoteAddress,
    ownHosts,
    script: _,
    accessKeysUrl,
    isEmitting = false,
    ...others
  }: TestParts,
) {
  const isByHeader = identify === identifyByHeader
  const isPortable =
    (identify === undefined || isByHeader) &&
    (remoteAddress === undefined || remoteAddress === clientAddress) &&
    (ownHosts === undefined || ownHosts === 'any') &&
    Object.keys(others).length === 0
  if (!isPortable) throw new Error('A Worker cannot have these parts: make it a containerTest.')
  const scripted = model && { openaiBaseUrl: model.url, openaiModels: ['scripted'] }
  const options = { accessKeysUrl, isEmitting }
  const server = new EdgeServer(url, { ...settings, ...scripted }, isByHeader, options)
  edgeServers.push({ server, close })
  return {
    ...callsOf((path, init) => server.request(path, init)),
    app: unreachable(app),
    edge: { port: Number(new URL(url).port), headers: server.headers() },
    emitter: server,
    readLog: () => server.readLog(),
    status: (user?: string) => server.status(user),
    registry: unreachable(registry),
    runs: unreachable(runs),
    slots: unreachable(slots),
    store: unreachable(store),
    logged: unreachable(logged),
  }
}

/** A part that fails the test that uses it. */
function unreachable<Part extends object>(part: Part): Part {
  return new Proxy(part, {
    get() {
      throw new Error('This part is in a Worker: make it a containerTest.')
    },
  })
}

function accessTo(url: string) {
  const client = new OpenAI({ apiKey: 'test', baseURL: url, maxRetries: 0 })
  return { client, models: ['scripted'] as [string], description: 'scripted', offline: false }
}

type SendRequest = (path: string, init?: RequestInit) => Response | Promise<Response>

function callsOf(request: SendRequest) {
  const send =
    (method: string) =>
    async (path: string, body?: unknown, headers = {}) =>
      await request(path, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
  const post = send('POST')
  return {
    /** Sends any request. A path gets the origin `http://localhost`. */
    request: async (path: string, init?: RequestInit) => await request(path, init),
    get: async (path: string, headers = {}) => await request(path, { headers }),
    post,
    put: send('PUT'),
    remove: send('DELETE'),
    /** Creates a conversation and resolves with its id. */
    async open(headers = {}): Promise<string> {
      const response = await post('/api/conversations', {}, headers)
      return ((await response.json()) as { id: string }).id
    },
  }
}

let postgres: ReturnType<typeof usePostgres> | undefined

/** A test of behaviour that only a single process has. It is skipped with `TEST_STORE=postgres`. */
export const singleProcessTest = test.skipIf(process.env.TEST_STORE === 'postgres')

/** A test that observes its own process, which is the only one of the server. It is skipped with `TEST_STORE=postgres` and at the edge. */
export const ownProcessTest = test.skipIf(process.env.TEST_STORE === 'postgres' || isAtEdge)

/** An empty store: SQLite in memory, or Postgres with `TEST_STORE=postgres`. */
async function openTestStore(): Promise<Store> {
  if (process.env.TEST_STORE !== 'postgres') return openSqliteStore(':memory:')
  if (postgres === undefined) throw new Error('Call expectNothingLeft() in this test file.')
  const { url } = await postgres.makeDatabase()
  return openPostgresStore(url, { migrate: true, leaseMs: 10_000, connections: 4 })
}

/** Checks after each test that no run, reader or stream is left. A test file calls it once, at the top. */
export function expectNothingLeft(): void {
  if (process.env.TEST_STORE === 'postgres') postgres = usePostgres()
  afterEach(async () => {
    for (const { registry, slots, runs, store, close } of made.splice(0)) {
      await runs.drain(0)
      // Cancelled streams clean up in the next task.
      await Bun.sleep(0)
      // A stream that is cancelled while it reads from the database ends after that.
      for (let tries = 0; store.shared && slots.open > 0 && tries < 10_000; tries += 1) {
        await Bun.sleep(2)
      }
      expect(registry.size).toBe(0)
      expect(slots.open).toBe(0)
      expect(runs.followed).toBe(0)
      await close()
    }
    for (const { server, close } of edgeServers.splice(0)) {
      expect(await server.drain()).toBe(0)
      await close()
    }
  })
}
