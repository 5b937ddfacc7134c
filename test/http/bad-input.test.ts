import { expect, test } from 'bun:test'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import { replaceCalls } from '../support/faulty-store.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const server = () => makeServer({ maxMessageBytes: 100, maxBodyBytes: 2048 })
const json = { 'content-type': 'application/json' }

type Problem = { status: number; title: string; code: string; field?: string; request_id: string }

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = (await response.json()) as Problem
  expect(problem.status).toBe(response.status)
  expect(problem.request_id).toMatch(/^[0-9a-f-]{36}$/)
  return problem
}

test.each([
  ['an empty message', { message: '' }, 400, 'message', 'Message: must not be empty.'],
  ['a message of spaces', { message: ' \n\t' }, 400, 'message', 'Message: must not be empty.'],
  ['no message', {}, 400, 'message', /^Message: /],
  ['a message of another type', { message: 7 }, 400, 'message', /expected string/],
  ['a message that is too long', { message: 'ü'.repeat(51) }, 413, 'message', /100 bytes/],
  ['a run that is not a UUID', { message: 'x', run: 'r1' }, 400, 'run', 'Run: must be a UUID.'],
  ['a body that is not an object', ['x'], 400, '', /expected object/i],
])('%s is refused, and the problem names the field', async (_, body, status, field, title) => {
  const { open, post } = await server()
  const problem = await problemOf(await post(`/api/conversations/${await open()}/messages`, body))
  expect(problem.status).toBe(status)
  expect(problem.field ?? '').toBe(field)
  if (typeof title === 'string') expect(problem.title).toBe(title)
  else expect(problem.title).toMatch(title)
})

test.each([
  ['incomplete JSON', '{"message": "x', json, 400],
  ['no body', '', json, 400],
  ['another content type', 'message=x', { 'content-type': 'application/xml' }, 415],
  ['no content type', 'message=x', { 'content-type': '' }, 415],
])('%s is refused', async (_, body, headers, status) => {
  const { request, open } = await server()
  const path = `/api/conversations/${await open()}/messages`
  const response = await request(path, { method: 'POST', body, headers })
  expect((await problemOf(response)).status).toBe(status)
})

test('a body over the limit is refused, with and without a content length', async () => {
  const { request, open } = await server()
  const path = `/api/conversations/${await open()}/messages`
  const long = JSON.stringify({ message: 'x'.repeat(5000) })
  const withLength = { ...json, 'content-length': String(long.length) }
  const first = await request(path, { method: 'POST', body: long, headers: withLength })
  expect((await problemOf(first)).status).toBe(413)
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(512))),
  })
  const second = await request(path, { method: 'POST', body: endless, headers: json })
  expect((await problemOf(second)).status).toBe(413)
})

test.each([
  ['/api/conversations/7', 404],
  [`/api/conversations/${crypto.randomUUID()}`, 404],
  [`/api/conversations/${crypto.randomUUID()}/thinking`, 404],
  ['/api/conversations/..%2F..%2Fetc/thinking', 404],
  ['/api/conversations?limit=0', 400],
  ['/api/conversations?limit=x', 400],
  [`/api/conversations?q=${'x'.repeat(201)}`, 400],
  ['/api/nothing', 404],
])('GET %s gets %d', async (path, status) => {
  const { get } = await server()
  expect((await problemOf(await get(path))).status).toBe(status)
})

test('an invalid cursor is ignored', async () => {
  const { get, open } = await server()
  const id = await open()
  const response = await get('/api/conversations?cursor=%00;DROP')
  expect(await response.json()).toMatchObject({ conversations: [{ id }] })
})

test('a stream refuses an invalid run id and an unknown format', async () => {
  const { get, open } = await server()
  const path = `/api/conversations/${await open()}/thinking`
  expect(await problemOf(await get(`${path}?run=x`))).toMatchObject({ status: 400, field: 'run' })
  expect(await problemOf(await get(`${path}?format=xml`))).toMatchObject({ status: 400 })
})

test('an unknown model and an invalid title are refused', async () => {
  const { open, put } = await server()
  const path = `/api/conversations/${await open()}`
  const model = await problemOf(await put(path, { model: 'gpt-99' }))
  expect(model).toMatchObject({
    status: 400,
    field: 'model',
    title: 'Model: must be one of: offline.',
  })
  expect((await problemOf(await put(path, { title: 'x'.repeat(201) }))).status).toBe(413)
  expect((await problemOf(await put(path, { title: ' ' }))).status).toBe(400)
})

test('a form from another site is refused', async () => {
  const { request, open } = await server()
  const id = await open()
  const send = (path: string, headers: Record<string, string>) =>
    request(path, { method: 'POST', body: new URLSearchParams({ message: 'x' }), headers })
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  expect((await send(`/conversations/${id}/messages`, foreign)).status).toBe(403)
  expect((await send('/conversations', foreign)).status).toBe(403)
  const stop = `/api/conversations/${id}/runs/${crypto.randomUUID()}/stop`
  const bare = await request(stop, { method: 'POST', headers: foreign })
  expect((await problemOf(bare)).code).toBe('forbidden_origin')
})

containerTest(
  'an unexpected error is answered with a fixed sentence and a request id, and logged with its cause',
  async () => {
    const store = replaceCalls(openSqliteStore(':memory:'), () => ({
      async listConversations() {
        throw new Error('secret: /var/lib/db is corrupt')
      },
    }))
    const made = await makeServer({}, { store })
    const asJson = await made.get('/api/conversations')
    const problem = await problemOf(asJson)
    expect(problem).toMatchObject({ status: 500, title: 'An unexpected error occurred.' })
    const page = await (await made.get('/')).text()
    expect(page).not.toContain('secret')
    expect(page).toContain('An unexpected error occurred.')
    expect(String(made.logged[0]?.cause)).toContain('secret')
    expect(made.logged[0]?.message).toContain(problem.request_id)
  },
)
