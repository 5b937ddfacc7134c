import { afterEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Examination } from '../../src/doctor/examination.ts'
import { expectNothingLeft } from '../support/test-server.ts'
import { startMeddlingProxy, type Ways } from './meddling-proxy.ts'
import { startQuickServer } from './way.ts'

expectNothingLeft()

const root = join(import.meta.dir, '../..')
const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function server(): Promise<string> {
  const { url, stop } = await startQuickServer()
  cleanUps.push(stop)
  return url
}

async function behind(ways: Ways): Promise<string> {
  const { url, stop } = startMeddlingProxy([await server()], ways)
  cleanUps.push(stop)
  return url
}

function listen(answer: (request: Request) => Response): string {
  const other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answer })
  cleanUps.push(() => other.stop(true))
  return `http://127.0.0.1:${other.port}`
}

async function doctor(...given: string[]) {
  const child = Bun.spawn([process.execPath, 'src/entry/doctor.ts', ...given], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' },
    ...{ stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' },
  })
  const [said, told] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { said, told, code: await child.exited }
}

test('where all is well it says so line by line, with exit code 0', async () => {
  const url = await server()
  const { said, told, code } = await doctor(`${url}/conversations/x`, '--seconds', '1.6')
  expect(told).toStartWith(`Examining ${url}: about 4 s\n`)
  expect(said.split('\n').filter((line) => line.startsWith('✓'))).toHaveLength(10)
  expect(said).toContain('✓ HTTP version: HTTP/1.1.')
  expect(said).toContain('? POST wait: not examined.')
  expect(code).toBe(0)
})

test('where the stream is held back it says what to do, with exit code 1', async () => {
  const url = await behind({ holdAll: true, answer: { server: 'nginx' } })
  const { said, code } = await doctor(url, '--seconds', '1.6')
  expect(said).toContain('\n✗ Buffered: events came up to ')
  expect(said).toContain('\nOn the way\n  nginx (server: nginx)\n')
  expect(said).toContain('\nWhat to do\n  1. nginx: Write `proxy_buffering off;`')
  expect(code).toBe(1)
}, 15_000)

test('with --json it says the same as data, and nothing else on the output', async () => {
  const { said, code } = await doctor(await behind({ cutAfterMs: 400 }), '--seconds=1.6', '--json')
  const examination: Examination = JSON.parse(said)
  expect(examination.verdict).toBe('broken')
  expect(examination.findings.find(({ check }) => check === 'cut')?.values.ending).toBe('cut')
  expect(code).toBe(1)
})

test('a header gets it past a sign-on; without, there is no examination', async () => {
  const inner = await server()
  const guarded = listen(({ url, headers }) =>
    headers.get('cookie') === 'pass=1'
      ? Response.redirect(`${url.replace(new URL(url).origin, inner)}?state=secret`, 307)
      : new Response('Who are you?', { status: 401 }),
  )
  const refused = await doctor(guarded)
  expect(refused).toMatchObject({ said: '', code: 2 })
  expect(refused.told).toContain('✗ No examination. It answers 401: something asks who we are.')
  // The header came through: it is sent on to the server now, which the doctor leaves to people.
  const passed = await doctor(guarded, '--header', 'cookie: pass=1')
  expect(passed.told).toContain(`It sends us on to ${inner}/doctor/echo. Examine`)
})

test('what is not OpsAgent is not examined', async () => {
  const { told, code } = await doctor(listen(() => new Response('<h1>Welcome to nginx!</h1>')))
  expect(told).toContain('It answers 200, but not as OpsAgent does.')
  expect(code).toBe(2)
})

test('a server that cannot be reached is not examined, in JSON too', async () => {
  const url = listen(() => new Response())
  await cleanUps.pop()?.()
  const { said, code } = await doctor(url, '--json')
  expect(JSON.parse(said)).toEqual({
    ...{ url, verdict: 'not_examined', message: `${url} cannot be reached (ECONNREFUSED).` },
  })
  expect(code).toBe(2)
})

test('a full waiting room is no finding', async () => {
  const url = await behind({ streamStatus: 429 })
  const { told, code } = await doctor(url)
  expect(told).toContain('Too many others are being examined just now.')
  expect(code).toBe(2)
})

test.each([
  [[], 'Please give one address.'],
  [['ops.example.com'], 'ops.example.com is no address such as https://'],
  [['http://a', '--seconds', '76'], '--seconds must be a number up to 75.'],
  [['http://a', '--header', 'nonsense'], "--header must be such as 'cookie: name=value'."],
  [['http://a', '--what'], "Unknown option '--what'"],
])('%p is answered with what is wrong and how to ask', async (given, complaint) => {
  const { told, code } = await doctor(...given)
  expect(told).toContain(complaint)
  expect(told).toContain('Usage: bun run doctor URL')
  expect(code).toBe(2)
})

test('--help is no failure', async () => {
  const { said, code } = await doctor('--help')
  expect(said).toStartWith('Usage: bun run doctor URL')
  expect(code).toBe(0)
})
