import { expect, test } from 'bun:test'
import { identifyByHeader } from '../support/identify-by-header.ts'
import { linesOf, readFrames } from '../support/read-stream.ts'
import { isTriage, lastQuestion, type Script } from '../support/scripted-model.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

/** Repeats the question in the decision and in the answer. */
const echo: Script = (request) =>
  isTriage(request)
    ? { decide: [{ agent: 'ServiceNow', question: lastQuestion(request) }] }
    : { text: lastQuestion(request) }

const identify = identifyByHeader

test('two users at the same time never receive events of each other, in ten rounds', async () => {
  const { open, get, post } = await makeServer({}, { script: echo, identify })
  for (let round = 0; round < 10; round += 1) {
    const users = ['ann', 'bob'].map(async (name) => {
      const headers = { 'x-user': name }
      const id = await open(headers)
      const run = crypto.randomUUID()
      const path = `/api/conversations/${id}/thinking?format=json&run=${run}`
      const reading = readFrames(await get(path, headers))
      const message = `question of ${name} in round ${round}`
      const answer = await post(`/api/conversations/${id}/messages`, { message, run }, headers)
      expect(((await answer.json()) as { title: string }).title).toBe(message)
      const received = linesOf(await reading).join('\n')
      expect(received).toContain(message)
      expect(received).not.toContain(name === 'ann' ? 'bob' : 'ann')
    })
    await Promise.all(users)
  }
})

test('two hundred concurrent conversations each receive all events of their own run', async () => {
  const settings = { maxStreamsPerUser: 500, questionsPerHour: 500, conversationsPerHour: 500 }
  const { open, get, post } = await makeServer(settings, { script: echo })
  const conversations = Array.from({ length: 200 }, async (_, index) => {
    const id = await open()
    const run = crypto.randomUUID()
    const path = `/api/conversations/${id}/thinking?format=json&run=${run}`
    const reading = readFrames(await get(path))
    const message = `<${index}>`
    await post(`/api/conversations/${id}/messages`, { message, run })
    const lines = linesOf(await reading)
    expect(lines).toHaveLength(7)
    const messages = lines.join('').match(/<\d+>/g)
    expect(new Set(messages)).toEqual(new Set([message]))
  })
  await Promise.all(conversations)
}, 60_000)

test('an event id of another user in Last-Event-ID returns no event of that user', async () => {
  const { open, get, post } = await makeServer({}, { script: echo, identify })
  const ann = { 'x-user': 'ann' }
  const bob = { 'x-user': 'bob' }
  const annRun = crypto.randomUUID()
  const annConversation = await open(ann)
  const annQuestion = { message: 'secret of ann', run: annRun }
  await post(`/api/conversations/${annConversation}/messages`, annQuestion, ann)
  const bobRun = crypto.randomUUID()
  const bobConversation = await open(bob)
  const bobQuestion = { message: 'of bob', run: bobRun }
  await post(`/api/conversations/${bobConversation}/messages`, bobQuestion, bob)
  const path = `/api/conversations/${bobConversation}/thinking?format=json&run=${bobRun}`
  const frames = await readFrames(await get(path, { ...bob, 'last-event-id': `${annRun}:2` }))
  expect(linesOf(frames).join('')).not.toContain('secret')
  expect(linesOf(frames)).toHaveLength(7)
})
