import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeAssets, writeWorker } from '../../src/entry/edge-build.ts'
import { startWorkerd } from '../../src/entry/workerd.ts'
import { makeDataDir } from '../support/server-process.ts'
import { type Command, executeCommands, type ServingProcess } from './load.ts'

// workerd with a class of `edge-worker.ts`, for `streams.ts`. The argument names the class.

const { path: folder } = makeDataDir()
await writeWorker(folder, join(import.meta.dir, 'edge-worker.ts'), await writeAssets(folder))
const classes = { USERS: Bun.argv[2] ?? 'OpsAgentObject' }
const { url, stop } = await startWorkerd({ folder, bindings: {}, classes })
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
process.on('SIGTERM', async () => {
  await stop()
  process.exit()
})

async function send(command: Command): Promise<void> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(command) })
  if (!response.ok) throw new Error(`workerd answered ${response.status}.`)
}

executeCommands(
  {
    port: Number(new URL(url).port),
    begin: (readers) => send({ command: 'begin', readers }),
    emit: (emission) => send({ command: 'emit', ...emission }),
  },
  processOf(findWorkerd()),
)

/** The id of the child process that miniflare started. */
function findWorkerd(): string {
  const isChild = (pid: string) => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return status.startsWith('Name:\tworkerd\n') && status.includes(`\nPPid:\t${process.pid}\n`)
  }
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && isChild(name))
  if (pid === undefined)
    throw new Error('workerd is not among the child processes. This needs Linux.')
  return pid
}

/** Another process, as Linux reports it. Nothing reports the JavaScript heap of workerd, or collects its garbage. */
function processOf(pid: string): ServingProcess {
  const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8')
  return {
    // `stat` has only hundredths of a second.
    cpuMs() {
      const threads = readdirSync(`/proc/${pid}/task`)
      const nanos = threads.map((thread) => Number.parseInt(read(`task/${thread}/schedstat`), 10))
      return nanos.reduce((sum, next) => sum + next, 0) / 1e6
    },
    async memory() {
      await Bun.sleep(1000)
      return { rssBytes: Number(/VmRSS:\s+(\d+) kB/.exec(read('status'))?.[1]) * 1024 }
    },
  }
}
