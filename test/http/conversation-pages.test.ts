import { expect, test } from 'bun:test'
import { identifyByHeader } from '../support/identify-by-header.ts'
import { seedFlow } from '../support/scripts.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

type Reply = {
  messages: { run: string; role: string; content: string }[]
  runs: { id: string }[]
  previous_cursor: string | null
}

/** A server with one conversation of "Question 0", "Question 1" and so on, and 3 turns per page. */
async function makeConversation(questions: number) {
  const { open, get, post } = await makeServer({ turnsPerPage: 3 }, { script: seedFlow })
  const id = await open()
  for (let index = 0; index < questions; index += 1) {
    const message = `Question ${index}`
    const { status } = await post(`/api/conversations/${id}/messages`, { message })
    expect(status).toBe(200)
  }
  return { get, id }
}

test('a conversation is read in pages of runs with their messages, from the last one', async () => {
  const { get, id } = await makeConversation(7)
  const read = async (query = '') => {
    const reply = (await (await get(`/api/conversations/${id}${query}`)).json()) as Reply
    const questions = reply.messages.filter(({ role }) => role === 'user')
    expect(reply.messages).toHaveLength(2 * questions.length)
    expect(reply.runs.map(({ id }) => id)).toEqual(questions.map(({ run }) => run))
    return { ...reply, numbers: questions.map(({ content }) => Number(content.slice(-1))) }
  }
  const last = await read()
  expect(last.numbers).toEqual([4, 5, 6])
  const previous = await read(`?before=${last.previous_cursor}`)
  expect(previous.numbers).toEqual([1, 2, 3])
  const first = await read(`?before=${previous.previous_cursor}`)
  expect([first.numbers, first.previous_cursor]).toEqual([[0], null])
  const all = await read('?limit=7')
  expect([all.numbers.length, all.previous_cursor]).toEqual([7, null])
  const none = await read(`?before=${first.runs[0]?.id}`)
  expect([none.numbers, none.previous_cursor]).toEqual([[], null])
})

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

test('the page shows the last turns, and htmx gets the turns before them', async () => {
  const { get, id } = await makeConversation(5)
  const numbersOf = (html: string) =>
    [...html.matchAll(/class="question"[^>]*>Question (\d)/g)].map(([, number]) => Number(number))
  const page = await (await get(`/conversations/${id}`)).text()
  expect(numbersOf(page)).toEqual([2, 3, 4])
  expect(page).not.toContain('Latest questions')
  const [, earlier = ''] = /href="([^"]+\?before=[^"]+)"/.exec(page) ?? []
  const fragment = await (await get(earlier, { 'hx-request': 'true' })).text()
  expect(numbersOf(fragment)).toEqual([0, 1])
  expect(fragment).toStartWith('<article class="turn"')
  const whole = await (await get(earlier)).text()
  expect(numbersOf(whole)).toEqual([0, 1])
  expect(whole).toContain(`<a href="/conversations/${id}">Latest questions</a>`)
})

test('new conversations have a quota per user', async () => {
  const settings = { conversationsPerHour: 2 }
  const parts = { script: seedFlow, identify: identifyByHeader }
  const { post, get } = await makeServer(settings, parts)
  const create = (user: string) => post('/api/conversations', {}, { 'x-user': user })
  expect([await create('ann'), await create('ann')].map(({ status }) => status)).toEqual([201, 201])
  const refused = await create('ann')
  expect(refused.status).toBe(429)
  const seconds = Number(refused.headers.get('retry-after'))
  expect(seconds).toBeGreaterThan(3500)
  expect(seconds).toBeLessThan(3601)
  expect(await refused.json()).toMatchObject({ code: 'too_many_requests' })
  expect((await create('bob')).status).toBe(201)
  const reply = await (await get('/api/conversations', { 'x-user': 'ann' })).json()
  expect((reply as { conversations: unknown[] }).conversations).toHaveLength(2)
})
