import { expect, test } from 'bun:test'
import { identifyByHeader } from '../support/identify-by-header.ts'
import { seedFlow } from '../support/scripts.ts'
import { storeTurns } from '../support/stored-runs.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

type Reply = {
  messages: { run: string; content: string }[]
  runs: { id: string }[]
  previous_cursor: string | null
}

containerTest(
  'a conversation is read in pages of runs with their messages, from the last one',
  async () => {
    const { open, get, store } = await makeServer({ turnsPerPage: 3 })
    const id = await open()
    await storeTurns(store, id, 7, (index) => `Answer ${index}`)
    const read = async (query = '') =>
      (await (await get(`/api/conversations/${id}${query}`)).json()) as Reply
    const contents = ({ messages }: Reply) => messages.map(({ content }) => content)
    const last = await read()
    const turn = (index: number) => [`Question ${index}`, `Answer ${index}`]
    expect(contents(last)).toEqual([4, 5, 6].flatMap(turn))
    expect(last.runs.map(({ id }) => id)).toEqual([...new Set(last.messages.map(({ run }) => run))])
    expect(last.previous_cursor).toBe(last.runs[0]?.id ?? '')
    const previous = await read(`?before=${last.previous_cursor}`)
    expect(contents(previous)).toEqual([1, 2, 3].flatMap(turn))
    const first = await read(`?before=${previous.previous_cursor}`)
    expect(contents(first)).toEqual(turn(0))
    expect(first.previous_cursor).toBeNull()
    const all = await read('?limit=7')
    expect(contents(all)).toHaveLength(14)
    expect(all.previous_cursor).toBeNull()
    const none = await read(`?before=${first.runs[0]?.id}`)
    expect([none.messages, none.previous_cursor]).toEqual([[], null])
  },
)

test('a page before something else than a run of the conversation is refused', async () => {
  const { open, get } = await makeServer()
  const id = await open()
  const status = async (path: string) => (await get(path)).status
  for (const path of [`/api/conversations/${id}`, `/conversations/${id}`]) {
    expect(await status(`${path}?before=${crypto.randomUUID()}`)).toBe(404)
    expect(await status(`${path}?before=x`)).toBe(400)
  }
  expect(await status(`/api/conversations/${id}?limit=0`)).toBe(400)
  expect(await status(`/api/conversations/${id}?limit=101`)).toBe(400)
})

containerTest('the page shows the last turns, and htmx gets the turns before them', async () => {
  const { open, get, store } = await makeServer({ turnsPerPage: 3 })
  const id = await open()
  await storeTurns(store, id, 5)
  const questionsOf = (html: string) => html.match(/Question \d/g)
  const page = await (await get(`/conversations/${id}`)).text()
  expect(questionsOf(page)).toEqual(['Question 2', 'Question 3', 'Question 4'])
  expect(page).not.toContain('Latest questions')
  const [, earlier = ''] = /href="([^"]+\?before=[^"]+)"/.exec(page) ?? []
  const fragment = await (await get(earlier, { 'hx-request': 'true' })).text()
  expect(questionsOf(fragment)).toEqual(['Question 0', 'Question 1'])
  expect(fragment).toStartWith('<article class="turn"')
  const whole = await (await get(earlier)).text()
  expect(questionsOf(whole)).toEqual(['Question 0', 'Question 1'])
  expect(whole).toContain(`<a href="/conversations/${id}">Latest questions</a>`)
})

test('new conversations have a quota per user', async () => {
  const settings = { conversationsPerHour: 2 }
  const parts = { script: seedFlow, identify: identifyByHeader }
  const { post, get } = await makeServer(settings, parts)
  const ann = { 'x-user': 'ann' }
  const create = (user: string) => post('/api/conversations', {}, { 'x-user': user })
  expect([await create('ann'), await create('ann')].map(({ status }) => status)).toEqual([201, 201])
  const refused = await create('ann')
  expect(refused.status).toBe(429)
  const seconds = Number(refused.headers.get('retry-after'))
  expect(seconds).toBeGreaterThan(3500)
  expect(seconds).toBeLessThan(3601)
  expect(await refused.json()).toMatchObject({ code: 'too_many_requests' })
  expect((await create('bob')).status).toBe(201)
  const listed = (await (await get('/api/conversations', ann)).json()) as { conversations: [] }
  expect(listed.conversations).toHaveLength(2)
})
