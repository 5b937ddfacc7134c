import { afterEach, expect } from 'bun:test'
import type { Config } from '../../src/config.ts'
import { makeServer, type TestParts } from '../support/test-server.ts'
import type { FakeSystem } from './fakes/fake-system.ts'

/** The present of the tests: a Sunday. */
export const nowMs = Date.parse('2026-11-22T14:35:00Z')
const now = () => nowMs

/** A call of a tool in a run: its result, or the public reason of its failure. */
export type ToolCall = {
  tool: string
  arguments: Record<string, unknown>
  result?: unknown
  reason?: string
}

/** What came of a question. `all` has everything that a user, an API client or the operator could see. */
export type Outcome = { answer: string; calls: ToolCall[]; all: string }

type Event = {
  type: string
  span: string
  tool: string
  arguments: string
  preview: string
  reason?: string
  code?: string
}

/** Makes a server whose connectors wait for nothing, and asks it. `waits` has the waits between requests, in ms. */
export async function makeLiveServer(settings: Partial<Config>, parts: TestParts = {}) {
  const waits: number[] = []
  const timeoutMs = 10_000
  const connectorWait = async (ms: number, signal: AbortSignal) => {
    // The timeout of a request: nothing is slow here.
    if (ms === timeoutMs)
      return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    waits.push(ms)
  }
  const limits = { maxShownBytes: 1_000_000, connectorSeconds: timeoutMs / 1000 }
  const server = await makeServer({ ...limits, ...settings }, { now, connectorWait, ...parts })
  const { open, post, get, readLog } = server

  async function ask(message: string): Promise<Outcome> {
    const conversation = `/api/conversations/${await open()}`
    const run = crypto.randomUUID()
    const response = await post(`${conversation}/messages`, { message, run })
    const { assistant_message: reply } = (await response.json()) as {
      assistant_message: { content: string }
    }
    const stored = await (await get(`${conversation}/runs/${run}`)).text()
    const { events } = JSON.parse(stored) as { events: Event[] }
    const lines = (await readLog()).map((line) => Bun.inspect(line))
    return { answer: reply.content, calls: callsOf(events), all: stored + lines.join('\n') }
  }

  return { ...server, ask, waits }
}

function callsOf(events: Event[]): ToolCall[] {
  return events
    .filter(({ type }) => type === 'tool.called')
    .map((called) => {
      const end = events.find(({ type, span }) => span === called.span && type !== 'tool.called')
      return {
        tool: called.tool,
        arguments: JSON.parse(called.arguments),
        ...(end?.type === 'tool.finished' && { result: JSON.parse(end.preview) }),
        ...(end?.type === 'tool.failed' && { reason: end.reason ?? end.code ?? '' }),
      }
    })
}

/** Stops fakes after each test, and expects that they received only what their documentation allows. */
export function useFakes() {
  const fakes: FakeSystem[] = []
  afterEach(() => {
    for (const fake of fakes.splice(0)) {
      fake.stop()
      expect(fake.violations).toEqual([])
    }
  })
  return async <Fake extends FakeSystem>(starting: Promise<Fake>): Promise<Fake> => {
    const fake = await starting
    fakes.push(fake)
    return fake
  }
}
