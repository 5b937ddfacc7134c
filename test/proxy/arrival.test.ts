import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type RunningProxy, startProxy } from '../support/proxy-process.ts'
import { installedCases, startWorld, type World } from '../support/proxy-world.ts'

// The proxies ask from 127.0.0.1, the client from an address of its own: that is how they are told apart.
const client = '127.0.0.9'
const lies = ['X-Forwarded-For: 203.0.113.9', 'X-Forwarded-Proto: https', 'X-Real-IP: 203.0.113.9']

/** Asks what the server takes a client for, from the client's own address, with headers that lie. */
async function seenBy(url: string): Promise<unknown> {
  const headers = lies.flatMap((line) => ['-H', line])
  const command = ['curl', '-sSk', '--interface', client, ...headers, `${url}/doctor/echo`]
  const child = Bun.spawn(command, { stdout: 'pipe', stderr: 'inherit' })
  return ((await new Response(child.stdout).json()) as { seen: unknown }).seen
}

/** Configs that were written without a thought of who asks: they pass on what clients claim, and must not be trusted. */
const careless = [
  'nginx as it comes (HTTP/1.0 upstream)',
  'nginx with gzip on everything',
  'nginx behind nginx',
  'Apache httpd with deflate on everything',
  'Varnish as it comes',
]

let trusting: World
let wary: World
beforeAll(async () => {
  trusting = await startWorld({ TRUSTED_PROXIES: '127.0.0.1' })
  wary = await startWorld()
}, 20_000)
afterAll(async () => {
  await trusting.stop()
  await wary.stop()
}, 20_000)

test('without a proxy what a client says of itself is not believed', async () => {
  for (const { port } of [trusting, wary]) {
    expect(await seenBy(`http://127.0.0.1:${port}`)).toEqual({ address: client, scheme: 'http' })
  }
})

describe.each(installedCases().map((one) => [one.name, one] as const))('%s', (_, one) => {
  const running: RunningProxy[] = []
  afterAll(() => Promise.all(running.map((proxy) => proxy.stop())), 20_000)

  test('tells who asks and by which scheme, if it is trusted and deserves it', async () => {
    const proxy = await startProxy(one, trusting.port)
    running.push(proxy)
    const honest = { address: client, scheme: one.http2 ? 'https' : 'http' }
    const seen = await seenBy(proxy.url)
    if (careless.includes(one.name)) expect(seen).not.toEqual(honest)
    else expect(seen).toEqual(honest)
  }, 60_000)

  test('is taken for the client itself, if it is not', async () => {
    const proxy = await startProxy(one, wary.port)
    running.push(proxy)
    expect(await seenBy(proxy.url)).toEqual({ address: '127.0.0.1', scheme: 'http' })
  }, 60_000)
})
