import { heapStats } from 'bun:jsc'
import type { EventBody } from '../../src/core/event.ts'
import { clockMs } from './clock.ts'

/** A command of the measuring process to a server. */
export type Command =
  | { command: 'begin'; readers: number }
  | { command: 'emit'; events: number; perSecond: number }
  | { command: 'measure' }
  | { command: 'cpu' }

/**
 * The reply to a command: the CPU time that it took, or the CPU time since the start of the process for `cpu`, and the
 * memory of the process after `measure`.
 */
export type Reply = {
  port: number
  cpuMs: number
  memory?: { rssBytes: number; heapBytes: number }
}

/** A server under load. */
export type LoadedServer = {
  port: number
  /** Starts a run for each of `readers` readers. */
  begin: (readers: number) => void | Promise<void>
  /** Sends an event to one reader. */
  emit: (reader: number, body: EventBody) => void
}

/** The id of the run and of the conversation of a reader. Computed, so that both processes know it. */
export function idOf(reader: number): string {
  return `00000000-0000-7000-8000-${String(reader).padStart(12, '0')}`
}

/** An event that has the time of its creation after an `@`, in every form of the stream. */
export function stampedEvent(): EventBody {
  return {
    type: 'tool.called',
    span: '3',
    parent: '2',
    agent: 'ServiceNow',
    tool: `list_change_requests@${clockMs().toFixed(3)}`,
    arguments: '{"state":"open","limit":20}',
  }
}

/** Executes the commands of the measuring process until that process ends. */
export function executeCommands(server: LoadedServer): void {
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

/** Emits to the readers in turn, every millisecond. After a late timer it emits the missed events at once. */
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
  // The server still writes the last events, and their CPU time counts.
  await Bun.sleep(50)
}

/** The memory after garbage collections, with pauses in which the allocator returns pages to the system. */
async function settledMemory() {
  for (let round = 0; round < 5; round += 1) {
    Bun.gc(true)
    await Bun.sleep(200)
  }
  return { rssBytes: process.memoryUsage().rss, heapBytes: heapStats().heapSize }
}
