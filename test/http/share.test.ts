import { expect, test } from 'bun:test'
import { call, writing } from '../support/evidence.ts'
import { identifyByHeader } from '../support/identify-by-header.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'
import { hostile } from '../views/fixtures.ts'
import { forbidden, parse } from '../views/markup.ts'

expectNothingLeft()

const ann = { 'x-user': 'ann' }
const bob = { 'x-user': 'bob' }

const script = writing({
  ServiceNow: { calls: [call('list_change_requests')], text: `Five are open ${hostile}. [1]` },
})

async function shared(settings = {}, parts = {}) {
  const server = await makeServer(settings, { script, identify: identifyByHeader, ...parts })
  const id = await server.open(ann)
  const run = crypto.randomUUID()
  await server.post(`/api/conversations/${id}/messages`, { message: 'Secret?', run }, ann)
  const path = `/api/conversations/${id}/runs/${run}/share`
  const share = async () => {
    const response = await server.post(path, undefined, ann)
    expect(response.status).toBe(201)
    return (await response.json()) as { url: string; expires_at: string }
  }
  return { ...server, id, run, path, share }
}

test('another user reads a shared run, and nothing else of its owner', async () => {
  const { get, share, id, run } = await shared()
  const { url } = await share()
  const response = await get(url, bob)
  expect(response.status).toBe(200)
  const html = await response.text()
  for (const part of ['Secret?', 'Five are open', 'list_change_requests', 'Who was asked']) {
    expect(html).toContain(part)
  }
  expect(forbidden(html)).toEqual([])
  const tags = parse(html).elements.map(({ tag }) => tag)
  for (const tag of ['script', 'form', 'img', 'button']) expect(tags).not.toContain(tag)
  expect(html).not.toContain(id)
  expect(html).not.toMatch(/\bann\b/)
  expect(response.headers.get('x-robots-tag')).toBe('noindex')
  expect(response.headers.get('cache-control')).toBe('no-store')
  for (const path of [`/conversations/${id}`, `/conversations/${id}/runs/${run}/export`]) {
    expect((await get(path, bob)).status).toBe(404)
  }
})

test('a link cannot be guessed, and does not name the owner', async () => {
  const { share, get } = await shared()
  const { url } = await share()
  expect(url).toMatch(/^\/shared\/(?:[0-9a-f]{64}\.)?[\w-]{43}$/)
  const changed = url.slice(0, -1) + (url.endsWith('A') ? 'B' : 'A')
  for (const wrong of [changed, '/shared/x', `/shared/${'A'.repeat(43)}`, '/shared/%00']) {
    expect([wrong, (await get(wrong, bob)).status]).toEqual([wrong, 404])
  }
})

test('a link that is replaced or withdrawn shows nothing', async () => {
  const { share, get, path, remove } = await shared()
  const first = await share()
  const second = await share()
  expect((await get(first.url, bob)).status).toBe(404)
  expect((await get(second.url, bob)).status).toBe(200)
  expect(await (await get(path, ann)).json()).toEqual({ expires_at: second.expires_at })
  expect((await remove(path, undefined, ann)).status).toBe(204)
  expect((await get(second.url, bob)).status).toBe(404)
  expect((await get(path, ann)).status).toBe(404)
})

test('a link ends with its conversation', async () => {
  const { share, get, remove, id } = await shared()
  const { url } = await share()
  await remove(`/api/conversations/${id}`, undefined, ann)
  expect((await get(url, bob)).status).toBe(404)
})

containerTest('a link expires', async () => {
  let now = Date.now()
  const { share, get } = await shared({ shareDays: 2 }, { now: () => now })
  const { url, expires_at } = await share()
  expect(Date.parse(expires_at)).toBe(now + 2 * 86_400_000)
  now += 2 * 86_400_000 - 1
  expect((await get(url, bob)).status).toBe(200)
  now += 1
  expect((await get(url, bob)).status).toBe(404)
})

test('only the owner shares a run', async () => {
  const { path, post, get, remove, id } = await shared()
  expect((await post(path, undefined, bob)).status).toBe(404)
  expect((await get(path, bob)).status).toBe(404)
  expect((await remove(path, undefined, bob)).status).toBe(404)
  const unknown = `/api/conversations/${id}/runs/${crypto.randomUUID()}/share`
  expect((await post(unknown, undefined, ann)).status).toBe(404)
})

test('SHARE decides who reads a shared run', async () => {
  const users = await shared({ share: 'users' })
  expect((await users.get((await users.share()).url)).status).toBe(401)
  const anyone = await shared({ share: 'anyone' })
  expect((await anyone.get((await anyone.share()).url)).status).toBe(200)
  const off = await shared({ share: 'off' })
  expect((await off.post(off.path, undefined, ann)).status).toBe(404)
  expect(await (await off.get(`/conversations/${off.id}`, ann)).text()).not.toContain('/share"')
})

test('the page creates, shows and withdraws a link, also without JavaScript', async () => {
  const { get, request, id, run } = await shared()
  const path = `/conversations/${id}/runs/${run}/share`
  expect(await (await get(`/conversations/${id}`, ann)).text()).toContain(`href="${path}"`)
  const send = (to: string, headers = {}) =>
    request(to, { method: 'POST', headers: { ...ann, ...headers } })
  const page = await (await get(path, ann)).text()
  expect(page).toContain('Create a link')
  const created = await (await send(path, { 'hx-request': 'true' })).text()
  expect(created).toStartWith('<section class="share"')
  const url = /href="(\/shared\/[^"]+)"/.exec(created)?.[1] ?? ''
  expect((await get(url, bob)).status).toBe(200)
  const later = await (await get(path, ann)).text()
  expect(later).toContain('Withdraw the link')
  expect(later).not.toContain('/shared/')
  expect(await (await send(`${path}/withdraw`)).text()).toContain('Create a link')
  expect((await get(url, bob)).status).toBe(404)
})
