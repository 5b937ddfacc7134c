import { expect, test } from 'bun:test'
import { identifyByHeader } from '../support/identify-by-header.ts'
import { seedFlow } from '../support/scripts.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'
import { parse } from '../views/markup.ts'

expectNothingLeft()

const ann = { 'x-user': 'ann' }

async function makeAnswer() {
  const server = await makeServer({}, { script: seedFlow, identify: identifyByHeader })
  const id = await server.open(ann)
  const run = crypto.randomUUID()
  await server.post(`/api/conversations/${id}/messages`, { message: 'What is open?', run }, ann)
  const path = `/conversations/${id}/runs/${run}`
  const rate = (fields: Record<string, string>, headers = {}) =>
    server.request(`${path}/feedback`, {
      method: 'POST',
      body: new URLSearchParams(fields).toString(),
      headers: { ...ann, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    })
  const feedback = async () =>
    ((await (await server.get(`/api${path}`, ann)).json()) as { feedback?: object }).feedback
  return { ...server, id, run, path, rate, feedback }
}

test('an answer is rated with a form, and a second click takes the rating back', async () => {
  const { rate, feedback, id, run, get } = await makeAnswer()
  const plain = await rate({ rating: 'down' })
  expect(plain.status).toBe(303)
  expect(plain.headers.get('location')).toBe(`/conversations/${id}#run-${run}`)
  expect(await feedback()).toEqual({ rating: 'down' })
  const fragment = await rate({ rating: 'down', comment: ' too <old> ' }, { 'hx-request': 'true' })
  const html = await fragment.text()
  expect(html).toStartWith(`<div class="rating" id="rating-${run}">`)
  const fields = parse(html).elements.map(({ attributes }) => Object.fromEntries(attributes))
  expect(fields.find(({ name }) => name === 'comment')?.value).toBe('too <old>')
  expect(fields.filter((one) => one['aria-pressed'] === 'true').map(({ value }) => value)).toEqual([
    'none',
  ])
  expect(await feedback()).toEqual({ rating: 'down', comment: 'too <old>' })
  expect(await (await get(`/conversations/${id}`, ann)).text()).toContain('too &lt;old&gt;')
  await rate({ rating: 'none' })
  expect(await feedback()).toBeUndefined()
})

test('an export has the rating, a shared run has not', async () => {
  const { rate, path, get, post } = await makeAnswer()
  await rate({ rating: 'down', comment: 'too *old*' })
  const exported = async (format: string) =>
    (await get(`${path}/export?format=${format}`, ann)).text()
  expect(await exported('markdown')).toContain('- **Rated:** bad answer: too \\*old\\*\n')
  expect(parse(await exported('html')).text).toContain('Rated bad answer: too *old*')
  expect(JSON.parse(await exported('json')).run.feedback).toEqual({
    rating: 'down',
    comment: 'too *old*',
  })
  const { url } = (await (await post(`/api${path}/share`, {}, ann)).json()) as { url: string }
  const shared = await (await get(url, ann)).text()
  expect(shared).toContain('What is open?')
  expect(shared).not.toContain('too *old*')
})

test('programs rate an answer with PUT, and only their own', async () => {
  const { put, path, feedback } = await makeAnswer()
  const url = `/api${path}/feedback`
  const rated = await put(url, { rating: 'up', comment: 'good' }, ann)
  expect(await rated.json()).toMatchObject({ run: { feedback: { rating: 'up', comment: 'good' } } })
  const status = async (body: object, headers = ann, to = url) =>
    (await put(to, body, headers)).status
  expect(await status({ rating: 'up' }, { 'x-user': 'bob' })).toBe(404)
  expect(await status({ rating: 'great' })).toBe(400)
  expect(await status({ rating: 'up', comment: 'x'.repeat(501) })).toBe(413)
  const unknown = url.replace(/runs\/[^/]+/, `runs/${crypto.randomUUID()}`)
  expect(await status({ rating: 'up' }, ann, unknown)).toBe(404)
  expect(await feedback()).toEqual({ rating: 'up', comment: 'good' })
  expect(await status({ rating: 'none' })).toBe(200)
  expect(await feedback()).toBeUndefined()
})
