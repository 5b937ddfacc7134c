import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** A request as a fake received it. */
export type FakeRequest = {
  method: string
  path: string
  query: URLSearchParams
  headers: Record<string, string>
  body: string
}

/** The reply of a fake: JSON unless it is a text. */
export type FakeReply = {
  status?: number
  headers?: Record<string, string>
  json?: unknown
  text?: string
}

/**
 * How a fake misbehaves once. `slow` answers nothing until the client leaves, `held` answers after `release`, `half` ends
 * within the body, and `echo` is a status of an error that repeats what the fake received.
 */
export type Fault = 'slow' | 'held' | 'half' | 'html' | { echo: number } | FakeReply

/** Thrown by a fake for a request that the documentation of its system does not allow. */
export class Violation extends Error {}

/** A source system on a free port. It keeps what it received, and can misbehave. */
export class FakeSystem {
  readonly requests: FakeRequest[] = []
  /** What was wrong with the requests. A test expects none. */
  readonly violations: string[] = []
  readonly #handle: (request: FakeRequest) => FakeReply | Promise<FakeReply>
  readonly #server = createServer((request, response) => void this.#answer(request, response))
  readonly #faults: { path: string; fault: Fault }[] = []
  readonly #arrivals = new Set<() => void>()
  readonly #released = Promise.withResolvers<void>()

  constructor(handle: (request: FakeRequest) => FakeReply | Promise<FakeReply>) {
    this.#handle = handle
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return this
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  get url(): string {
    const address = this.#server.address()
    if (typeof address !== 'object' || address === null) throw new Error('not started')
    return `http://127.0.0.1:${address.port}`
  }

  /** The next requests whose path contains `path` get these, in this order. */
  misbehave(path: string, ...faults: Fault[]): void {
    this.#faults.push(...faults.map((fault) => ({ path, fault })))
  }

  /** Lets all requests go on that are held, and those that will be. */
  release(): void {
    this.#released.resolve()
  }

  /** The requests whose path contains `path`. */
  requestsOf(path: string): FakeRequest[] {
    return this.requests.filter((request) => request.path.includes(path))
  }

  /** Resolves when so many requests have arrived. */
  async received(count: number): Promise<void> {
    while (this.requests.length < count) {
      await new Promise<void>((resolve) => this.#arrivals.add(resolve))
    }
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming)
    this.requests.push(request)
    for (const arrived of this.#arrivals) arrived()
    this.#arrivals.clear()
    const index = this.#faults.findIndex(({ path }) => request.path.includes(path))
    const [found] = index < 0 ? [] : this.#faults.splice(index, 1)
    if (found?.fault === 'slow') return
    if (found?.fault === 'held') await this.#released.promise
    const reply = await this.#faultOr(found?.fault, request)
    if (found?.fault !== 'half') return send(response, reply)
    const text = JSON.stringify(reply.json)
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length })
    response.write(text.slice(0, text.length / 2), () => response.socket?.destroy())
  }

  async #faultOr(fault: Fault | undefined, request: FakeRequest): Promise<FakeReply> {
    if (fault === 'html') return loginPage
    if (typeof fault !== 'object') return this.#replyTo(request)
    return 'echo' in fault ? echoOf(request, fault.echo) : fault
  }

  async #replyTo(request: FakeRequest): Promise<FakeReply> {
    try {
      return await this.#handle(request)
    } catch (error) {
      this.violations.push(`${request.method} ${request.path}: ${String(error)}`)
      return { status: 400, json: { error: { message: String(error) } } }
    }
  }
}

const loginPage = {
  headers: { 'content-type': 'text/html' },
  text: '<!doctype html><title>Sign in</title>',
}

function echoOf({ headers, body }: FakeRequest, status: number): FakeReply {
  const form = [...new URLSearchParams(body).values()]
  const message = [headers.authorization ?? '', ...form].join(' ')
  return { status, json: { error: { message, detail: message }, message } }
}

async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://fake')
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])
  return {
    method: incoming.method ?? '',
    path: pathname,
    query: searchParams,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).toString(),
  }
}

function send(response: ServerResponse, { status = 200, headers, json, text }: FakeReply): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(text ?? JSON.stringify(json))
}
