import { expect, test } from 'bun:test'
import {
  isLoopbackHost,
  networkMatcher,
  readAddress,
  subscriberNetwork,
} from '../../src/http/network/address.ts'
import type { ProxyHeaders } from '../../src/http/network/forwarded.ts'
import { trustProxies } from '../../src/http/network/proxy-trust.ts'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import { replaceCalls } from '../support/faulty-store.ts'
import { cpuTimeMs } from '../support/longest-stall.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['192.0.2.1:4711', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:c000:201', '192.0.2.1'],
  ['2001:DB8:0:0::1', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:4711', '2001:db8::1'],
  ['::1', '::1'],
  ['fe80::1%eth0', 'fe80::1'],
])('the address %s is read as %s', (text, written) => {
  expect(String(readAddress(text))).toBe(written)
})

test.each([
  '',
  'unknown',
  '_hidden',
  '192.0.2',
  '192.0.2.256',
  '1.2.3.4.5',
  '::1::',
  'fe80',
  '[::1',
  '10.1',
  '167772161',
  '010.0.0.1',
  '0x0a.0.0.1',
  '::10.0.0.1',
])('%p is not an address', (text) => {
  expect(readAddress(text)).toBeUndefined()
})

test.each([
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.1.2.3/8', '10.9.9.9', true],
  ['192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.2', false],
  ['192.0.2.1/32', '192.0.2.1', true],
  ['192.0.2.0/31', '192.0.2.2', false],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['::/0', '2001:db8::1', true],
  ['::/0', '203.0.113.9', false],
  ['fd00::/8', 'fdff::1', true],
  ['fd00::/8', 'fe00::1', false],
  ['2001:db8::/33', '2001:db8:8000::', false],
  ['10.0.0.0/8', '::ffff:10.0.0.1', true],
  ['::ffff:10.0.0.0/104', '10.200.0.1', true],
  ['::ffff:10.0.0.0/104', '11.0.0.1', false],
  ['::ffff:10.0.0.1', '10.0.0.1', true],
])('the network %s contains %s: %p', (network, text, contained) => {
  const address = readAddress(text)
  expect(address && networkMatcher([network])(address)).toBe(contained)
})

test.each([
  '',
  'proxy',
  '10.0.0.0/',
  '10.0.0.0/33',
  '10.0.0.0/x',
  '10.0.0.0/-1',
  '10.0.0.0/8/9',
  '010.0.0.0/8',
  'fd00::/129',
  '::ffff:10.0.0.0/8',
])('the server does not start with %p in TRUSTED_PROXIES', async (entry) => {
  const starting = makeServer({ trustedProxies: ['10.0.0.1', entry] })
  await expect(starting).rejects.toMatchObject({ code: 'bad_setting' })
  await expect(starting).rejects.toThrow(
    `TRUSTED_PROXIES: ${entry} is not an address or a network such as 10.0.0.0/8.`,
  )
})

test.each([
  ['localhost', true],
  ['LOCALHOST:8000', true],
  ['127.0.0.1', true],
  ['127.9.9.9:8000', true],
  ['::1', true],
  ['[::1]', true],
  ['[::1]:8000', true],
  ['', false],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['127.0.0.256', false],
  ['127.0.0.1.example.com', false],
  ['localhost.example.com', false],
  ['evil.example:8000', false],
])('the host %p is a loopback host: %p', (host, isLoopback) => {
  expect(isLoopbackHost(host)).toBe(isLoopback)
})

test('a subscriber network is one IPv4 address or an IPv6 /64', () => {
  expect(subscriberNetwork('2001:db8::1')).toBe(subscriberNetwork('2001:db8::ffff:1'))
  expect(subscriberNetwork('2001:db8::1')).not.toBe(subscriberNetwork('2001:db8:0:1::1'))
  expect(subscriberNetwork('192.0.2.1')).not.toBe(subscriberNetwork('192.0.2.2'))
})

const trusted = ['10.0.0.0/8', 'fd00::/8']

/** Returns the scheme, host and client address of a request from `peer` with these headers. */
function arrive(peer: string, headers: Record<string, string>, proxyHeaders: ProxyHeaders) {
  const readArrival = trustProxies({
    trustedProxies: trusted,
    proxyHeaders,
    remoteAddress: () => peer,
  })
  const { address, scheme, host } = readArrival(
    new Request('http://inner:8000/', { headers: { host: 'inner:8000', ...headers } }),
  )
  return `${scheme}://${host} ${address}`
}

