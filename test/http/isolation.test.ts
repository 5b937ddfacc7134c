import { expect, test } from 'bun:test'
import { linesOf, readFrames } from '../support/read-stream.ts'
import { isTriage, lastQuestion, type Script } from '../support/scripted-model.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

/** Each question names its asker, and the decision and the answer carry the name on. */
const echo: Script = (request) =>
  isTriage(request)
    ? { decide: [{ agent: 'ServiceNow', question: lastQuestion(request) }] }
    : { say: lastQuestion(request) }

const identify = (request: Request) => {
  const id = request.headers.get('x-user') ?? 'nobody'
  return { id, name: id }
}

test('two users at once, ten times over, never hear each other', async () => {
  const { open, get, post } = await makeServer({}, { script: echo, identify })
  for (let round = 0; round < 10; round += 1) {
    const users = ['ann', 'bob'].map(async (name) => {
      const headers = { 'x-user': name }
      const id = await open(headers)
      const path = `/api/conversations/${id}/thinking?format=json`
      const reading = readFrames(await get(path, headers))
      const message = `question of ${name} in round ${round}`
      const answer = await post(`/api/conversations/${id}/messages`, { message }, headers)
      expect(((await answer.json()) as { title: string }).title).toBe(message)
      const heard = linesOf(await reading).join('\n')
      expect(heard).toContain(message)
      expect(heard).not.toContain(name === 'ann' ? 'bob' : 'ann')
    })
    await Promise.all(users)
  }
})

test('two hundred conversations at once each hear their own run, whole', async () => {
  const settings = { maxStreamsPerUser: 500, questionsPerHour: 500 }
  const { open, get, post } = await makeServer(settings, { script: echo, identify })
  const conversations = Array.from({ length: 200 }, async (_, index) => {
    const id = await open()
    const run = crypto.randomUUID()
    const path = `/api/conversations/${id}/thinking?format=json&run=${run}`
    const reading = readFrames(await get(path))
    const message = `<${index}>`
    await post(`/api/conversations/${id}/messages`, { message, run })
    const lines = linesOf(await reading)
    expect(lines).toHaveLength(7)
    const named = lines.join('').match(/<\d+>/g)
    expect(new Set(named)).toEqual(new Set([message]))
  })
  await Promise.all(conversations)
}, 30_000)

test('a foreign id in Last-Event-ID brings nothing of the other', async () => {
  const { open, get, post } = await makeServer({}, { script: echo, identify })
  const ann = { 'x-user': 'ann' }
  const bob = { 'x-user': 'bob' }
  const annRun = crypto.randomUUID()
  const annConversation = await open(ann)
  const asked = { message: 'secret of ann', run: annRun }
  await post(`/api/conversations/${annConversation}/messages`, asked, ann)
  const bobRun = crypto.randomUUID()
  const bobConversation = await open(bob)
  const his = { message: 'of bob', run: bobRun }
  await post(`/api/conversations/${bobConversation}/messages`, his, bob)
  const path = `/api/conversations/${bobConversation}/thinking?format=json&run=${bobRun}`
  const heard = await readFrames(await get(path, { ...bob, 'last-event-id': `${annRun}:2` }))
  expect(linesOf(heard).join('')).not.toContain('secret')
  expect(linesOf(heard)).toHaveLength(7)
})
