import { expect, test } from 'bun:test'
import type { RunScope } from '../../src/core/call.ts'
import type { ThinkingEvent } from '../../src/core/event.ts'
import { openPostgresStore } from '../../src/storage/postgres.ts'
import type { Workflow } from '../../src/workflow/triage-workflow.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { numbered } from '../support/emitting.ts'
import { postgresTest, usePostgres } from '../support/postgres.ts'
import { framesOf } from '../support/read-stream.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

const { makeDatabase } = usePostgres()

// Before the hook below: stores are closed last.
expectNothingLeft()

const { onEnd } = useCleanUps()

/** Pseudo-random numbers, reproducible from the seed (mulberry32). */
function random(seed: number) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return { below: (count: number) => Math.floor(next() * count), next }
}

type Get = (path: string, headers?: Record<string, string>) => Promise<Response>

/** Reads like a browser: resumes after the last id, and expects each event once, in order, or a gap. */
class Client {
  readonly #get: Get
  readonly #path: string
  #lastId: string | undefined
  #connection: { cancel: () => Promise<void>; ended: Promise<void> } | undefined
  nextSeq = 1
  done = false
  mismatch: string | undefined

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
    const ended = this.#read(framesOf(response, reader))
    this.#connection = { cancel: () => reader.cancel(), ended }
  }

  async disconnect(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    await connection?.cancel()
    await connection?.ended
  }

  /** Reconnects until it has received `done`. */
  async finish(): Promise<void> {
    for (let tries = 0; !this.done && tries < 10; tries += 1) {
      await this.connect()
      await this.#connection?.ended
      this.#connection = undefined
    }
  }

  async #read(frames: ReturnType<typeof framesOf>): Promise<void> {
    for await (const { id, event, data = '' } of frames) {
      if (event === 'done') this.done = true
      else if (id !== undefined) this.#receive(id, JSON.parse(data) as ThinkingEvent)
    }
  }

  #receive(id: string, event: ThinkingEvent): void {
    const from = event.type === 'gap' ? event.from : event.seq
    if (from !== this.nextSeq) this.mismatch ??= `expected ${this.nextSeq}, received ${from}`
    if (!id.endsWith(`:${event.seq}`)) this.mismatch ??= `event ${event.seq} has the id ${id}`
    this.#lastId = id
    this.nextSeq = event.seq + 1
  }
}

/** A workflow in which each run emits only what its test emits, until `release` or Stop. */
function controlledRuns() {
  const runs = new Map<string, { begin: (scope: RunScope) => void; released: Promise<void> }>()
  const workflow: Workflow = {
    async run({ messages, scope }) {
      const run = runs.get(messages.at(-1)?.content ?? '')
      run?.begin(scope)
      await Promise.race([run?.released, aborted(scope.signal)])
      return { text: 'done', partial: false }
    },
  }
  const expectRun = (question: string) => {
    const begun = Promise.withResolvers<RunScope>()
    const released = Promise.withResolvers<void>()
    runs.set(question, { begin: begun.resolve, released: released.promise })
    return { begun: begun.promise, release: () => released.resolve() }
  }
  return { workflow, expectRun }
}

/** Settles when the signal aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

async function pause(steps: number): Promise<void> {
  if (steps === 0) await Bun.sleep(0)
  for (let step = 0; step < steps; step += 1) await Promise.resolve()
}

type StoredRun = { status: string; events: { seq: number }[] }

/** Runs random interleavings. Each request goes to any one of the servers, which all run `workflow`. */
async function interleave(
  rounds: number,
  { expectRun }: Pick<ReturnType<typeof controlledRuns>, 'expectRun'>,
  servers: readonly Awaited<ReturnType<typeof makeServer>>[],
): Promise<void> {
  for (let seed = 1; seed <= rounds; seed += 1) {
    const { below, next } = random(seed)
    const anyServer = () => {
      const server = servers[below(servers.length)]
      if (server === undefined) throw new Error('There is no server.')
      return server
    }
    const get: Get = (path, headers) => anyServer().get(path, headers)
    const post = (path: string, body?: unknown) => anyServer().post(path, body)
    const { open } = anyServer()
    const id = await open()
    const run = crypto.randomUUID()
    const { begun, release } = expectRun(String(seed))
    const path = `/api/conversations/${id}/thinking?format=json&run=${run}`
    const clients = Array.from({ length: 1 + below(3) }, () => new Client(get, path))
    const anyClient = () => clients[below(clients.length)]
    if (next() < 0.5) await anyClient()?.connect()
    const asked = post(`/api/conversations/${id}/messages`, { message: String(seed), run })
    const { emit } = await begun
    for (let step = 0; step < 12; step += 1) {
      const action = next()
      if (action < 0.4) for (let count = below(8); count >= 0; count -= 1) emit(numbered(count))
      else if (action < 0.45) for (let count = 0; count < 60; count += 1) emit(numbered(count))
      else if (action < 0.65) await anyClient()?.connect()
      else if (action < 0.85) await anyClient()?.disconnect()
      else await pause(below(4))
    }
    const stopped = next() < 0.3
    const stopping = stopped ? post(`/api/conversations/${id}/runs/${run}/stop`) : release()
    if (next() < 0.5) await anyClient()?.disconnect()
    await Promise.all([asked, stopping])
    await Promise.all(clients.map((client) => client.finish()))
    const stored = await get(`/api/conversations/${id}/runs/${run}`)
    const { status, events } = (await stored.json()) as StoredRun
    expect([seed, status]).toEqual([seed, stopped ? 'stopped' : 'finished'])
    for (const { mismatch, done, nextSeq } of clients) {
      expect({ seed, mismatch, done, nextSeq }).toEqual({
        seed,
        mismatch: undefined,
        done: true,
        nextSeq: (events.at(-1)?.seq ?? 0) + 1,
      })
    }
  }
}

const settings = {
  maxEvents: 40,
  maxStreamsPerUser: 100,
  questionsPerHour: 1e6,
  conversationsPerHour: 1e6,
}

// With TEST_SLOW=1 four times as many rounds.
const rounds = process.env.TEST_SLOW === '1' ? 4 : 1

test('in random interleavings of publish, disconnect, reconnect and stop, each reader sees each event once', async () => {
  const controlled = controlledRuns()
  const { workflow } = controlled
  await interleave(500 * rounds, controlled, [await makeServer(settings, { workflow })])
}, 120_000)

postgresTest(
  'in random interleavings with Postgres, on one process and on three, each reader sees each event once',
  async () => {
    const { url } = await makeDatabase()
    const controlled = controlledRuns()
    const { workflow } = controlled
    const servers: Awaited<ReturnType<typeof makeServer>>[] = []
    for (let process = 0; process < 3; process += 1) {
      const options = { migrate: true, leaseMs: 60_000, connections: 4 }
      const store = await openPostgresStore(url, options)
      onEnd(store.close)
      servers.push(await makeServer(settings, { workflow, store }))
    }
    await interleave(25 * rounds, controlled, servers.slice(0, 1))
    await interleave(100 * rounds, controlled, servers)
  },
  120_000,
)
