import { expect, test } from 'bun:test'
import { SearchSlots } from '../../src/http/conversations/search-slots.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

type Found = {
  conversations: { title: string; snippet?: { text: string; matches: [number, number][] } | null }[]
  next_cursor: string | null
}

test('a result of the API has a snippet with the ranges of the matching words', async () => {
  const { get, post, open } = await makeServer()
  const id = await open()
  await post(`/api/conversations/${id}/messages`, { message: 'Is <b>Databricks</b> healthy?' })
  const found = (await (await get('/api/conversations?q=databr')).json()) as Found
  const [{ snippet } = {}] = found.conversations
  expect(snippet?.text.toLowerCase()).toContain('databricks')
  for (const [start, end] of snippet?.matches ?? []) {
    expect(snippet?.text.slice(start, end).toLowerCase()).toStartWith('databr')
  }
  expect(snippet?.matches.length).toBeGreaterThan(0)
  expect(found.next_cursor).toBeNull()
})

test('a result that matches by its title only has no snippet, and a list has none', async () => {
  const { get, post } = await makeServer()
  await post('/api/conversations', { title: 'Night shift' })
  const conversationOf = async (path: string) =>
    ((await (await get(path)).json()) as Found).conversations[0]
  expect((await conversationOf('/api/conversations?q=night'))?.snippet).toBeNull()
  expect(await conversationOf('/api/conversations')).not.toHaveProperty('snippet')
})

test('the sidebar marks the matching words and shows markup of a message as text', async () => {
  const { get, post, open } = await makeServer()
  const id = await open()
  await post(`/api/conversations/${id}/messages`, { message: 'Is <b>Databricks</b> healthy?' })
  const html = await (await get('/conversations?q=databricks+is')).text()
  expect(html).toContain('<span class="snippet" dir="auto">')
  expect(html).toContain('<mark>Databricks</mark>')
  expect(html).not.toContain('<b>')
})

test('a search returns the best 50 conversations, and the sidebar says so', async () => {
  const { get, post } = await makeServer({ questionsPerHour: 1000 })
  for (let n = 0; n < 51; n += 1) await post('/api/conversations', { title: `Shift ${n}` })
  const response = await get('/api/conversations?q=shift&limit=100')
  expect(((await response.json()) as Found).conversations).toHaveLength(50)
  const html = await (await get('/conversations?q=shift')).text()
  expect(html.match(/class="conversation"/g)).toHaveLength(50)
  expect(html).toContain('These are the best 50 matches.')
})

test('a user runs one search at a time, and a newer one replaces the one that waits', async () => {
  const slots = new SearchSlots()
  const { promise: first, resolve: endFirst } = Promise.withResolvers<string>()
  const started: string[] = []
  const run = (user: string, name: string, work: Promise<string>) =>
    slots.run(user, () => {
      started.push(name)
      return work
    })
  const running = run('ann', 'first', first)
  const replaced = run('ann', 'second', Promise.resolve('second'))
  const waiting = run('ann', 'third', Promise.resolve('third'))
  await expect(replaced).rejects.toMatchObject({
    code: 'too_many_requests',
    retryAfterSeconds: 1,
  })
  expect(await run('bob', 'other', Promise.resolve('other'))).toBe('other')
  expect(started).toEqual(['first', 'other'])
  endFirst('first')
  expect(await Promise.all([running, waiting])).toEqual(['first', 'third'])
  expect(started).toEqual(['first', 'other', 'third'])
})

test('a search that fails lets the waiting one start', async () => {
  const slots = new SearchSlots()
  const failed = slots.run('ann', () => Promise.reject(new Error('broken')))
  const next = slots.run('ann', async () => 'next')
  await expect(failed).rejects.toThrow('broken')
  expect(await next).toBe('next')
})
