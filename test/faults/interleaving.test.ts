import { expect, test } from 'bun:test'
import type { AgentMiddleware, RunScope } from '../../src/core/call.ts'
import type { ThinkingEvent } from '../../src/core/event.ts'
import { numbered } from '../support/emitting.ts'
import { framesOf } from '../support/read-stream.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

/** Numbers by chance that are the same for the same seed (mulberry32's recurrence). */
function chance(seed: number) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return { upTo: (count: number) => Math.floor(next() * count), one: next }
}

type Get = (path: string, headers?: Record<string, string>) => Promise<Response>

/** A client as a browser is one: it remembers the last id, and expects each event once, in order, or a gap. */
class Client {
  readonly #get: Get
  readonly #path: string
  #lastId: string | undefined
  #connection: { cancel: () => Promise<void>; over: Promise<void> } | undefined
  next = 1
  done = false
  complaint: string | undefined

  constructor(get: Get, path: string) {
    this.#get = get
    this.#path = path
  }

  async connect(): Promise<void> {
    if (this.#connection !== undefined || this.done) return
    const headers = this.#lastId === undefined ? {} : { 'last-event-id': this.#lastId }
    const response = await this.#get(this.#path, headers)
    const reader = response.body?.getReader()
    if (reader === undefined) throw new Error('The response has no body.')
    const over = this.#read(framesOf(response, reader))
    this.#connection = { cancel: () => reader.cancel(), over }
  }

  async disconnect(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    await connection?.cancel()
    await connection?.over
  }

  /** Comes back until it has heard the end. */
  async finish(): Promise<void> {
    for (let tries = 0; !this.done && tries < 10; tries += 1) {
      await this.connect()
      await this.#connection?.over
      this.#connection = undefined
    }
  }

  async #read(frames: ReturnType<typeof framesOf>): Promise<void> {
    for await (const { id, event, data = '' } of frames) {
      if (event === 'done') this.done = true
      else if (id !== undefined) this.#hear(id, JSON.parse(data) as ThinkingEvent)
    }
  }

  #hear(id: string, event: ThinkingEvent): void {
    const from = event.type === 'gap' ? event.from : event.seq
    if (from !== this.next) this.complaint ??= `${from} came where ${this.next} was due`
    if (!id.endsWith(`:${event.seq}`)) this.complaint ??= `${id} stands at ${event.seq}`
    this.#lastId = id
    this.next = event.seq + 1
  }
}

/** Hands the scope of each run to the test that asked its question, and ends it when the test says so. */
function stage() {
  const actors = new Map<string, { begin: (scope: RunScope) => void; released: Promise<void> }>()
  const layer: AgentMiddleware = async function act({ messages, scope }) {
    const actor = actors.get(messages.at(-1)?.content ?? '')
    actor?.begin(scope)
    await actor?.released
    return { value: { tasks: [], rejected: 'done' } }
  }
  const cast = (name: string) => {
    const begun = Promise.withResolvers<RunScope>()
    const released = Promise.withResolvers<void>()
    actors.set(name, { begin: begun.resolve, released: released.promise })
    return { begun: begun.promise, release: () => released.resolve() }
  }
  return { layer, cast }
}

async function pause(steps: number): Promise<void> {
  if (steps === 0) await Bun.sleep(0)
  for (let step = 0; step < steps; step += 1) await Promise.resolve()
}

const rounds = 2000

test(`in ${rounds} random interleavings of publish, disconnect, reconnect and stop, each reader sees each event once`, async () => {
  const { layer, cast } = stage()
  const settings = { maxEvents: 40, maxStreamsPerUser: 100, questionsPerHour: 1e6 }
  const { open, post, get, store } = await makeServer(settings, { agentMiddleware: [layer] })
  for (let seed = 1; seed <= rounds; seed += 1) {
    const { upTo, one } = chance(seed)
    const id = await open()
    const run = crypto.randomUUID()
    const actor = cast(String(seed))
    const path = `/api/conversations/${id}/thinking?format=json&run=${run}`
    const clients = Array.from({ length: 1 + upTo(3) }, () => new Client(get, path))
    const someone = () => clients[upTo(clients.length)]
    if (one() < 0.5) await someone()?.connect()
    const asked = post(`/api/conversations/${id}/messages`, { message: String(seed), run })
    const { emit } = await actor.begun
    for (let step = 0; step < 12; step += 1) {
      const act = one()
      if (act < 0.4) for (let count = upTo(8); count >= 0; count -= 1) emit(numbered(count))
      else if (act < 0.45) for (let count = 0; count < 60; count += 1) emit(numbered(count))
      else if (act < 0.65) await someone()?.connect()
      else if (act < 0.85) await someone()?.disconnect()
      else await pause(upTo(4))
    }
    if (one() < 0.3) void post(`/api/conversations/${id}/runs/${run}/stop`)
    else actor.release()
    if (one() < 0.5) await someone()?.disconnect()
    await asked
    await Promise.all(clients.map((client) => client.finish()))
    const last = store.listEvents(id, run, 0).at(-1)?.seq ?? 0
    for (const { complaint, done, next } of clients) {
      expect({ seed, complaint, done, next }).toEqual({
        seed,
        complaint: undefined,
        done: true,
        next: last + 1,
      })
    }
    actor.release()
  }
}, 120_000)
