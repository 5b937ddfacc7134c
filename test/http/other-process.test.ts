import { expect, test } from 'bun:test'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import {
  containerTest,
  expectNothingLeft,
  makeServer,
  singleProcessTest,
} from '../support/test-server.ts'

expectNothingLeft()

const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? ''

singleProcessTest(
  'a page of one process gets 421 from another process, which logs it once a minute',
  async () => {
    const first = await makeServer()
    const second = await makeServer()
    const id = await first.open()
    const cookie = cookieOf(await first.get(`/conversations/${id}`))
    const path = `/conversations/${id}/thinking?run=${crypto.randomUUID()}`
    const followed = await first.get(path, { cookie })
    expect(followed.status).toBe(200)
    await followed.body?.cancel()
    const refused = await second.get(path, { cookie, 'hx-request': 'true' })
    expect(refused.status).toBe(421)
    const note = await refused.text()
    expect(note).toContain('several server processes run where only one may run')
    expect(note).toContain('data-code="other_process"')
    expect((await second.get(`/api${path}`, { cookie })).status).toBe(421)
    expect(await second.readLog()).toHaveLength(1)
    expect((await second.get(path)).status).toBe(404)
  },
)

containerTest(
  'after a restart on the same data folder, pages of the old process get no 421',
  async () => {
    const store = openSqliteStore(':memory:')
    const first = await makeServer({}, { store })
    const cookie = cookieOf(await first.get('/'))
    const second = await makeServer({}, { store })
    const missing = await second.get(`/conversations/${crypto.randomUUID()}`, { cookie })
    expect(missing.status).toBe(404)
    expect(second.logged).toHaveLength(0)
  },
)

test('the health check returns the process id', async () => {
  const { get } = await makeServer()
  const check = async () => (await (await get('/healthz')).json()) as { process: string }
  expect((await check()).process).toMatch(/^[0-9a-f-]{36}$/)
  expect(await check()).toEqual(await check())
})
