import { expect } from 'bun:test'
import { join } from 'node:path'
import { postgresTest } from '../support/postgres.ts'

const root = join(import.meta.dir, '../..')
const files = ['routes', 'characters', 'user-ids', 'uploads'].map(
  (name) => `test/hostile/${name}.test.ts`,
)

postgresTest(
  'the worst texts, control characters, user ids and open uploads have the same bounds with Postgres',
  async () => {
    const tests = Bun.spawn([process.execPath, 'test', '--timeout', '60000', ...files], {
      cwd: root,
      env: { ...process.env, TEST_STORE: 'postgres' },
      stdout: 'ignore',
      stderr: 'pipe',
    })
    const [output, exitCode] = await Promise.all([new Response(tests.stderr).text(), tests.exited])
    const rest = output.split('\n').filter((line) => !/^\((pass|skip)\)/.test(line))
    expect(exitCode === 0 ? '' : rest.join('\n')).toBe('')
    expect(output).toContain(`across ${files.length} files`)
  },
  120_000,
)
