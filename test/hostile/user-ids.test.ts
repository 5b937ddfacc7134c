import { expect, test } from 'bun:test'
import type { Config } from '../../src/config.ts'
import { hashPassword } from '../../src/http/identity/password-hash.ts'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const password = await hashPassword('secret', 100_000)
const names = ['local', 'ann', 'basic/ann']
const basic: Partial<Config> = {
  auth: 'basic',
  basicUsers: names.map((name) => `${name}:${password}`),
}
const as = (name: string) => ({ authorization: `Basic ${btoa(`${name}:secret`)}` })

containerTest(
  'what was written with AUTH=none does not belong to a user called local',
  async () => {
    const store = openSqliteStore(':memory:')
    const none = await makeServer({}, { store })
    const path = `/api/conversations/${await none.open()}`
    const other = await makeServer(basic, { store })
    expect((await other.get(path, as('local'))).status).toBe(404)
    const own = `/api/conversations/${await other.open(as('local'))}`
    expect((await none.get(own)).status).toBe(404)
    expect((await other.get(own, as('local'))).status).toBe(200)
  },
)

containerTest('the same name in two identity modes is two users', async () => {
  const store = openSqliteStore(':memory:')
  const first = await makeServer(basic, { store })
  const path = `/api/conversations/${await first.open(as('ann'))}`
  const forwarded: Partial<Config> = { auth: 'forwarded', trustedProxies: ['127.0.0.1'] }
  const second = await makeServer(forwarded, { store, remoteAddress: () => '127.0.0.1' })
  for (const id of ['ann', 'basic/ann', '../basic/ann']) {
    expect((await second.get(path, { 'x-forwarded-user': id })).status).toBe(404)
  }
  expect((await first.get(path, as('basic/ann'))).status).toBe(404)
  expect((await first.get(path, as('ann'))).status).toBe(200)
})

test('the API and the page show the plain name', async () => {
  const { get } = await makeServer(basic)
  const user = await (await get('/api/user', as('ann'))).json()
  expect(user).toMatchObject({ id: 'ann', name: 'ann' })
  expect(await (await get('/', as('ann'))).text()).not.toContain('basic/')
})
