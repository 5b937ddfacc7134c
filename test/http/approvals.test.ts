import { expect, test } from 'bun:test'
import type { Config } from '../../src/config.ts'
import { identifyByHeader } from '../support/identify-by-header.ts'
import { isTriage, lastQuestion, resultText, type Script } from '../support/scripted-model.ts'
import { until } from '../support/socket-server.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const ann = { 'x-user': 'ann' }
const bob = { 'x-user': 'bob' }
const note = { number: 'INC0010038', text: 'The cause is <schema drift>.' }

/** The specialist writes one note, and answers with the last result of a tool. */
const writeNote: Script = (request, turn) => {
  if (isTriage(request)) {
    return { decide: [{ agent: 'ServiceNow', question: lastQuestion(request) }] }
  }
  if (turn === 0) return { call: [{ tool: 'add_work_note', arguments: note }] }
  return { text: resultText(request.messages.findLast(({ role }) => role === 'tool')?.content) }
}

type Run = {
  status: string
  answer?: string
  events: ({ type: string; span: string } & Record<string, unknown>)[]
}

/** A run whose call of `add_work_note` waits for an approval, unless the limit is over. */
async function askForNote(settings: Partial<Config> = {}, script = writeNote) {
  const server = await makeServer(
    { serviceNowWorkNotes: 'on', ...settings },
    { script, identify: identifyByHeader },
  )
  const id = await server.open(ann)
  const run = crypto.randomUUID()
  const page = `/conversations/${id}/runs/${run}`
  const api = `/api${page}`
  const read = async () => (await (await server.get(api, ann)).json()) as Run
  const find = async (type: string) => (await read()).events?.find((event) => event.type === type)
  const inBackground = { ...ann, prefer: 'respond-async' }
  const message = 'Add a note to the ticket'
  await server.post(`/api/conversations/${id}/messages`, { message, run }, inBackground)
  await until(async () => (await find('approval.requested')) !== undefined, 'the request')
  const span = (await find('approval.requested'))?.span ?? ''
  const decide = (decision: string, headers: object = ann, at = span) =>
    server.post(`${api}/approvals/${at}`, { decision }, headers)
  const finish = async () => {
    await until(async () => (await read()).status !== 'running', 'the end of the run')
    return read()
  }
  const exportAs = async (format: string) =>
    (await server.get(`${api}/export?format=${format}`, ann)).text()
  return { ...server, id, run, page, api, span, read, find, decide, finish, exportAs }
}

test('a call waits, is done after an approval, and the decision names the user', async () => {
  const { find, decide, finish, span, get, page, exportAs } = await askForNote()
  expect(await find('approval.requested')).toMatchObject({
    agent: 'ServiceNow',
    tool: 'add_work_note',
    arguments: JSON.stringify(note),
  })
  expect((await find('tool.called'))?.span).toBe(span)
  const response = await decide('approve')
  expect(await response.json()).toEqual({ approval: { span, decision: 'approve', by: 'ann' } })
  const { status, answer, events } = await finish()
  expect(status).toBe('finished')
  expect(answer).toContain('{"added_to":"INC0010038"}')
  const types = events.filter((event) => event.span === span).map(({ type }) => type)
  expect(types).toEqual(['tool.called', 'approval.requested', 'approval.decided', 'tool.finished'])
  const decided = events.find(({ type }) => type === 'approval.decided')
  expect(decided).toMatchObject({ decision: 'approve', by: 'ann' })
  const decidedAt = new Date(Number(decided?.at)).toISOString()
  const at = `${decidedAt.slice(0, 19).replace('T', ' ')} UTC`
  for (const format of ['markdown', 'html']) {
    expect(await exportAs(format)).toContain(`Approval: approved by ann, ${at}`)
  }
  expect(JSON.parse(await exportAs('json')).tools[0].approval).toEqual({
    requested_at: expect.any(String),
    decision: 'approve',
    decided_at: decidedAt,
    by: 'ann',
  })
  expect(await (await get(page, ann)).text()).toContain(at)
})

test('wrong arguments are returned to the model at once, and only the corrected call waits', async () => {
  const script: Script = (request, turn) => {
    const wrong = { number: '38', text: '' }
    if (turn !== 0 || isTriage(request)) return writeNote(request, turn - 1)
    return { call: [{ tool: 'add_work_note', arguments: wrong }] }
  }
  const { model, span, decide, finish } = await askForNote({}, script)
  await decide('approve')
  const { answer, events } = await finish()
  expect(answer).toContain('{"added_to":"INC0010038"}')
  const calls = events.filter(({ tool }) => tool === 'add_work_note')
  expect(calls.map(({ type, code }) => code ?? type)).toEqual([
    'tool.called',
    'tool_arguments',
    ...['tool.called', 'approval.requested', 'approval.decided', 'tool.finished'],
  ])
  expect(calls.findIndex((event) => event.span === span)).toBe(2)
  const corrected = model?.requests.find((request) => request.messages.at(-1)?.role === 'tool')
  expect(corrected?.messages.at(-1)?.content).toContain('Write CHG or INC and 7 digits')
})