test.each([
  ['no proxy', '203.0.113.9', {}, 'http://inner:8000 203.0.113.9'],
  [
    'a peer that is not trusted',
    '203.0.113.9',
    { for: '192.0.2.1', proto: 'https', host: 'ops.example' },
    'http://inner:8000 203.0.113.9',
  ],
  [
    'one proxy',
    '10.0.0.1',
    { for: '192.0.2.1', proto: 'https', host: 'ops.example' },
    'https://ops.example 192.0.2.1',
  ],
  [
    'one proxy over IPv4 mapped into IPv6',
    '::ffff:10.0.0.1',
    { for: '192.0.2.1', proto: 'https' },
    'https://inner:8000 192.0.2.1',
  ],
  [
    'one proxy over IPv6, with ports',
    'fd00::1',
    { for: '[2001:db8::9]:4711', proto: 'https', host: 'ops.example:8443' },
    'https://ops.example:8443 2001:db8::9',
  ],
  [
    'a client that forges the first hop',
    '10.0.0.1',
    { for: '1.1.1.1, 192.0.2.1', proto: 'http, https', host: 'evil.example, ops.example' },
    'https://ops.example 192.0.2.1',
  ],
  [
    'two proxies that append',
    '10.0.0.1',
    { for: '192.0.2.1, 10.0.0.2', proto: 'https, http', host: 'ops.example, middle' },
    'https://ops.example 192.0.2.1',
  ],
  [
    'two proxies, the outer one reporting the scheme',
    '10.0.0.1',
    { for: '192.0.2.1, 10.0.0.2', proto: 'https' },
    'https://inner:8000 192.0.2.1',
  ],
  [
    'a client that forges a trusted proxy',
    '10.0.0.1',
    { for: '1.1.1.1, 10.0.0.9, 192.0.2.1, 10.0.0.2' },
    'http://inner:8000 192.0.2.1',
  ],
  ['trusted proxies only', '10.0.0.1', { for: '10.0.0.3, 10.0.0.2' }, 'http://inner:8000 10.0.0.3'],
  ['the scheme only', '10.0.0.1', { proto: 'https' }, 'https://inner:8000 10.0.0.1'],
  [
    'an address before a hidden one',
    '10.0.0.1',
    { for: '1.1.1.1, unknown' },
    'http://inner:8000 10.0.0.1',
  ],
  ['a hidden address', '10.0.0.1', { for: 'unknown' }, 'http://inner:8000 10.0.0.1'],
  [
    'invalid values',
    '10.0.0.1',
    { for: '<x>', proto: 'ftp', host: 'a b/c' },
    'http://inner:8000 10.0.0.1',
  ],
])('X-Forwarded: %s', (_, peer, given, arrival) => {
  const headers = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [`x-forwarded-${name}`, value]),
  )
  expect(arrive(peer, headers, 'x-forwarded')).toBe(arrival)
})

test.each([
  [
    'a peer that is not trusted',
    '203.0.113.9',
    'for=192.0.2.1;proto=https;host=ops.example',
    'http://inner:8000 203.0.113.9',
  ],
  [
    'one proxy',
    '10.0.0.1',
    'for=192.0.2.1;proto=https;host=ops.example',
    'https://ops.example 192.0.2.1',
  ],
  [
    'capitals, quotes, spaces and unknown parameters',
    '10.0.0.1',
    'By=_me; For="[2001:db8::9]:4711" ;PROTO="https";\thost="ops.example:8443";x=y',
    'https://ops.example:8443 2001:db8::9',
  ],
  [
    'two proxies and a client that forges the first hop',
    '10.0.0.1',
    'for=1.1.1.1;host=evil.example, for=192.0.2.1;proto=https, for=10.0.0.2;proto=http',
    'https://inner:8000 192.0.2.1',
  ],
  ['a hidden address', '10.0.0.1', 'for=_x;proto=https', 'https://inner:8000 10.0.0.1'],
  [
    'a quote that the client leaves open',
    '10.0.0.1',
    'for=", for=192.0.2.1',
    'http://inner:8000 10.0.0.1',
  ],
  [
    'a quote that the proxy closes',
    '10.0.0.1',
    'for="1.1.1.1, for="[2001:db8::9]";proto=https',
    'http://inner:8000 10.0.0.1',
  ],
  [
    'a quote that the client leaves open after an address',
    '10.0.0.1',
    'for=1.1.1.1, for=", for=192.0.2.1',
    'http://inner:8000 10.0.0.1',
  ],
  ['empty elements at the start', '10.0.0.1', ', ,for=192.0.2.1', 'http://inner:8000 192.0.2.1'],
  ['a port without quotes', '10.0.0.1', 'for=192.0.2.1:4711', 'http://inner:8000 10.0.0.1'],
])('Forwarded: %s', (_, peer, forwarded, arrival) => {
  expect(arrive(peer, { forwarded }, 'forwarded')).toBe(arrival)
})

