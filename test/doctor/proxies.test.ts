import { expect, test } from 'bun:test'
import { fixesFor } from '../../src/doctor/fixes.ts'
import { platformTable } from '../../src/doctor/platform-table.ts'
import { recogniseProxies } from '../../src/doctor/proxies.ts'
import { proxyTable } from '../../src/doctor/proxy-table.ts'

const seen = (answer: Record<string, string>, arrived: string[] = []) =>
  recogniseProxies({ answers: [new Headers(answer)], arrived }).map(({ name }) => name)

test.each([
  ['nginx', { server: 'nginx' }],
  ['nginx', { server: 'openresty/1.25.3.1' }],
  ['Apache httpd', { server: 'Apache/2.4.62 (Debian)' }],
  ['Caddy', { via: '1.1 Caddy' }],
  ['Envoy or Istio', { server: 'istio-envoy' }],
  ['Varnish', { 'x-varnish': '32770', via: '1.1 varnish (Varnish/7.1)' }],
  ['Squid', { 'x-cache': 'MISS from squid.local' }],
  ['IIS with ARR, or Azure App Service', { 'set-cookie': 'ARRAffinity=abc; HttpOnly' }],
  ['Azure Application Gateway', { 'set-cookie': 'ApplicationGatewayAffinity=abc' }],
  ['Azure Front Door', { 'x-azure-ref': '0abc' }],
  ['AWS Application Load Balancer', { 'set-cookie': 'AWSALB=abc' }],
  ['Amazon CloudFront', { 'x-amz-cf-id': 'abc' }],
  ['Cloudflare', { 'cf-ray': '8a-FRA', server: 'cloudflare' }],
  ['Google Cloud load balancer', { via: '1.1 google' }],
  ['Google Cloud Run', { server: 'Google Frontend' }],
  ['Heroku', { via: '1.1 vegur' }],
  ['Fly.io', { 'fly-request-id': '01J' }],
])('%s is recognised by %o', (name, answer) => {
  expect(seen(answer)).toEqual([name])
})

test('Apache and Traefik add the same header to requests, but Traefik adds more', () => {
  const both = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-server']
  expect(seen({ server: 'Apache' }, both)).toEqual(['Apache httpd'])
  expect(seen({}, [...both, 'x-forwarded-port', 'x-real-ip'])).toEqual([
    'Traefik (by the headers that it adds)',
  ])
})

test('OpsAgent itself is taken for no proxy', () => {
  expect(seen({ 'content-type': 'application/json', date: 'now' })).toEqual([])
})

test('the value of a cookie is not told', () => {
  const answers = [new Headers({ 'set-cookie': 'ARRAffinity=secret; Path=/' })]
  const [proxy] = recogniseProxies({ answers, arrived: [] })
  expect(proxy?.seenBy).toBe('set-cookie: ARRAffinity')
})

test('with two proxies in a row, both are told what to change, and nobody else is looked for', () => {
  const answers = [new Headers({ server: 'nginx', 'cf-ray': '8a' })]
  const proxies = recogniseProxies({ answers, arrived: [] })
  const fixes = fixesFor([{ check: 'buffered', verdict: 'broken', says: '', values: {} }], proxies)
  expect(fixes.map(({ proxy }) => proxy)).toEqual(['nginx', 'Cloudflare'])
})

test('every proxy has a name of its own and something to change', () => {
  const all = [...proxyTable, ...platformTable]
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
  for (const { fixes } of all) expect(Object.keys(fixes).length).toBeGreaterThan(0)
})
