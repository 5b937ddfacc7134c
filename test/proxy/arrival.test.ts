import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { installedCases, type Origin, startOrigin } from '../support/proxy-origin.ts'
import { type RunningProxy, startProxy } from '../support/proxy-process.ts'

// The proxies connect from 127.0.0.1. The client uses another address, so that the two can be distinguished.
const client = '127.0.0.9'
const forged = [
  'X-Forwarded-For: 203.0.113.9',
  'X-Forwarded-Proto: https',
  'X-Real-IP: 203.0.113.9',
]

/** Sends forged headers from the address of the client, and returns the client that the server sees. */
async function seenBy(url: string): Promise<unknown> {
  const headers = forged.flatMap((line) => ['-H', line])
  const command = ['curl', '-sSk', '--interface', client, ...headers, `${url}/doctor/echo`]
  const child = Bun.spawn(command, { stdout: 'pipe', stderr: 'inherit' })
  return ((await new Response(child.stdout).json()) as { seen: unknown }).seen
}

/** Configs that pass the client's own forwarding headers on. Such a proxy must not be in TRUSTED_PROXIES. */
const passClientHeaders = [
  'nginx with a minimal config (HTTP/1.0 upstream)',
  'nginx with gzip for everything',
  'nginx behind nginx',
  'Apache httpd with deflate for everything',
  'Varnish with a minimal config',
]

let trusting: Origin
let distrusting: Origin
beforeAll(async () => {
  trusting = await startOrigin({ TRUSTED_PROXIES: '127.0.0.1' })
  distrusting = await startOrigin()
}, 60_000)
afterAll(async () => {
  await trusting.stop()
  await distrusting.stop()
}, 60_000)

test('without a proxy the forwarding headers of a client are ignored', async () => {
  for (const { port } of [trusting, distrusting]) {
    expect(await seenBy(`http://127.0.0.1:${port}`)).toEqual({ address: client, scheme: 'http' })
  }
})

describe.each(installedCases().map((one) => [one.name, one] as const))('%s', (_, one) => {
  const running: RunningProxy[] = []
  afterAll(() => Promise.all(running.map((proxy) => proxy.stop())), 60_000)

  test('as a trusted proxy passes the real address and scheme on, unless its config passes client headers', async () => {
    const proxy = await startProxy(one, trusting.port)
    running.push(proxy)
    const real = { address: client, scheme: one.http2 ? 'https' : 'http' }
    const seen = await seenBy(proxy.url)
    if (passClientHeaders.includes(one.name)) expect(seen).not.toEqual(real)
    else expect(seen).toEqual(real)
  }, 60_000)

  test('as an untrusted proxy counts as the client', async () => {
    const proxy = await startProxy(one, distrusting.port)
    running.push(proxy)
    expect(await seenBy(proxy.url)).toEqual({ address: '127.0.0.1', scheme: 'http' })
  }, 60_000)
})
