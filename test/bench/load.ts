import { heapStats } from 'bun:jsc'
import type { EventBody } from '../../src/core/event.ts'
import { clockMs } from './clock.ts'

/** What the measuring process asks of a server. */
export type Command =
  | { command: 'begin'; readers: number }
  | { command: 'emit'; events: number; perSecond: number }
  | { command: 'measure' }
  | { command: 'cpu' }

/**
 * What a server replies to a command: the CPU time of its process during the command, or since its start for `cpu`, and its
 * memory for `measure`.
 */
export type Reply = {
  port: number
  cpuMs: number
  memory?: { rssBytes: number; heapBytes: number }
}

/** A server that events can be sent through. */
export type LoadedServer = {
  port: number
  /** Opens a run for each of so many readers. */
  begin: (readers: number) => void | Promise<void>
  /** Sends an event to one reader. */
  emit: (reader: number, body: EventBody) => void
}

/** The run and the conversation of a reader, so that nobody has to tell anybody. */
export function idOf(reader: number): string {
  return `00000000-0000-7000-8000-${String(reader).padStart(12, '0')}`
}

/** An event that says when it was sent, in all its forms. */
export function stampedEvent(): EventBody {
  const tool = `list_change_requests@${clockMs().toFixed(3)}`
  const call = { span: '3', parent: '2', agent: 'ServiceNow' }
  return { type: 'tool.called', tool, ...call, arguments: '{"state":"open","limit":20}' }
}

/** Does what the measuring process says, until that one ends. */
export function obey(server: LoadedServer): void {
  let readers = 0
  process.on('message', async (message: Command) => {
    if (message.command === 'measure') {
      process.send?.({ port: server.port, cpuMs: 0, memory: await settledMemory() })
      return
    }
    if (message.command === 'cpu') {
      process.send?.({ port: server.port, cpuMs: cpuMsSince() } satisfies Reply)
      return
    }
    if (message.command === 'begin') {
      readers = message.readers
      await server.begin(readers)
    }
    const before = process.cpuUsage()
    if (message.command === 'emit') await emitSteadily(server, readers, message)
    process.send?.({ port: server.port, cpuMs: cpuMsSince(before) } satisfies Reply)
  })
  process.on('disconnect', () => process.exit())
  process.send?.({ port: server.port, cpuMs: 0 } satisfies Reply)
}

function cpuMsSince(before?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** Each reader in turn, in small steps; what a late timer missed is made up for. */
async function emitSteadily(
  { emit }: LoadedServer,
  readers: number,
  { events, perSecond }: { events: number; perSecond: number },
): Promise<void> {
  const begin = clockMs()
  let sent = 0
  while (sent < events) {
    const due = Math.min(events, ((clockMs() - begin) * perSecond) / 1000)
    for (; sent < due; sent += 1) emit(sent % readers, stampedEvent())
    await Bun.sleep(1)
  }
  // The last ones are still on their way, and cost their share.
  await Bun.sleep(50)
}

/** What stays after a collection, when the allocator has given back what it no longer needs. */
async function settledMemory() {
  for (let round = 0; round < 5; round += 1) {
    Bun.gc(true)
    await Bun.sleep(200)
  }
  return { rssBytes: process.memoryUsage().rss, heapBytes: heapStats().heapSize }
}
