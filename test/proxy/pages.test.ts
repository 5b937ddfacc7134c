import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type RunningProxy, startProxy, type Way } from '../support/proxy-process.ts'
import { post } from '../support/proxy-run.ts'
import { installedCases, startWorld, type World } from '../support/proxy-world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 20_000)
afterAll(() => world.stop(), 20_000)

/** As a browser asks: it takes compressed answers. */
const browser = { 'accept-encoding': 'gzip, deflate, br', accept: 'text/html' }

/** What the page loads, in the order in which it names them. */
async function filesOf({ request }: Way): Promise<string[]> {
  const page = await (await request('/', { headers: browser })).text()
  return [...page.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)].flatMap(([, path]) => path ?? [])
}

describe.each(installedCases().map((one) => [one.name, one] as const))('%s', (_, one) => {
  let proxy: RunningProxy
  beforeAll(async () => {
    proxy = await startProxy(one, world.port)
  }, 60_000)
  afterAll(() => proxy.stop(), 20_000)

  test('brings a page whole, compressed, with its headers', async () => {
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

  test('brings the files of the page, to be kept for ever', async () => {
    const paths = await filesOf(proxy)
    expect(paths.length).toBeGreaterThan(3)
    for (const path of paths) {
      const expected = await world.direct.request(path, { headers: browser })
      const got = await proxy.request(path, { headers: browser })
      expect((await got.text()) === (await expected.text())).toBe(true)
      for (const name of ['content-type', 'cache-control', 'content-encoding', 'etag']) {
        expect(`${name}: ${got.headers.get(name)}`).toBe(`${name}: ${expected.headers.get(name)}`)
      }
      const plain = await proxy.request(path, { headers: { 'accept-encoding': 'identity' } })
      expect(plain.headers.get('content-encoding')).toBe(null)
      expect((await plain.text()) === (await (await world.direct.request(path)).text())).toBe(true)
      const known = { ...browser, 'if-none-match': got.headers.get('etag') ?? '' }
      expect((await proxy.request(path, { headers: known })).status).toBe(304)
    }
  })

  test('answers HEAD with a head, for a stream too', async () => {
    const { id } = (await (await post(proxy, '/api/conversations', {})).json()) as { id: string }
    for (const path of ['/', `/conversations/${id}/thinking`, ...(await filesOf(proxy))]) {
      const response = await proxy.request(path, { method: 'HEAD' })
      expect(response.status).toBe(200)
      expect(await response.text()).toBe('')
    }
  })

  test('lets the form of a browser through, and brings it to its conversation', async () => {
    const form = new URLSearchParams({ message: 'What is open?' })
    const origin = { origin: proxy.url, 'sec-fetch-site': 'same-origin' }
    const sent = await proxy.request('/conversations', {
      ...{ method: 'POST', headers: origin, body: form },
    })
    expect(sent.status).toBe(303)
    const where = new URL(sent.headers.get('location') ?? '', proxy.url)
    expect(where.origin).toBe(proxy.url)
    const page = await proxy.request(where.pathname, { headers: browser })
    expect(page.status).toBe(200)
    expect((await page.text()).includes('What is open?')).toBe(true)
  })

  test('passes errors on as they are', async () => {
    const path = `/api/conversations/${crypto.randomUUID()}`
    const missing = await proxy.request(path)
    expect(missing.status).toBe(404)
    expect(missing.headers.get('content-type')).toBe('application/problem+json')
    expect(((await missing.json()) as { code: string }).code).toBe('not_found')
    const large = await post(proxy, '/api/conversations', { title: 'x'.repeat(100_000) })
    expect(large.status).toBe(413)
  })
})
