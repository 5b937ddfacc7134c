import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { installedCases, type Origin, startOrigin } from '../support/proxy-origin.ts'
import { type Endpoint, type RunningProxy, startProxy } from '../support/proxy-process.ts'
import { post } from '../support/proxy-run.ts'

let origin: Origin
beforeAll(async () => {
  origin = await startOrigin()
}, 60_000)
afterAll(() => origin.stop(), 60_000)

/** The request headers of a browser, which accepts compressed responses. */
const browser = { 'accept-encoding': 'gzip, deflate, br', accept: 'text/html' }

/** The paths of the static files that the page loads, in document order. */
async function filesOf({ request }: Endpoint): Promise<string[]> {
  const page = await (await request('/', { headers: browser })).text()
  return [...page.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)].flatMap(([, path]) => path ?? [])
}

describe.each(installedCases().map((one) => [one.name, one] as const))('%s', (_, one) => {
  let proxy: RunningProxy
  beforeAll(async () => {
    proxy = await startProxy(one, origin.port)
  }, 60_000)
  afterAll(() => proxy.stop(), 60_000)

  test('delivers a complete page, compressed, with its headers', async () => {
    const response = await proxy.request('/', { headers: browser })
    const text = await response.text()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(response.headers.get('x-frame-options')).toBe('DENY')
    expect(text.slice(0, 15).toLowerCase()).toBe('<!doctype html>')
    expect(text.trimEnd().slice(-7)).toBe('</html>')
  })

  test('delivers the static files, cacheable for ever', async () => {
    const paths = await filesOf(proxy)
    expect(paths.length).toBeGreaterThan(3)
    for (const path of paths) {
      const expected = await origin.direct.request(path, { headers: browser })
      const got = await proxy.request(path, { headers: browser })
      expect((await got.text()) === (await expected.text())).toBe(true)
      for (const name of ['content-type', 'cache-control', 'content-encoding', 'etag']) {
        expect(`${name}: ${got.headers.get(name)}`).toBe(`${name}: ${expected.headers.get(name)}`)
      }
      const plain = await proxy.request(path, { headers: { 'accept-encoding': 'identity' } })
      expect(plain.headers.get('content-encoding')).toBe(null)
      expect((await plain.text()) === (await (await origin.direct.request(path)).text())).toBe(true)
      const conditional = { ...browser, 'if-none-match': got.headers.get('etag') ?? '' }
      expect((await proxy.request(path, { headers: conditional })).status).toBe(304)
    }
  })

  test('answers HEAD without a body, also for a stream', async () => {
    const { id } = (await (await post(proxy, '/api/conversations', {})).json()) as { id: string }
    for (const path of ['/', `/conversations/${id}/thinking`, ...(await filesOf(proxy))]) {
      const response = await proxy.request(path, { method: 'HEAD' })
      expect(response.status).toBe(200)
      expect(await response.text()).toBe('')
    }
  })

  test('passes a form of a browser on and redirects to its conversation', async () => {
    const form = new URLSearchParams({ message: 'What is open?' })
    const sameOrigin = { origin: proxy.url, 'sec-fetch-site': 'same-origin' }
    const sent = await proxy.request('/conversations', {
      method: 'POST',
      headers: sameOrigin,
      body: form,
    })
    expect(sent.status).toBe(303)
    const location = new URL(sent.headers.get('location') ?? '', proxy.url)
    expect(location.origin).toBe(proxy.url)
    const page = await proxy.request(location.pathname, { headers: browser })
    expect(page.status).toBe(200)
    expect((await page.text()).includes('What is open?')).toBe(true)
  })

  test('passes error responses on unchanged', async () => {
    const path = `/api/conversations/${crypto.randomUUID()}`
    const missing = await proxy.request(path)
    expect(missing.status).toBe(404)
    expect(missing.headers.get('content-type')).toBe('application/problem+json')
    expect(((await missing.json()) as { code: string }).code).toBe('not_found')
    const large = await post(proxy, '/api/conversations', { title: 'x'.repeat(100_000) })
    expect(large.status).toBe(413)
  })
})
