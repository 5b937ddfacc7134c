import { expect, test } from 'bun:test'
import { fixesFor, knownProxies, recogniseProxies } from '../../src/doctor/proxies.ts'
import type { Check, Finding } from '../../src/doctor/report.ts'

const namesOf = (response: Record<string, string>, requestHeaders: string[] = []) =>
  recogniseProxies([new Headers(response)], requestHeaders).map(({ name }) => name)

const broken = (check: Check): Finding => ({ check, verdict: 'broken', says: '', values: {} })

test.each([
  ['nginx', { server: 'nginx' }],
  ['nginx', { server: 'openresty/1.25.3.1' }],
  ['Apache httpd', { server: 'Apache/2.4.62 (Debian)' }],
  ['Caddy', { via: '1.1 Caddy' }],
  ['Envoy or Istio', { server: 'istio-envoy' }],
  ['Envoy or Istio', { 'x-envoy-upstream-service-time': '3' }],
  ['Varnish', { 'x-varnish': '32770', via: '1.1 varnish (Varnish/7.1)' }],
  ['Squid', { 'x-cache': 'MISS from squid.local' }],
  ['IIS with ARR, or Azure App Service', { 'set-cookie': 'ARRAffinity=abc; HttpOnly' }],
  ['IIS with ARR, or Azure App Service', { 'x-powered-by': 'ASP.NET' }],
  ['Azure Application Gateway', { 'set-cookie': 'ApplicationGatewayAffinity=abc' }],
  ['Azure Front Door', { 'x-azure-ref': '0abc' }],
  ['AWS Application Load Balancer', { 'set-cookie': 'AWSALB=abc' }],
  ['Amazon CloudFront', { 'x-amz-cf-id': 'abc' }],
  ['Cloudflare', { 'cf-ray': '8a-FRA', server: 'cloudflare' }],
  ['Google Cloud load balancer', { via: '1.1 google' }],
  ['Google Cloud Run', { server: 'Google Frontend' }],
  ['Heroku', { via: '1.1 vegur' }],
  ['Fly.io', { 'fly-request-id': '01J' }],
])('%s is recognised by %o', (name, response) => {
  expect(namesOf(response)).toEqual([name])
})

test.each([
  ['Envoy or Istio', ['x-envoy-internal']],
  ['Varnish', ['x-varnish']],
  ['Azure Application Gateway', ['x-original-host']],
  ['AWS Application Load Balancer', ['x-amzn-trace-id']],
  ['Cloudflare', ['cf-connecting-ip']],
])('%s is recognised by the request headers %p', (name, requestHeaders) => {
  expect(namesOf({}, requestHeaders)).toEqual([name])
})

test('Apache and Traefik both add x-forwarded-server, but only Traefik adds x-real-ip', () => {
  const both = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-server']
  expect(namesOf({ server: 'Apache' }, both)).toEqual(['Apache httpd'])
  expect(namesOf({}, [...both, 'x-forwarded-port', 'x-real-ip'])).toEqual([
    'Traefik (by the headers that it adds)',
  ])
})

test('headers of OpsAgent itself match no proxy', () => {
  expect(namesOf({ 'content-type': 'application/json', date: 'now' })).toEqual([])
})

test.each([
  [{ 'set-cookie': 'ARRAffinity=secret; Path=/' }, 'set-cookie: ARRAffinity'],
  [{ 'x-azure-ref': 'secret' }, 'x-azure-ref'],
  [{ server: 'nginx/1.22.1' }, 'server: nginx/1.22.1'],
])('the evidence for %o shows no cookie value and no request id', (response, seenBy) => {
  const [proxy] = recogniseProxies([new Headers(response)], [])
  expect(proxy?.seenBy).toBe(seenBy)
})

test('the value of a cookie cannot match', () => {
  expect(namesOf({ 'set-cookie': 'session=ARRAffinity' })).toEqual([])
})

test('two recognised proxies both get a fix, without advice on how to find the proxy', () => {
  const proxies = recogniseProxies([new Headers({ server: 'nginx', 'cf-ray': '8a' })], [])
  const fixes = fixesFor([broken('buffered')], proxies)
  expect(fixes.map(({ proxy }) => proxy)).toEqual(['nginx', 'Cloudflare'])
})

test('one time-out that causes two findings is one fix', () => {
  const proxies = recogniseProxies([new Headers({ server: 'nginx' })], [])
  const fixes = fixesFor([broken('cut'), broken('post_wait')], proxies)
  expect(fixes.map(({ checks, proxy }) => [checks, proxy])).toEqual([
    [['cut', 'post_wait'], 'nginx'],
    [['post_wait'], undefined],
  ])
  expect(fixes[1]?.says).toContain('ANSWER_WAIT_SECONDS')
})

test.each(Object.entries(knownProxies))('%s has a header and a fix', (_, proxy) => {
  const { response, request, ...fixes } = proxy
  expect(response ?? request).toBeDefined()
  expect(Object.keys(fixes).length).toBeGreaterThan(0)
})

test('a proxy without a fix for one finding gets the general fix, and is not searched for', () => {
  const proxies = recogniseProxies([new Headers({ server: 'nginx' })], [])
  const fixes = fixesFor([broken('buffered'), broken('processes')], proxies)
  expect(fixes.map(({ checks, proxy }) => [checks, proxy])).toEqual([
    [['buffered'], 'nginx'],
    [['processes'], undefined],
  ])
})
