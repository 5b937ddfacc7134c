import { expect, test } from 'bun:test'
import type { Script } from '../support/scripted-model.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const overrides = '\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'
const controls = '\0\u0007\b\u001b[31m\u007f\u0085\u009b'
const hostile = `a${overrides}b${controls}c`
const forbidden = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u

test('a title holds no control characters and no characters that reorder text', async () => {
  const { get, post, put } = await makeServer()
  const created = await post('/api/conversations', { title: hostile })
  const { id, title } = (await created.json()) as { id: string; title: string }
  expect(title).toBe('ab [31mc')
  const path = `/api/conversations/${id}`
  await put(path, { title: `${hostile}\r\nline 2\tend` })
  const { title: changed } = (await (await get(path)).json()) as { title: string }
  expect(changed).toBe('ab [31mc line 2 end')
  expect((await put(path, { title: overrides })).status).toBe(400)
})

test('an answer and the events hold none either, but line feeds, tabs and other scripts', async () => {
  const script: Script = (request, turn) => {
    if (request.response_format) {
      return { decide: [{ agent: 'ServiceNow', question: hostile }] }
    }
    if (turn === 0) {
      return { call: [{ tool: 'list_change_requests', arguments: { search: hostile } }] }
    }
    return { text: `${hostile}\n\n- שלום\tعربي 👩‍💻\r\nend` }
  }
  const { open, get, post } = await makeServer({}, { script })
  const path = `/api/conversations/${await open()}`
  const run = crypto.randomUUID()
  const answered = await post(`${path}/messages`, { message: hostile, run })
  const { assistant_message: answer } = (await answered.json()) as {
    assistant_message: { content: string }
  }
  expect(answer.content).toContain('ab[31mc\n\n- שלום\tعربي 👩‍💻\nend')
  expect(answer.content).not.toMatch(forbidden)
  const { events, answer: stored } = (await (await get(`${path}/runs/${run}`)).json()) as {
    events: { type: string }[]
    answer: string
  }
  expect(stored).toBe(answer.content)
  const shown = events.filter(({ type }) => type !== 'run.started')
  const texts = shown.flatMap((event) => Object.values(event)).map(String)
  expect(texts.filter((text) => forbidden.test(text))).toEqual([])
  const tasks = JSON.stringify(shown.find(({ type }) => type === 'triage.decided'))
  expect(tasks).toContain('"question":"ab[31mc"')
})
