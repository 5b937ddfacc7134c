import { heapStats } from 'bun:jsc'
import type { Emission } from './emission.ts'

/** A command of the measuring process to a server. */
export type Command =
  | { command: 'begin'; readers: number }
  | ({ command: 'emit' } & Emission)
  | { command: 'measure' }
  | { command: 'cpu' }

/** The memory of a process. The heap is that of JavaScript, on a runtime that can read it. */
export type Memory = { rssBytes: number; heapBytes?: number }

/**
 * The reply to a command: the CPU time that it took, or the CPU time since the start of the process for `cpu`, and the
 * memory of the process after `measure`.
 */
export type Reply = { port: number; cpuMs: number; memory?: Memory }

/** A server under load. */
export type LoadedServer = {
  port: number
  /** Starts a run for each of `readers` readers. */
  begin: (readers: number) => void | Promise<void>
  /** Resolves when the events are sent. */
  emit: (emission: Emission) => Promise<void>
}

/** The process that serves. */
export type ServingProcess = {
  /** The CPU time since its start. */
  cpuMs: () => number
  memory: () => Promise<Memory>
}

const thisProcess: ServingProcess = {
  cpuMs() {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
  /** The memory after garbage collections, with pauses in which the allocator returns pages to the system. */
  async memory() {
    for (let round = 0; round < 5; round += 1) {
      Bun.gc(true)
      await Bun.sleep(200)
    }
    return { rssBytes: process.memoryUsage().rss, heapBytes: heapStats().heapSize }
  },
}

/** Executes the commands of the measuring process until that process ends. */
export function executeCommands(
  { port, begin, emit }: LoadedServer,
  { cpuMs, memory }: ServingProcess = thisProcess,
): void {
  const reply = (message: Reply) => process.send?.(message)
  process.on('message', async (message: Command) => {
    if (message.command === 'measure') return reply({ port, cpuMs: 0, memory: await memory() })
    if (message.command === 'cpu') return reply({ port, cpuMs: cpuMs() })
    const before = cpuMs()
    if (message.command === 'begin') await begin(message.readers)
    else await emit(message)
    reply({ port, cpuMs: cpuMs() - before })
  })
  process.on('disconnect', () => process.exit())
  reply({ port, cpuMs: 0 })
}
