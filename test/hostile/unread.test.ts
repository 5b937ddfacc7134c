import { expect } from 'bun:test'
import { identifyByHeader } from '../support/identify-by-header.ts'
import { storeTurns } from '../support/stored-runs.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

containerTest(
  'of one user at most 16 large pages are unread, of all users at most 64',
  async () => {
    const { get, store, post } = await makeServer({}, { identify: identifyByHeader })
    const pages = new Map<string, string>()
    for (const user of ['ann', 'bob', 'cho', 'dee', 'eve']) {
      const created = await post('/api/conversations', {}, { 'x-user': user })
      const { id } = (await created.json()) as { id: string }
      await storeTurns(store, id, 30, () => 'All is well. '.repeat(500), user)
      pages.set(user, `/conversations/${id}`)
    }
    const open = (user: string) => get(pages.get(user) ?? '', { 'x-user': user })
    const read = async (user: string) => {
      const response = await open(user)
      await response.arrayBuffer()
      return response.status
    }
    const unread = await Promise.all(Array.from({ length: 20 }, () => open('ann')))
    expect(Map.groupBy(unread, ({ status }) => status).get(429)).toHaveLength(4)
    expect([await read('ann'), await read('bob')]).toEqual([429, 200])
    for (const user of ['bob', 'cho', 'dee']) {
      unread.push(...(await Promise.all(Array.from({ length: 16 }, () => open(user)))))
    }
    expect(await read('eve')).toBe(429)
    const [first, second, ...others] = unread.filter(({ status }) => status === 200)
    // One client leaves, and one reads.
    await first?.body?.cancel()
    expect([await read('eve'), await read('ann')]).toEqual([200, 200])
    expect((await second?.arrayBuffer())?.byteLength).toBeGreaterThan(100_000)
    await Promise.all(others.map(({ body }) => body?.cancel()))
    expect([await read('ann'), await read('eve')]).toEqual([200, 200])
  },
)
