import { expect, test } from 'bun:test'
import { join } from 'node:path'
import {
  hashPassword,
  isPassword,
  readPasswordHash,
} from '../../src/http/identity/password-hash.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { startProcess, startServer } from '../support/server-process.ts'

const { onEnd, dataDir } = useCleanUps()

async function start(environment: Record<string, string>) {
  const server = await startServer({ DATA_DIR: dataDir(), ...environment })
  const end = async () => {
    server.kill('SIGTERM')
    await server.exited
    return server.errors
  }
  onEnd(end)
  return { ...server, end }
}

const ann = { headers: { 'x-forwarded-user': 'ann' } }

test('the address of the socket decides whether the user header counts', async () => {
  const inside = await start({ AUTH: 'forwarded', TRUSTED_PROXIES: '127.0.0.0/8, ::1' })
  expect(inside.greeting).toContain('signed in by the proxy at 127.0.0.0/8 or ::1')
  expect(await (await fetch(`${inside.url}/api/user`, ann)).json()).toMatchObject({ id: 'ann' })
  const outside = await start({ AUTH: 'forwarded', TRUSTED_PROXIES: '10.0.0.1' })
  expect((await fetch(`${outside.url}/api/user`, ann)).status).toBe(401)
  expect(await outside.end()).toContain('127.0.0.1, which is not in TRUSTED_PROXIES')
})

test('a dual-stack server matches an IPv4 proxy by its IPv4 address', async () => {
  const environment = { HOST: '::', AUTH: 'forwarded', TRUSTED_PROXIES: '127.0.0.1' }
  const { url } = await start(environment)
  const { port } = new URL(url)
  expect((await fetch(`http://127.0.0.1:${port}/api/user`, ann)).status).toBe(200)
  expect((await fetch(`http://[::1]:${port}/api/user`, ann)).status).toBe(401)
})

test('AUTH=none on a reachable address logs a warning', async () => {
  const { end, greeting } = await start({ HOST: '0.0.0.0' })
  expect(greeting).toContain('identity  one local user, requests are not identified')
  expect(await end()).toContain(' warn AUTH is none, and other machines can reach 0.0.0.0.')
})

test('trusting every address logs a warning', async () => {
  const { end } = await start({ AUTH: 'forwarded', TRUSTED_PROXIES: '::/0' })
  expect(await end()).toContain(' warn TRUSTED_PROXIES contains every address.')
})

test('the startup message describes the identity without its secrets, and nothing is logged', async () => {
  const hash = await hashPassword('correct horse', 100_000)
  const { end, greeting, url } = await start({
    HOST: '0.0.0.0',
    AUTH: 'basic',
    BASIC_USERS: `ann:${hash},bob:${hash}`,
  })
  expect(greeting).toContain('2 users with a password in BASIC_USERS')
  expect(greeting).not.toContain(hash)
  const headers = { authorization: `Basic ${btoa('bob:correct horse')}` }
  expect((await fetch(`${url}/api/user`, { headers })).status).toBe(200)
  expect(await end()).toBe('')
})

test('the server does not start without a setting that AUTH needs, and names it', async () => {
  const { exited, errors } = startProcess({ AUTH: 'oidc-jwt', DATA_DIR: dataDir() })
  expect(await exited).toBe(1)
  expect(await errors).toBe(
    'OpsAgent cannot start. AUTH=oidc-jwt needs OIDC_ISSUER, which is not set.\n',
  )
})

async function makePassword(name: string[], input: string) {
  const child = Bun.spawn([process.execPath, 'src/entry/make-password.ts', ...name], {
    cwd: join(import.meta.dir, '../..'),
    stdin: new Blob([input]),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { out, errors, code: await child.exited }
}

test('make-password writes an entry for BASIC_USERS', async () => {
  const { out, code } = await makePassword(['Jörg'], 'Käse und Brot\n')
  expect(code).toBe(0)
  expect(out).toMatch(/^Jörg:pbkdf2:600000:[\w+/=]+:[\w+/=]+\n$/)
  const { url } = await start({ AUTH: 'basic', BASIC_USERS: out.trim() })
  const text = Buffer.from('Jörg:Käse und Brot').toString('base64')
  const headers = { authorization: `Basic ${text}` }
  expect(await (await fetch(`${url}/api/user`, { headers })).json()).toMatchObject({ id: 'Jörg' })
})

test('backspace in make-password removes a whole character', async () => {
  const { out } = await makePassword(['ann'], 'pass😀\u007fword\n')
  const hash = readPasswordHash(out.trim().slice('ann:'.length))
  expect(hash && (await isPassword('password', hash))).toBe(true)
})

test.each([
  ['no name', [], 'correct horse\n', 'Usage'],
  ['a name with a colon', ['a:b'], 'correct horse\n', 'Usage'],
  ['a short password', ['ann'], 'short\n', 'at least 8 characters'],
  ['no password', ['ann'], '', 'at least 8 characters'],
])(
  'make-password with %s writes only an error that names the reason',
  async (_, name, input, reason) => {
    const { out, errors, code } = await makePassword(name, input)
    expect(code).toBe(1)
    expect(out).toBe('')
    expect(errors).toContain(reason)
  },
)