test('after a denial the model goes on, and the same decision again changes nothing', async () => {
  const { decide, finish, page, get } = await askForNote()
  expect((await decide('deny')).status).toBe(200)
  expect((await decide('deny')).status).toBe(200)
  expect((await decide('approve')).status).toBe(409)
  const { status, answer } = await finish()
  expect(status).toBe('finished')
  expect(answer).toStartWith('Failed: not approved: the user denied the call.')
  expect((await decide('deny')).status).toBe(200)
  const late = await decide('approve')
  expect([late.status, await late.json()]).toMatchObject([409, { code: 'approval_over' }])
  const html = await (await get(page, ann)).text()
  expect(html).toContain('add_work_note denied by ann')
  expect(html).not.toContain('value="approve"')
})

test('no answer within the limit is a denial by nobody', async () => {
  const { finish, exportAs } = await askForNote({ approvalSeconds: 0 })
  const { answer, events } = await finish()
  expect(answer).toStartWith('Failed: not approved: nobody answered in time')
  const decided = events.find(({ type }) => type === 'approval.decided')
  expect(decided).toMatchObject({ decision: 'deny' })
  expect(decided).not.toHaveProperty('by')
  for (const format of ['markdown', 'html']) {
    expect(await exportAs(format)).toMatch(
      /Approval: denied, because nobody answered within the limit, \d{4}-\d\d-\d\d .* UTC/,
    )
  }
  expect(JSON.parse(await exportAs('json')).tools[0].approval).toMatchObject({
    decision: 'deny',
    by: null,
  })
})

test('Stop ends the wait, and a decision after it is refused', async () => {
  const { api, post, finish, decide, find } = await askForNote()
  await post(`${api}/stop`, undefined, ann)
  expect((await finish()).status).toBe('stopped')
  expect(await find('approval.decided')).toBeUndefined()
  expect((await decide('approve')).status).toBe(409)
})

test('only the owner decides, only about a call that waits, and only yes or no', async () => {
  const { decide, find, finish } = await askForNote()
  expect((await decide('approve', bob)).status).toBe(404)
  expect((await decide('approve', ann, '999')).status).toBe(404)
  expect((await decide('approve', ann, 'x')).status).toBe(404)
  expect((await decide('maybe')).status).toBe(400)
  expect(await find('approval.decided')).toBeUndefined()
  await decide('deny')
  await finish()
})

test('the page, its rows and the flyout show what would be done, with forms that need no script', async () => {
  const { id, page, span, get, request, finish } = await askForNote()
  const action = `action="${page}/approvals/${span}"`
  for (const path of [`/conversations/${id}`, page, `${page}/lines`]) {
    const html = await (await get(path, ann)).text()
    expect(html).toContain(action)
    expect(html).toContain('The cause is &lt;schema drift&gt;.')
  }
  // The clock of the page counts from the age of a row.
  const rows = await (await get(`${page}/lines`, ann)).text()
  expect(rows).toMatch(/data-key="approval-\d+"[^>]*data-age-ms="\d+"/)
  const send = (headers = {}) =>
    request(`${page}/approvals/${span}`, {
      method: 'POST',
      body: 'decision=approve',
      headers: { ...ann, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    })
  const plain = await send()
  expect(plain.status).toBe(303)
  expect(plain.headers.get('location')).toStartWith(`/conversations/${id}#run-`)
  expect((await send({ 'hx-request': 'true' })).status).toBe(204)
  expect((await finish()).status).toBe('finished')
  expect(await (await get(page, ann)).text()).toContain('add_work_note approved by ann')
})

test('arguments that cannot be shown whole are refused without a question', async () => {
  const server = await makeServer(
    { serviceNowWorkNotes: 'on', maxShownBytes: 32 },
    { script: writeNote, identify: identifyByHeader },
  )
  const id = await server.open(ann)
  const message = 'Add a note'
  const asked = await server.post(`/api/conversations/${id}/messages`, { message }, ann)
  const { assistant_message: answer } = (await asked.json()) as {
    assistant_message: { content: string }
  }
  expect(answer.content).toStartWith('Failed: The arguments are too long')
})

test('the tool is off by default', async () => {
  const server = await makeServer({}, { script: writeNote, identify: identifyByHeader })
  const id = await server.open(ann)
  const asked = await server.post(`/api/conversations/${id}/messages`, { message: 'Note' }, ann)
  expect(await asked.text()).toContain('there is no tool add_work_note')
})
