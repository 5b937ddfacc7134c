import { expect, test } from 'bun:test'
import { runSuites, sharedFiles } from './run-suites.ts'

test('the tests of HTTP and of faults pass against the Worker in workerd', async () => {
  let output = ''
  const { exitCode, servers } = await runSuites(sharedFiles, (text) => {
    output += text
  })
  const count = (pattern: RegExp) => Number(pattern.exec(output)?.[1] ?? 0)
  // With the output of the tests that fail.
  const rest = output.split('\n').filter((line) => !/^\((pass|skip)\)/.test(line))
  expect(exitCode === 0 ? '' : rest.join('\n')).toBe('')
  expect(count(/across (\d+) files/)).toBe(sharedFiles.length)
  // The other half has no server, such as the tests of settings that are not valid.
  expect(servers).toBeGreaterThan(count(/^ *(\d+) pass$/m) / 2)
}, 300_000)
