import { framesOf } from './read-stream.ts'
import { until } from './socket-server.ts'

const json = { 'content-type': 'application/json' }

/** Sends JSON. */
export function send(url: string, body: unknown, headers = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify(body),
  })
}

/** Creates a conversation and resolves with its path. */
export async function openConversation(url: string): Promise<string> {
  const created = await send(`${url}/api/conversations`, {})
  if (created.status !== 201) throw new Error(`${created.status}: ${await created.text()}`)
  return created.headers.get('location') ?? ''
}

/** Asks without waiting for the answer. Resolves with the status. */
export async function askAsync(url: string, path: string, run: string, message = 'What is open?') {
  const asked = await send(`${url}${path}/messages`, { message, run }, { prefer: 'respond-async' })
  await asked.body?.cancel()
  return asked.status
}

/** The stored state of a run: its status and the numbers of its events. */
export async function stateOf(url: string, path: string, run: string) {
  const response = await fetch(`${url}${path}/runs/${run}`)
  const { status, events, answer } = (await response.json()) as {
    status: string
    events: { seq: number }[]
    answer?: string
  }
  return { status, answer, seqs: events?.map(({ seq }) => seq) }
}

/** A reader of one run. It resumes after its last event, at any server. Its lines are labels, or events as JSON. */
export class ProcessReader {
  readonly #format: 'text' | 'json'
  readonly lines: string[] = []
  readonly ids: string[] = []
  done: string | undefined
  #connection: { leaving: AbortController; ended: Promise<void> } | undefined

  constructor(format: 'text' | 'json' = 'text') {
    this.#format = format
  }

  /** Opens the stream. Resolves when the server has answered. */
  async connect(url: string, path: string, run?: string): Promise<void> {
    const leaving = new AbortController()
    const lastId = this.ids.at(-1)
    const query = `format=${this.#format}${run ? `&run=${run}` : ''}`
    const response = await fetch(`${url}${path}/thinking?${query}`, {
      signal: leaving.signal,
      ...(lastId !== undefined && { headers: { 'last-event-id': lastId } }),
    })
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
    // Leaving and a killed server both reject the read. A cut shows as a missing `done`.
    this.#connection = { leaving, ended: this.#read(response).catch(() => {}) }
  }

  /** Leaves in the middle. */
  async cut(): Promise<void> {
    this.#connection?.leaving.abort()
    await this.#connection?.ended
  }

  /** Settles when the connection has ended. */
  get ended(): Promise<void> {
    return this.#connection?.ended ?? Promise.resolve()
  }

  /** Waits for a line. */
  async reads(line: string): Promise<void> {
    await until(() => this.lines.includes(line), `the reader has read ${line}`)
  }

  /** Waits for the end of the run. */
  async finishes(withinMs = 20_000): Promise<void> {
    await until(() => this.done !== undefined, 'the reader has read the end', withinMs)
  }

  async #read(response: Response): Promise<void> {
    for await (const { id, event, data } of framesOf(response)) {
      if (event === 'done') this.done = data
      else if (id !== undefined && data !== undefined) {
        this.ids.push(id)
        this.lines.push(data)
      }
    }
  }
}
