import { expect, test } from 'bun:test'
import {
  addressList,
  neighbourhoodOf,
  readAddress,
  writeAddress,
} from '../../src/http/network/address.ts'
import type { ProxyHeaders } from '../../src/http/network/forwarded.ts'
import { trustProxies } from '../../src/http/network/proxy-trust.ts'
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
])('the address %s is %s', (text, written) => {
  const address = readAddress(text)
  expect(address && writeAddress(address)).toBe(written)
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
])('%p is no address', (text) => {
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
])('%s holds %s: %p', (network, text, held) => {
  const address = readAddress(text)
  expect(address && addressList([network])(address)).toBe(held)
})

test.each(['10.0.0.0/33', 'fd00::/129', '10.0.0.0/x', '10.0.0.0/-1', '::ffff:10.0.0.0/8', 'proxy'])(
  '%s is no network',
  (network) => {
    expect(() => addressList([network])).toThrow()
  },
)

test('neighbours in IPv6 share their first half, in IPv4 there are none', () => {
  expect(neighbourhoodOf('2001:db8::1')).toBe(neighbourhoodOf('2001:db8::ffff:1'))
  expect(neighbourhoodOf('2001:db8::1')).not.toBe(neighbourhoodOf('2001:db8:0:1::1'))
  expect(neighbourhoodOf('192.0.2.1')).not.toBe(neighbourhoodOf('192.0.2.2'))
})

const trusted = ['10.0.0.0/8', 'fd00::/8']

/** How a request from `peer` with these headers is taken. */
function arrive(peer: string, headers: Record<string, string>, proxyHeaders: ProxyHeaders) {
  const readArrival = trustProxies({
    ...{ trustedProxies: trusted, proxyHeaders },
    remoteAddress: () => peer,
  })
  const { address, scheme, host } = readArrival(
    new Request('http://inner:8000/', { headers: { host: 'inner:8000', ...headers } }),
  )
  return `${scheme}://${host} ${address}`
}

test.each([
  ['nobody in between', '203.0.113.9', {}, 'http://inner:8000 203.0.113.9'],
  [
    'a stranger who claims all',
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
    'a client that put something in front',
    '10.0.0.1',
    { for: '1.1.1.1, 192.0.2.1', proto: 'http, https', host: 'evil.example, ops.example' },
    'https://ops.example 192.0.2.1',
  ],
  [
    'two proxies, each adding',
    '10.0.0.1',
    { for: '192.0.2.1, 10.0.0.2', proto: 'https, http', host: 'ops.example, middle' },
    'https://ops.example 192.0.2.1',
  ],
  [
    'two proxies, the outer saying the scheme',
    '10.0.0.1',
    { for: '192.0.2.1, 10.0.0.2', proto: 'https' },
    'https://inner:8000 192.0.2.1',
  ],
  [
    'a client that claims to be a proxy',
    '10.0.0.1',
    { for: '1.1.1.1, 10.0.0.9, 192.0.2.1, 10.0.0.2' },
    'http://inner:8000 192.0.2.1',
  ],
  ['proxies alone', '10.0.0.1', { for: '10.0.0.3, 10.0.0.2' }, 'http://inner:8000 10.0.0.3'],
  ['only the scheme', '10.0.0.1', { proto: 'https' }, 'https://inner:8000 10.0.0.1'],
  [
    'an address before one that is hidden',
    '10.0.0.1',
    { for: '1.1.1.1, unknown' },
    'http://inner:8000 10.0.0.1',
  ],
  ['nothing that helps', '10.0.0.1', { for: 'unknown' }, 'http://inner:8000 10.0.0.1'],
  [
    'nonsense',
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
    'a stranger',
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
    'capitals, quotes, spaces and what we do not know',
    '10.0.0.1',
    'By=_me; For="[2001:db8::9]:4711" ;PROTO="https";\thost="ops.example:8443";x=y',
    'https://ops.example:8443 2001:db8::9',
  ],
  [
    'a chain with a client that put something in front',
    '10.0.0.1',
    'for=1.1.1.1;host=evil.example, for=192.0.2.1;proto=https, for=10.0.0.2;proto=http',
    'https://inner:8000 192.0.2.1',
  ],
  ['an address that is hidden', '10.0.0.1', 'for=_x;proto=https', 'https://inner:8000 10.0.0.1'],
  [
    'a quote that the client left open',
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
    'a quote that the client left open behind an address',
    '10.0.0.1',
    'for=1.1.1.1, for=", for=192.0.2.1',
    'http://inner:8000 10.0.0.1',
  ],
  ['an empty element', '10.0.0.1', ', ,for=192.0.2.1', 'http://inner:8000 192.0.2.1'],
])('Forwarded: %s', (_, peer, forwarded, arrival) => {
  expect(arrive(peer, { forwarded }, 'forwarded')).toBe(arrival)
})

test('the header that the proxy does not set is the client’s, and does not count', () => {
  const x = { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https' }
  const forwarded = { forwarded: 'for=198.51.100.7;proto=https;host=evil.example' }
  expect(arrive('10.0.0.1', { ...x, ...forwarded }, 'x-forwarded')).toBe(
    'https://inner:8000 192.0.2.1',
  )
  expect(arrive('10.0.0.1', { ...x, ...forwarded }, 'forwarded')).toBe(
    'https://evil.example 198.51.100.7',
  )
})

test('a long header is read in no time', () => {
  const begun = performance.now()
  arrive('10.0.0.1', { forwarded: `${'for="\\'.repeat(20_000)}` }, 'forwarded')
  arrive('10.0.0.1', { forwarded: `${' '.repeat(100_000)}=` }, 'forwarded')
  arrive('10.0.0.1', { 'x-forwarded-for': '10.0.0.1,'.repeat(20_000) }, 'x-forwarded')
  expect(performance.now() - begun).toBeLessThan(1000)
})

/** A server behind one proxy; a test says by a header from where it asks. */
const proxied = (parts = {}) =>
  makeServer(
    { trustedProxies: ['10.0.0.1'] },
    { remoteAddress: (request) => request.headers.get('x-test-peer') ?? '10.0.0.1', ...parts },
  )

test('over TLS the cookie is Secure and browsers are told to stay with it; else neither', async () => {
  const { get } = await proxied()
  const { headers: safe } = await get('/', { 'x-forwarded-proto': 'https' })
  expect(safe.get('set-cookie')).toContain('; Secure')
  expect(safe.get('strict-transport-security')).toBe('max-age=31536000')
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

test('a failure is logged with the address of the one who asked', async () => {
  const { get, logged, store } = await proxied()
  store.listConversations = () => {
    throw new Error('broken')
  }
  await get('/api/conversations', { 'x-forwarded-for': '192.0.2.1' })
  expect(logged[0]?.message).toEndWith(' from 192.0.2.1')
  const spoofed = { 'x-forwarded-for': '192.0.2.1', 'x-test-peer': '203.0.113.9' }
  await get('/api/conversations', spoofed)
  expect(logged[1]?.message).toEndWith(' from 203.0.113.9')
})

test('a refusal and a missing page have the headers of a page, a stream has its own', async () => {
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