test('only the kind of header that PROXY_HEADERS names counts', () => {
  const x = { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https' }
  const forwarded = { forwarded: 'for=198.51.100.7;proto=https;host=evil.example' }
  expect(arrive('10.0.0.1', { ...x, ...forwarded }, 'x-forwarded')).toBe(
    'https://inner:8000 192.0.2.1',
  )
  expect(arrive('10.0.0.1', { ...x, ...forwarded }, 'forwarded')).toBe(
    'https://evil.example 198.51.100.7',
  )
})

test('a long header is read in linear time', () => {
  const startedAt = cpuTimeMs()
  arrive('10.0.0.1', { forwarded: `${'for="\\'.repeat(20_000)}` }, 'forwarded')
  arrive('10.0.0.1', { forwarded: `${' '.repeat(100_000)}=` }, 'forwarded')
  arrive('10.0.0.1', { 'x-forwarded-for': '10.0.0.1,'.repeat(20_000) }, 'x-forwarded')
  expect(cpuTimeMs() - startedAt).toBeLessThan(1000)
})

/** A server behind one proxy. It takes its peer address from a test header. */
const makeProxied = (parts = {}) =>
  makeServer(
    { trustedProxies: ['10.0.0.1'] },
    { remoteAddress: (request) => request.headers.get('x-test-peer') ?? '10.0.0.1', ...parts },
  )

test('behind TLS the cookie is Secure and responses have HSTS, otherwise neither', async () => {
  const { get } = await makeProxied()
  const { headers: overTls } = await get('/', { 'x-forwarded-proto': 'https' })
  expect(overTls.get('set-cookie')).toContain('; Secure')
  expect(overTls.get('strict-transport-security')).toBe('max-age=31536000')
  for (const headers of [
    { 'x-forwarded-proto': 'http' },
    { 'x-forwarded-proto': 'https', 'x-test-peer': '203.0.113.9' },
    {},
  ]) {
    const { headers: plain } = await get('/', headers)
    expect(plain.get('set-cookie')).not.toContain('Secure')
    expect(plain.get('strict-transport-security')).toBeNull()
  }
})

test('an unexpected failure is logged with the address of the client', async () => {
  const store = replaceCalls(openSqliteStore(':memory:'), () => ({
    async listConversations() {
      throw new Error('broken')
    },
  }))
  const { get, logged } = await makeProxied({ store })
  await get('/api/conversations', { 'x-forwarded-for': '192.0.2.1' })
  expect(logged[0]?.message).toEndWith(' from 192.0.2.1')
  const spoofed = { 'x-forwarded-for': '192.0.2.1', 'x-test-peer': '203.0.113.9' }
  await get('/api/conversations', spoofed)
  expect(logged[1]?.message).toEndWith(' from 203.0.113.9')
})

test('error pages have the page headers, and streams have their own', async () => {
  const { get, open } = await makeServer()
  expect((await get('/nothing')).headers.get('content-security-policy')).toBeTruthy()
  const stream = await get(`/api/conversations/${await open()}/thinking`)
  expect([...stream.headers.keys()].sort()).toEqual([
    'cache-control',
    'content-type',
    'x-accel-buffering',
    'x-content-type-options',
  ])
  await stream.body?.cancel()
})

test('a name in ALLOWED_HOSTS matches in any case', async () => {
  const { get } = await makeServer({ allowedHosts: ['Ops.example'] })
  expect((await get('/', { host: 'ops.example' })).status).toBe(200)
  expect((await get('/', { host: 'OPS.EXAMPLE' })).status).toBe(200)
  expect((await get('/', { host: 'evil.example' })).status).toBe(421)
})
