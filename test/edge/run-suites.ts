import { startEdgeHarness } from '../support/edge-server.ts'

// `bun run test:edge`: runs the tests of HTTP and of faults against the Worker in workerd. The arguments are those of
// `bun test`.

const { url, stop } = await startEdgeHarness()
const [, , ...given] = Bun.argv
const paths = given.length > 0 ? given : ['test/http', 'test/faults']
const tests = Bun.spawn([process.execPath, 'test', '--timeout', '30000', ...paths], {
  stdout: 'inherit',
  stderr: 'inherit',
  env: { ...process.env, TEST_EDGE_URL: url },
})
process.exitCode = await tests.exited
await stop()
