import type { Config } from '../../src/config.ts'
import type { EventBody } from '../../src/core/event.ts'
import { readEdgeConfig } from '../../src/entry/edge-config.ts'
import { EdgeObject, type ObjectState } from '../../src/entry/edge-object.ts'
import { createRouter, type Objects } from '../../src/entry/edge-router.ts'
import { createIdentity } from '../../src/http/identity/identity.ts'
import type { Identify } from '../../src/http/identity/user.ts'
import { openObjectStore } from '../../src/storage/durable-object.ts'
import type { Store } from '../../src/storage/store.ts'
import { emittingLayer } from '../support/emitting.ts'
import { identifyByAccess } from '../support/identify-by-access.ts'
import { identifyByHeader } from '../support/identify-by-header.ts'
import { memoryLog } from '../support/memory-log.ts'
import { parse, type StoreCall, stringify } from './store-call.ts'

// A Worker like `src/entry/worker.ts`. Each request says to which server it belongs: the servers of all tests run in one
// workerd, each with its own objects and settings.

/** What a test says about its server and its request, as encoded JSON in the header `x-test`. */
export type TestServer = {
  name: string
  config: Partial<Config>
  identifyByHeader: boolean
  /** Identifies users by assertions of Cloudflare Access whose keys are at this URL. */
  accessKeysUrl?: string | undefined
  /** Whether runs wait for the commands `emit` and `release`. */
  isEmitting?: boolean
  /** The URL and the Host header that the Worker sees. By default those of the request. */
  url?: string
  host?: string
  /** What to do instead of answering the request. */
  command?: Command | undefined
}

/** `logged`, `servers` and `alarms` are for the Worker, the others for the object of the user. The body of `emit` is the events. */
export type Command =
  | 'reset'
  | 'resetOnce'
  | 'drain'
  | 'status'
  | 'emit'
  | 'release'
  | 'logged'
  | 'servers'
  | 'alarms'

type State = ObjectState & {
  storage: {
    get(key: 'test'): Promise<TestServer | undefined>
    put(key: 'test', value: TestServer): Promise<void>
  }
  abort(): void
}
type Env = { USERS: Objects; STORES: Objects }
type Context = { waitUntil(work: Promise<unknown>): void }

/** The object of a user of one server. */
export class UserObject {
  readonly #state: State
  readonly #emitting = emittingLayer()
  #object: EdgeObject | undefined

  constructor(state: State) {
    this.#state = state
  }

  async fetch(request: Request): Promise<Response> {
    const test = readTest(request)
    await this.#state.storage.put('test', test)
    const isFirst = !resets.has(test.name)
    if (test.command === 'reset' || (test.command === 'resetOnce' && isFirst)) {
      resets.add(test.name)
      this.#state.abort()
    }
    const object = this.#open(test)
    if (test.command === undefined || test.command === 'resetOnce') return object.fetch(request)
    const { runs, registry, slots } = await object.server
    if (test.command === 'drain') await runs.drain(0)
    if (test.command === 'release') this.#emitting.release()
    if (test.command === 'emit') {
      const emit = await this.#emitting.begun
      for (const event of (await request.json()) as EventBody[]) emit(event)
    }
    const waiters = registry.waiters.length
    return Response.json({ runs: registry.runs.length, waiters, streams: slots.open })
  }

  async alarm(): Promise<void> {
    const test = await this.#state.storage.get('test')
    if (test === undefined) return
    await this.#open(test).alarm()
    alarms.set(test.name, (alarms.get(test.name) ?? 0) + 1)
  }

  #open(test: TestServer): EdgeObject {
    this.#object ??= new EdgeObject(this.#state, configOf(test), {
      log: logOf(test).log,
      ...(test.isEmitting && { agentMiddleware: [this.#emitting.layer] }),
    })
    return this.#object
  }
}

/** A store without a server. A POST to `/store/<name>` is one call. */
export class StoreObject {
  readonly #store: Store

  constructor({ storage }: State) {
    this.#store = openObjectStore(storage)
  }

  async fetch(request: Request): Promise<Response> {
    const { owner, method, args } = parse(await request.text()) as StoreCall
    const target = owner === undefined ? this.#store : this.#store.forOwner(owner)
    const call: (...args: unknown[]) => Promise<unknown> = Reflect.get(target, method)
    try {
      return new Response(stringify({ result: await call.apply(target, args) }))
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      return new Response(stringify({ error: { ...(code && { code }), message } }))
    }
  }
}

// biome-ignore lint/style/noDefaultExport: the platform looks for it
export default {
  async fetch(request: Request, { USERS, STORES }: Env, context: Context): Promise<Response> {
    const [, store] = /^\/store\/(.+)$/.exec(new URL(request.url).pathname) ?? []
    if (store !== undefined) return STORES.getByName(store).fetch(request)
    const test = readTest(request)
    if (test.command === 'alarms') return Response.json(alarms.get(test.name) ?? 0)
    if (test.command === 'servers') return Response.json(routers.size)
    if (test.command === 'logged') {
      const lines = logOf(test).logged
      // An error has no JSON.
      return Response.json(
        lines.map(({ cause, ...line }) => ({ ...line, cause: cause && `${cause}` })),
      )
    }
    const objects: Objects = {
      getByName: (name) => USERS.getByName(`${test.name}/${name}`),
      idFromString: (id) => USERS.idFromString(id),
      get: (id) => USERS.get(id),
    }
    return routeOf(test)(requestOf(test, request), objects, (work) => context.waitUntil(work))
  },
}

/** The servers that had a reset. */
const resets = new Set<string>()

/** The number of alarms of each server. Reading it starts no object. */
const alarms = new Map<string, number>()

const routers = new Map<string, ReturnType<typeof createRouter>>()
const logs = new Map<string, ReturnType<typeof memoryLog>>()

function routeOf(test: TestServer) {
  const known = routers.get(test.name)
  if (known !== undefined) return known
  const route = createRouter(identifyOf(test), logOf(test).log)
  routers.set(test.name, route)
  return route
}

function identifyOf(test: TestServer): Identify {
  const services = { now: Date.now, log: logOf(test).log }
  if (test.identifyByHeader) return identifyByHeader
  if (test.accessKeysUrl !== undefined) return identifyByAccess(test.accessKeysUrl, services)
  return createIdentity(configOf(test), services).identify
}

/** The log of a server. The router and the objects run in one isolate. */
function logOf({ name }: TestServer) {
  const log = logs.get(name) ?? memoryLog()
  logs.set(name, log)
  return log
}

/** The request as the test describes it. The socket of workerd has another URL and Host header. */
function requestOf({ url = '', host }: TestServer, request: Request): Request {
  const wanted = new Request(url || request.url, request)
  if (url !== '') wanted.headers.set('host', host ?? new URL(url).host)
  return wanted
}

function configOf({ config }: TestServer): Config {
  return { ...readEdgeConfig({ THINK_MS: '0', LOG_LEVEL: 'error' }), ...config }
}

function readTest({ headers }: Request): TestServer {
  return JSON.parse(decodeURIComponent(headers.get('x-test') ?? '')) as TestServer
}
