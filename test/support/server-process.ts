import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dir, '../..')

/** Makes a folder for a history. The test must call `remove`. */
export function makeDataDir(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'opsagent-test-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Starts the server as a child process. `errors` resolves with its error output when it exits. */
export function startProcess(environment: Record<string, string>) {
  const inherited = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' }
  const child = Bun.spawn([process.execPath, '--no-env-file', 'src/entry/bun.ts'], {
    cwd: root,
    env: { ...inherited, PORT: '0', THINK_MS: '0', ...environment },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  return {
    pid: child.pid,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    exited: child.exited,
    stdout: child.stdout,
    errors: new Response(child.stderr).text(),
  }
}

/** Starts the server and waits until it listens. */
export async function startServer(environment: Record<string, string>) {
  const started = startProcess(environment)
  let greeting = ''
  const decoder = new TextDecoder()
  const reader = started.stdout.getReader()
  while (!greeting.includes('\n\n  model') || !greeting.endsWith('\n\n')) {
    const { done, value } = await reader.read()
    if (done) throw new Error(`The server did not start: ${await started.errors}`)
    greeting += decoder.decode(value, { stream: true })
  }
  // A full pipe would block the server, so keep reading.
  void (async () => {
    while (!(await reader.read()).done);
  })()
  const url = /http:\/\/\S+/.exec(greeting)?.[0].replace('localhost', '127.0.0.1') ?? ''
  return { ...started, greeting, url }
}
