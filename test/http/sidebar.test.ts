import { expect, test } from 'bun:test'
import { behind, gate, seedFlow } from '../support/scripts.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'
import { parse } from '../views/markup.ts'

expectNothingLeft()

const htmx = { 'hx-request': 'true' }
const form = { ...htmx, 'content-type': 'application/x-www-form-urlencoded' }

/** The state of the last run of each conversation in a list. */
function statesIn(html: string): (string | undefined)[] {
  return parse(html)
    .elements.map(({ attributes }) => Object.fromEntries(attributes))
    .filter((attributes) => attributes.class === 'conversation')
    .map((attributes) => attributes['data-status'])
}

test('the list has the state of the last run, and is not sent again while nothing changes', async () => {
  const held = gate()
  const { get, post, open } = await makeServer({}, { script: behind(held, seedFlow) })
  const id = await open()
  const run = crypto.randomUUID()
  const asked = post(`/api/conversations/${id}/messages`, { message: 'What is open?', run })
  const read = async (headers = {}) => {
    const response = await get('/conversations', { ...htmx, ...headers })
    const text = await response.text()
    return { status: response.status, tag: response.headers.get('etag') ?? '', text }
  }
  let list = await read()
  while (!statesIn(list.text).includes('running')) list = await read()
  held.open()
  await asked
  const ended = await read({ 'if-none-match': list.tag })
  expect([ended.status, statesIn(ended.text)]).toEqual([200, ['finished']])
  expect(ended.text).toContain(`data-run="${run}"`)
  const again = await read({ 'if-none-match': `W/${ended.tag}` })
  expect([again.status, again.text]).toEqual([304, ''])
})

containerTest('the days of the list are those of the clock of the browser', async () => {
  let now = Date.parse('2026-11-24T23:30:00Z')
  const { get, open } = await makeServer({}, { now: () => now })
  for (const time of ['2026-11-20T12:00:00Z', '2025-01-31T12:00:00Z', '2026-11-24T12:00:00Z']) {
    now = Date.parse(time)
    await open()
  }
  now = Date.parse('2026-11-24T23:30:00Z')
  const days = async (headers = {}, query = '') => {
    const text = await (await get(`/conversations${query}`, { ...htmx, ...headers })).text()
    return [...text.matchAll(/class="day">([^<]*)</g)].map(([, day]) => day)
  }
  expect(await days()).toEqual(['Today', 'Friday 20 November', '2025-01-31'])
  expect(await days({ cookie: 'utc_offset=60' })).toEqual([
    'Today',
    'Yesterday',
    'Friday 20 November',
    '2025-01-31',
  ])
  expect(await days({ cookie: 'utc_offset=x' })).toEqual(await days())
  const first = await (await get('/conversations?limit=1', htmx)).text()
  const [, more = ''] = /hx-get="\/conversations(\?[^"]*)"/.exec(first) ?? []
  expect(await days({}, more.replaceAll('&amp;', '&'))).toEqual([
    'Friday 20 November',
    '2025-01-31',
  ])
})

test('a question in a busy conversation is answered with the turn in progress and an explanation', async () => {
  const held = gate()
  const { request, post, open } = await makeServer({}, { script: behind(held, seedFlow) })
  const id = await open()
  const run = crypto.randomUUID()
  const prefer = { prefer: 'respond-async' }
  await post(`/api/conversations/${id}/messages`, { message: 'First?', run }, prefer)
  const body = new URLSearchParams({ message: 'Second?', run: crypto.randomUUID() }).toString()
  const response = await request(`/conversations/${id}/messages`, {
    method: 'POST',
    body,
    headers: form,
  })
  const html = await response.text()
  expect(response.status).toBe(409)
  expect(html).toStartWith(`<article class="turn" id="run-${run}" data-status="running"`)
  expect(parse(html).text).toContain('Your question is back in the field.')
  expect(html.replaceAll(run, '').replaceAll(id, '')).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/)
  held.open()
})

test('a page that lacks turns gets those after its last one', async () => {
  const { get, post, open } = await makeServer({}, { script: seedFlow })
  const id = await open()
  const runs = [0, 1, 2].map(() => crypto.randomUUID())
  for (const run of runs) await post(`/api/conversations/${id}/messages`, { message: run, run })
  const later = await (await get(`/conversations/${id}?after=${runs[0]}`, htmx)).text()
  expect(
    [...later.matchAll(/<article class="turn" id="run-([^"]*)"/g)].map(([, run]) => run),
  ).toEqual(runs.slice(1))
  expect(await (await get(`/conversations/${id}?after=${runs[2]}`, htmx)).text()).toBe('')
})
