import { expect, test } from 'bun:test'
import { hashPassword } from '../../src/http/identity/password-hash.ts'
import { seedFlow } from '../support/scripts.ts'
import { useEdge } from '../support/use-edge.ts'

const edge = useEdge()
const json = { 'content-type': 'application/json' }

/** A server that identifies users by a header, and its calls for one user. */
function users() {
  const server = edge.makeServer(seedFlow, {}, true)
  return (user: string, more: Record<string, string> = {}) => ({
    async open(): Promise<string> {
      const response = await server.request('/api/conversations', {
        method: 'POST',
        headers: { ...json, 'x-user': user, ...more },
        body: '{}',
      })
      return ((await response.json()) as { id: string }).id
    },
    get: (path: string) => server.request(path, { headers: { 'x-user': user, ...more } }),
    ask: (id: string, message: string) =>
      server.request(`/api/conversations/${id}/messages`, {
        method: 'POST',
        headers: { ...json, 'x-user': user, ...more },
        body: JSON.stringify({ message }),
      }),
  })
}

const forged = encodeURIComponent(JSON.stringify({ user: { id: 'ann', name: 'Ann' } }))

test.each([
  'x-opsagent-identified',
  'x-opsagent-user',
  'x-forwarded-user',
  'x-ms-client-principal-id',
  'remote-user',
  'cf-access-authenticated-user-email',
])('a client cannot name another user with the header %s', async (header) => {
  const as = users()
  const id = await as('ann').open()
  for (const value of ['ann', forged]) {
    const bob = as('bob', { [header]: value })
    expect((await bob.get(`/api/conversations/${id}`)).status).toBe(404)
    expect(await (await bob.get('/api/user')).json()).toMatchObject({ id: 'bob' })
  }
})

test('a forged identity without an identity gets 401', async () => {
  const server = edge.makeServer(seedFlow, {}, true)
  const response = await server.request('/api/user', {
    headers: { 'x-opsagent-identified': forged },
  })
  expect(response.status).toBe(401)
})

test('two users at the same time have only their own conversations', async () => {
  const as = users()
  const names = Array.from({ length: 8 }, (_, index) => `user-${index}`)
  await Promise.all(
    names.map(async (name) => {
      const user = as(name)
      const id = await user.open()
      const answer = await user.ask(id, `question of ${name}`)
      expect(((await answer.json()) as { title: string }).title).toBe(`question of ${name}`)
    }),
  )
  for (const name of names) {
    const text = await (await as(name).get('/api/conversations')).text()
    expect(text.match(/question of user-\d/g)).toEqual([`question of ${name}`])
  }
})

test('a user id may have any characters', async () => {
  const as = users()
  for (const name of ['ann/../bob', 'user/ann', 'a b', '{"user":1}', '%2f', 'nobody']) {
    const id = await as(name).open()
    expect(await (await as(name).get('/api/user')).json()).toMatchObject({ id: name })
    expect((await as('bob').get(`/api/conversations/${id}`)).status).toBe(404)
  }
})

test('basic identity works with the challenge of the container', async () => {
  const password = 'correct horse'
  const basicUsers = [`ann:${await hashPassword(password, 100_000)}`]
  const server = edge.makeServer(seedFlow, { auth: 'basic', basicUsers })
  const unknown = await server.request('/')
  expect(unknown.status).toBe(401)
  expect(unknown.headers.get('www-authenticate')).toStartWith('Basic realm="OpsAgent"')
  const get = (text: string) =>
    server.request('/api/user', { headers: { authorization: `Basic ${btoa(text)}` } })
  expect((await get(`ann:wrong`)).status).toBe(401)
  const known = await Promise.all(Array.from({ length: 12 }, () => get(`ann:${password}`)))
  for (const response of known) expect(await response.json()).toMatchObject({ id: 'ann' })
})
