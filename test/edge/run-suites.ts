import { join } from 'node:path'
import { Glob } from 'bun'
import { startEdgeHarness } from '../support/edge-harness.ts'

// `bun run test:edge`: runs the tests of HTTP and of faults against the Worker in workerd. The arguments are those of
// `bun test`. Two kinds of tests are left out: each `containerTest`, by its name, and the files below. They need what a Worker
// does not have or what a test cannot reach in it: a store, clock, tool or middleware of the test, trusted proxies, an own host
// name, a shutdown, several users in one process, the close of a connection as an event, or the memory and timers of the process.

const root = join(import.meta.dir, '../..')

const leftOut: Record<string, string> = {
  'test/faults/cases.test.ts': 'reads the names of the tests',
  'test/faults/framing.test.ts': 'has no server',
  'test/faults/interleaving.test.ts': 'replaces the workflow by a function',
  'test/faults/slow-store.test.ts': 'replaces the store',
  'test/faults/stalled.test.ts': 'measures the memory and the clock of its process',
  'test/http/identity-header.test.ts': 'is about proxies, which a Worker does not have',
  'test/http/proxy-trust.test.ts': 'is about proxies, which a Worker does not have',
}

const hostileFiles = ['test/hostile/characters.test.ts', 'test/hostile/user-ids.test.ts']
/** The files of tests that run against both entries. */
export const sharedFiles = [
  ...new Glob('test/{http,faults}/*.test.ts').scanSync(root),
  ...hostileFiles,
].filter((path) => !(path in leftOut))

/** Starts workerd and runs `bun test` with these arguments against it. `servers` is the number of servers in workerd. */
export async function runSuites(given: readonly string[], write: (text: string) => void) {
  const { url, countServers, stop } = await startEdgeHarness()
  // Without isolation a worker loads the modules once. These files only send requests, so they leave nothing to each other.
  const options = ['--parallel=2', '--no-isolate', '--timeout', '60000']
  const command = [process.execPath, 'test', ...options, ...given]
  const tests = Bun.spawn(command, {
    cwd: root,
    stdout: 'inherit',
    stderr: 'pipe',
    env: { ...process.env, TEST_EDGE_URL: url },
  })
  const decoder = new TextDecoder()
  for await (const chunk of tests.stderr) write(decoder.decode(chunk, { stream: true }))
  const exitCode = await tests.exited
  const servers = await countServers()
  await stop()
  return { exitCode, servers }
}

if (import.meta.main) {
  const [, , ...given] = Bun.argv
  const paths = given.length > 0 ? given : sharedFiles
  const { exitCode } = await runSuites(paths, (text) => void process.stderr.write(text))
  process.exitCode = exitCode
}
