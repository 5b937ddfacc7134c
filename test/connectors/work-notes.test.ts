import { expect, test } from 'bun:test'
import { isTriage, resultText, type Script } from '../support/scripted-model.ts'
import { until } from '../support/socket-server.ts'
import { expectNothingLeft } from '../support/test-server.ts'
import { makeLiveServer, nowMs, useFakes } from './ask.ts'
import { basicSettings, startServiceNow } from './fakes/servicenow.ts'

expectNothingLeft()
const use = useFakes()
const note = { number: 'INC0010038', text: 'Checked: ^schema drift' }

const writeNote: Script = (request, turn) => {
  if (isTriage(request)) return { decide: [{ agent: 'ServiceNow', question: 'Add a note' }] }
  if (turn === 0) return { call: [{ tool: 'add_work_note', arguments: note }] }
  return { text: resultText(request.messages.findLast(({ role }) => role === 'tool')?.content) }
}

type Run = { status: string; answer: string; events: { type: string; span: string }[] }

async function askForNote() {
  const fake = await use(startServiceNow(() => nowMs))
  const live = { serviceNowUrl: fake.url, serviceNowWorkNotes: 'on' as const, ...basicSettings }
  const { open, post, get } = await makeLiveServer(live, { script: writeNote })
  const conversation = `/api/conversations/${await open()}`
  const run = crypto.randomUUID()
  const path = `${conversation}/runs/${run}`
  const read = async () => (await (await get(path)).json()) as Run
  const request = async () =>
    (await read()).events?.find(({ type }) => type === 'approval.requested')
  await post(`${conversation}/messages`, { message: 'Note', run }, { prefer: 'respond-async' })
  await until(async () => (await request()) !== undefined, 'the request')
  return {
    fake,
    async decide(decision: string) {
      const span = (await request())?.span
      await post(`${path}/approvals/${span}`, { decision })
      await until(async () => (await read()).status !== 'running', 'the end of the run')
      return (await read()).answer
    },
  }
}

test('ServiceNow gets a note exactly once, and only after the approval', async () => {
  const { fake, decide } = await askForNote()
  expect(fake.requests).toEqual([])
  expect(await decide('approve')).toContain('{"added_to":"INC0010038"}')
  expect(fake.notes).toEqual([{ table: 'incident', id: 'id-INC0010038', text: note.text }])
})

test('ServiceNow gets no request after a denial', async () => {
  const { fake, decide } = await askForNote()
  expect(await decide('deny')).toStartWith('Failed: not approved')
  expect(fake.requests).toEqual([])
})

test('a write whose reply is lost is not sent again, and the model learns that it is not confirmed', async () => {
  const { fake, decide } = await askForNote()
  fake.misbehave('/incident/id-', 'half')
  expect(await decide('approve')).toContain('it is not known whether the tool did its work')
  expect(fake.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(1)
})
