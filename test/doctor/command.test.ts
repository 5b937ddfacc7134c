import { afterEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Examination } from '../../src/doctor/report.ts'
import { expectNothingLeft } from '../support/test-server.ts'
import { startServer } from './examine-path.ts'
import { type ProxyFaults, startFaultyProxy } from './faulty-proxy.ts'

expectNothingLeft()

const root = join(import.meta.dir, '../..')
const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function server(): Promise<string> {
  const { url, stop } = await startServer()
  cleanUps.push(stop)
  return url
}

async function proxyWith(faults: ProxyFaults): Promise<string> {
  const { url, stop } = startFaultyProxy([await server()], faults)
  cleanUps.push(stop)
  return url
}

function serve(respond: (request: Request) => Response): string {
  const other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: respond })
  cleanUps.push(() => other.stop(true))
  return `http://127.0.0.1:${other.port}`
}

async function runDoctor(...args: string[]) {
  const child = Bun.spawn([process.execPath, 'src/entry/doctor.ts', ...args], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { stdout, stderr, exitCode: await child.exited }
}

test('a good path gives a report with one line per finding and exit code 0', async () => {
  const url = await server()
  const { stdout, stderr, exitCode } = await runDoctor(`${url}/conversations/x`, '--seconds', '1.6')
  expect(stderr).toStartWith(`Examining ${url} for about 4 s\n`)
  expect(stdout.split('\n').filter((line) => line.startsWith('✓'))).toHaveLength(10)
  expect(stdout).toContain('✓ HTTP version: HTTP/1.1.')
  expect(stdout).toContain('? POST wait: not examined.')
  expect(exitCode).toBe(0)
})

test('a buffered path gives a report with fixes and exit code 1', async () => {
  const url = await proxyWith({ bufferAll: true, responseHeaders: { server: 'nginx' } })
  const { stdout, exitCode } = await runDoctor(url, '--seconds', '1.6')
  expect(stdout).toContain('\n✗ Buffering: events arrived up to ')
  expect(stdout).toContain('\nProxies on the path\n  nginx (server: nginx)\n')
  expect(stdout).toContain('\nWhat to change\n  1. nginx: Set `proxy_buffering off;`')
  expect(exitCode).toBe(1)
}, 15_000)

test('--json prints the examination as JSON and nothing else on stdout', async () => {
  const url = await proxyWith({ cutAfterMs: 400 })
  const { stdout, exitCode } = await runDoctor(url, '--seconds=1.6', '--json')
  const examination: Examination = JSON.parse(stdout)
  expect(examination.verdict).toBe('broken')
  expect(examination.findings.find(({ check }) => check === 'cut')?.values.ending).toBe('cut')
  expect(exitCode).toBe(1)
})

test('--header adds a header to each request', async () => {
  const inner = await server()
  const guarded = serve(({ url, headers }) =>
    headers.get('cookie') === 'pass=1'
      ? Response.redirect(`${url.replace(new URL(url).origin, inner)}?state=secret`, 307)
      : new Response('Please sign in.', { status: 401 }),
  )
  const refused = await runDoctor(guarded)
  expect(refused).toMatchObject({ stdout: '', exitCode: 2 })
  expect(refused.stderr).toContain('✗ No examination. Status 401: something requires a sign-in.')
  // With the cookie, the guard redirects. The doctor shows the address without its query.
  const passed = await runDoctor(guarded, '--header', 'cookie: pass=1')
  expect(passed.stderr).toContain(`The server redirects to ${inner}/doctor/echo. Examine`)
})

test('another server is not examined', async () => {
  const url = serve(() => new Response('<h1>Welcome to nginx!</h1>'))
  const { stderr, exitCode } = await runDoctor(url)
  expect(stderr).toContain('Status 200, but the response is not from OpsAgent.')
  expect(exitCode).toBe(2)
})

test('--json reports a server that cannot be reached', async () => {
  const url = serve(() => new Response())
  await cleanUps.pop()?.()
  const { stdout, exitCode } = await runDoctor(url, '--json')
  const message = `Cannot reach ${url} (ECONNREFUSED).`
  expect(JSON.parse(stdout)).toEqual({ url, verdict: 'not_examined', message })
  expect(exitCode).toBe(2)
})

test('too many examinations at a time are not a finding', async () => {
  const { stderr, exitCode } = await runDoctor(await proxyWith({ streamStatus: 429 }))
  expect(stderr).toContain('Too many examinations run at the moment.')
  expect(exitCode).toBe(2)
})

test.each([
  [[], 'Give exactly one URL.'],
  [['ops.example.com'], 'ops.example.com is not a URL such as https://'],
  [['http://a', '--seconds', '76'], '--seconds must be a number from 0.1 to 75.'],
  [['http://a', '--header', 'nonsense'], "--header must look like 'cookie: name=value'."],
  [['http://a', '--what'], "Unknown option '--what'"],
])('the arguments %p give an error and the usage', async (args, complaint) => {
  const { stderr, exitCode } = await runDoctor(...args)
  expect(stderr).toContain(complaint)
  expect(stderr).toContain('Usage: bun run doctor URL')
  expect(exitCode).toBe(2)
})

test('--help prints the usage with exit code 0', async () => {
  const { stdout, exitCode } = await runDoctor('--help')
  expect(stdout).toStartWith('Usage: bun run doctor URL')
  expect(exitCode).toBe(0)
})
