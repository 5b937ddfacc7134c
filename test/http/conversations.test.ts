import { expect, test } from 'bun:test'
import { identifyByHeader } from '../support/identify-by-header.ts'
import { seedFlow } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'
import {
  containerTest,
  expectNothingLeft,
  makeServer,
  singleProcessTest,
} from '../support/test-server.ts'

expectNothingLeft()

type Listed = { conversations: { id: string; title: string }[]; next_cursor: string | null }

test('the API returns the current user and the models', async () => {
  const { get } = await makeServer()
  expect(await (await get('/api/user')).json()).toMatchObject({ id: 'local', name: 'You' })
  expect(await (await get('/api/models')).json()).toEqual({
    models: [{ id: 'offline', name: 'Offline model', default: true }],
  })
})

test('a conversation can be created, read, renamed and deleted', async () => {
  const { get, post, put, remove } = await makeServer()
  const created = await post('/api/conversations', {})
  expect(created.status).toBe(201)
  const path = created.headers.get('location') ?? ''
  expect(await (await get(path)).json()).toMatchObject({
    title: 'New conversation',
    model: 'offline',
    messages: [],
    runs: [],
  })
  const renamed = await put(path, { title: '  Night \n shift ' })
  expect(await renamed.json()).toMatchObject({ title: 'Night shift' })
  expect((await remove(path)).status).toBe(204)
  expect((await get(path)).status).toBe(404)
  expect((await remove(path)).status).toBe(404)
})

containerTest('the list has pages, newest first, with each conversation once', async () => {
  let at = 1000
  const { get, post } = await makeServer({}, { now: () => at })
  for (const title of ['a', 'b', 'c', 'd', 'e']) {
    // Two conversations have the same time: the cursor must distinguish them.
    if (title !== 'c') at += 1
    await post('/api/conversations', { title })
  }
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const response = await get(`/api/conversations?limit=2&cursor=${cursor}`)
    const page = (await response.json()) as Listed
    seen.push(...page.conversations.map(({ title }) => title))
    cursor = page.next_cursor
  }
  expect(seen.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(seen.at(0)).toBe('e')
  expect(seen.at(-1)).toBe('a')
})

test('a search matches titles and questions, and ignores % and _', async () => {
  const { get, post } = await makeServer()
  await post('/api/conversations', { title: 'Load 100% done' })
  const second = await post('/api/conversations', { title: 'Other' })
  await post(`${second.headers.get('location')}/messages`, { message: 'Is Databricks healthy?' })
  const find = async (q: string) => {
    const response = await get(`/api/conversations?q=${encodeURIComponent(q)}`)
    return ((await response.json()) as Listed).conversations.map(({ title }) => title)
  }
  expect(await find('100%')).toEqual(['Load 100% done'])
  expect(await find('databricks')).toEqual(['Other'])
  expect(await find('1__0')).toEqual([])
  expect(await find('%')).toEqual([])
})

test('a conversation of another user does not exist', async () => {
  const { get, post, put, remove } = await makeServer({}, { identify: identifyByHeader })
  const created = await post('/api/conversations', {}, { 'x-user': 'ann' })
  const path = created.headers.get('location') ?? ''
  const bob = { 'x-user': 'bob' }
  const run = crypto.randomUUID()
  const responses = await Promise.all([
    get(path, bob),
    put(path, { title: 'mine' }, bob),
    remove(path, undefined, bob),
    post(`${path}/messages`, { message: 'hello' }, bob),
    get(`${path}/thinking`, bob),
    get(`${path}/runs/${run}`, bob),
    post(`${path}/runs/${run}/stop`, undefined, bob),
    get(path.replace('/api', ''), bob),
    get(`${path.replace('/api', '')}/thinking?run=${run}`, bob),
  ])
  expect(responses.map(({ status }) => status)).toEqual(Array(9).fill(404))
  const listed = await get('/api/conversations', bob)
  expect(await listed.json()).toEqual({ conversations: [], next_cursor: null })
})

test('a request without an identity gets 401', async () => {
  const { get } = await makeServer({}, { identify: identifyByHeader })
  expect((await get('/api/conversations')).status).toBe(401)
  expect((await get('/')).status).toBe(401)
  expect((await get('/healthz')).status).toBe(200)
})

singleProcessTest('deleting a conversation stops its run', async () => {
  const { open, post, remove, status, model } = await makeServer({}, { script: () => 'hang' })
  const id = await open()
  const asked = post(`/api/conversations/${id}/messages`, { message: 'hello' })
  await until(() => model?.requests.length === 1, 'the model is called')
  expect((await remove(`/api/conversations/${id}`)).status).toBe(204)
  expect((await asked).status).toBe(404)
  expect(await status()).toEqual({ runs: 0, waiters: 0, streams: 0 })
})

containerTest(
  'a conversation whose model is no longer offered continues with the default model',
  async () => {
    const { open, post, get, store, model } = await makeServer({}, { script: seedFlow })
    const id = await open()
    await store.forOwner('local').updateConversation(id, { model: 'offline' })
    expect(await (await get(`/api/conversations/${id}`)).json()).toMatchObject({
      model: 'scripted',
    })
    await post(`/api/conversations/${id}/messages`, { message: 'What is open?' })
    expect(model?.requests.map((request) => request.model)).toEqual(Array(3).fill('scripted'))
  },
)

containerTest(
  'a request for an unknown host gets 421, unless ALLOWED_HOSTS contains the host',
  async () => {
    const { get } = await makeServer({ allowedHosts: ['ops.example.com'] })
    const ask = async (host: string) => (await get('/api/conversations', { host })).status
    for (const host of ['localhost:8000', '127.0.0.1', '[::1]:8000', 'OPS.example.com']) {
      expect([host, await ask(host)]).toEqual([host, 200])
    }
    expect(await ask('evil.example')).toBe(421)
    expect(await ask('localhost.evil.example')).toBe(421)
  },
)
