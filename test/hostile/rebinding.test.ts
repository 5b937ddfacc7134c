import { describe, expect } from 'bun:test'
import { hostname, networkInterfaces } from 'node:os'
import type { OwnHosts } from '../../src/http/network/own-host.ts'
import { makeDataDir, startServer } from '../support/server-process.ts'
import { expectNothingLeft, makeServer, containerTest as test } from '../support/test-server.ts'

expectNothingLeft()

const paths = ['/', '/api/conversations', '/doctor', '/static/app.js', '/nothing']

/** The statuses of requests for a host, without those that are ordinary. */
async function refusalsOf(
  get: (path: string, headers: object) => Promise<Response>,
  host: string,
): Promise<number[]> {
  const statuses = await Promise.all(paths.map(async (path) => (await get(path, { host })).status))
  return statuses.filter((status) => status === 421)
}

const own = ['localhost', 'localhost:8000', 'LOCALHOST:8000', '127.0.0.1:8000', '[::1]:8000']
const strange = [
  'evil.example',
  'evil.example:8000',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'evil.example:localhost',
  '192.0.2.7',
  '',
]

describe.each(['127.0.0.1', '0.0.0.0', '::'])('without an identity provider, at %s', (host) => {
  test.each(own)('the host %p is accepted', async (name) => {
    const { get } = await makeServer({ host })
    expect(await refusalsOf(get, name)).toEqual([])
  })

  test.each(strange)('the host %p is refused on every route', async (name) => {
    const { get } = await makeServer({ host })
    expect(await refusalsOf(get, name)).toHaveLength(paths.length)
  })

  test('the health checks accept every host', async () => {
    const { get } = await makeServer({ host })
    for (const path of ['/healthz', '/readyz']) {
      expect((await get(path, { host: 'evil.example' })).status).toBe(200)
    }
  })
})

test('the names and addresses of the machine are accepted, as they are at the time of the request', async () => {
  let addresses = ['192.0.2.7', '2001:db8::7', 'Machine']
  const ownHosts: OwnHosts = () => addresses
  const { get } = await makeServer({ host: '0.0.0.0' }, { ownHosts })
  for (const name of ['192.0.2.7:8000', '[2001:DB8:0::7]:8000', 'machine:8000', 'MACHINE.']) {
    expect([name, await refusalsOf(get, name)]).toEqual([name, []])
  }
  addresses = []
  expect(await refusalsOf(get, '192.0.2.7:8000')).toHaveLength(paths.length)
})

test.each([
  [['Ops.Example.com'], 'ops.example.com', true],
  [['ops.example.com'], 'OPS.example.com:8443', true],
  [['ops.example.com:8443'], 'ops.example.com:8443', true],
  [['ops.example.com:8443'], 'ops.example.com', false],
  [['ops.example.com:8443'], 'ops.example.com:8000', false],
  [['[2001:db8::7]'], '[2001:db8:0::7]:8000', true],
  [['ops.example.com'], 'x.ops.example.com', false],
])('with ALLOWED_HOSTS=%p the host %p is accepted: %p', async (allowedHosts, name, isAccepted) => {
  const { get } = await makeServer({ host: '0.0.0.0', allowedHosts })
  expect(await refusalsOf(get, name)).toHaveLength(isAccepted ? 0 : paths.length)
})

test('ALLOWED_HOSTS holds also when users are identified', async () => {
  const identify = () => ({ id: 'ann', name: 'Ann' })
  const settings = { host: '0.0.0.0', allowedHosts: ['ops.example.com'] }
  const { get } = await makeServer(settings, { identify })
  expect(await refusalsOf(get, 'ops.example.com')).toEqual([])
  expect(await refusalsOf(get, 'evil.example')).toHaveLength(paths.length)
})

test('a server that identifies users accepts every host if ALLOWED_HOSTS is not set', async () => {
  const { get } = await makeServer({ host: '0.0.0.0' }, { identify: () => undefined })
  expect(await refusalsOf(get, 'ops.example.com')).toEqual([])
})

test('a platform that decides the host names is not checked', async () => {
  const { get } = await makeServer({ host: '0.0.0.0' }, { ownHosts: 'any' })
  expect(await refusalsOf(get, 'opsagent.workers.example')).toEqual([])
})

test('the server of the container image answers to its own names and addresses only', async () => {
  const { path, remove } = makeDataDir()
  const { url, kill, exited } = await startServer({ HOST: '0.0.0.0', DATA_DIR: path })
  const { port } = new URL(url)
  const statusOf = async (host: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/api/user`, { headers: { host } })
    return response.status
  }
  const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all)
  const names = addresses.map(({ address, family }) =>
    family === 'IPv6' ? `[${address}]` : address,
  )
  for (const name of ['localhost', `localhost:${port}`, hostname(), ...names]) {
    expect([name, await statusOf(name)]).toEqual([name, 200])
  }
  expect(await statusOf('evil.example')).toBe(421)
  kill('SIGKILL')
  await exited
  remove()
})
