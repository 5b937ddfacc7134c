import { afterAll, expect } from 'bun:test'
import { examine } from '../../src/doctor/examination.ts'
import { heldFlow } from '../support/held-flow.ts'
import { postgresTest as test } from '../support/postgres.ts'
import { type ServerProcess, useServerProcesses } from '../support/postgres-processes.ts'
import {
  askAsync,
  openConversation,
  ProcessReader,
  send,
  stateOf,
} from '../support/process-client.ts'
import { isTriage, type Script } from '../support/scripted-model.ts'
import { seedFlow, seedLines } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'

const { deploy } = useServerProcesses(afterAll)

let started: Promise<[ServerProcess, ServerProcess]> | undefined
let script: Script = seedFlow

/** The two processes of this file, whose model replies by `given` from now on, and a new conversation. */
async function startTwo(given: Script) {
  script = given
  started ??= deploy((request, turn) => script(request, turn)).then(({ start }) =>
    Promise.all([start(), start()]),
  )
  const [a, b] = await started
  return { a, b, path: await openConversation(a.url), run: crypto.randomUUID() }
}

const finished = '{"status":"finished"}'

test('a reader follows a run of another process, before, during and after it', async () => {
  const { script, open } = heldFlow()
  const { a, b, path, run } = await startTwo(script)
  const [early, next, late] = [new ProcessReader(), new ProcessReader(), new ProcessReader()]
  await early.connect(b.url, path, run)
  await next.connect(b.url, path)
  expect(await askAsync(a.url, path, run)).toBe(202)
  await early.reads('list_change_requests finished')
  await next.reads('list_change_requests finished')
  await late.connect(b.url, path)
  open()
  for (const reader of [early, next, late]) {
    await reader.finishes()
    expect(reader.lines).toEqual(seedLines)
    expect(reader.done).toBe(finished)
  }
  const after = new ProcessReader()
  await after.connect(b.url, path, run)
  await after.finishes()
  expect(after.lines).toEqual(seedLines)
}, 60_000)

test('a reader that changes from process to process in the middle receives each event once', async () => {
  const { script, open } = heldFlow()
  const { a, b, path, run } = await startTwo(script)
  await askAsync(a.url, path, run)
  const reader = new ProcessReader()
  for (const [index, line] of seedLines.slice(0, 4).entries()) {
    await reader.connect((index % 2 === 0 ? b : a).url, path, run)
    await reader.reads(line)
    await reader.cut()
  }
  open()
  await reader.connect(b.url, path, run)
  await reader.finishes()
  expect(reader.lines).toEqual(seedLines)
  expect(new Set(reader.ids).size).toBe(reader.ids.length)
}, 60_000)

test('the same question on another process is the same run, and another question is refused', async () => {
  const { script, open } = heldFlow()
  const { a, b, path, run } = await startTwo(script)
  const reader = new ProcessReader()
  await reader.connect(b.url, path, run)
  await askAsync(a.url, path, run)
  await reader.reads('list_change_requests finished')
  const again = send(`${b.url}${path}/messages`, { message: 'What is open?', run })
  const otherText = await send(`${b.url}${path}/messages`, { message: 'Something else', run })
  expect([otherText.status, await otherText.json()]).toMatchObject([409, { code: 'run_taken' }])
  const other = await send(`${b.url}${path}/messages`, { message: 'Another question' })
  expect([other.status, await other.json()]).toMatchObject([409, { code: 'conversation_busy' }])
  open()
  const answer = (await (await again).json()) as { assistant_message: { content: string } }
  expect(answer).toMatchObject({ run: { id: run, status: 'finished' } })
  expect(answer.assistant_message.content).toContain('change requests are open')
  const list = await (await fetch(`${a.url}${path}`)).json()
  expect(list).toMatchObject({ runs: [{ id: run, status: 'finished' }] })
}, 60_000)

test('one question that is sent to both processes at once is one run', async () => {
  const { a, b, path, run } = await startTwo(seedFlow)
  const body = { message: 'What is open?', run }
  const reader = new ProcessReader()
  await reader.connect(b.url, path, run)
  const answers = await Promise.all(
    [a, b, a, b].map(async ({ url }) => (await send(`${url}${path}/messages`, body)).json()),
  )
  for (const answer of answers)
    expect(answer).toMatchObject({ run: { id: run, status: 'finished' } })
  await reader.finishes()
  expect([reader.lines, reader.done]).toEqual([seedLines, finished])
}, 60_000)

test('Stop on another process stops the run, and pages of every process show it', async () => {
  const { script } = heldFlow()
  const { a, b, path, run } = await startTwo(script)
  const reader = new ProcessReader()
  await reader.connect(b.url, path, run)
  await askAsync(a.url, path, run)
  await reader.reads('list_change_requests finished')
  for (const { url } of [a, b]) {
    expect(await (await fetch(`${url}/conversations`)).text()).toContain('still thinking')
  }
  expect((await send(`${b.url}${path}/runs/${run}/stop`, {})).status).toBe(202)
  await reader.finishes()
  expect(reader.done).toBe('{"status":"stopped"}')
  expect((await stateOf(a.url, path, run)).status).toBe('stopped')
  expect((await stateOf(b.url, path, run)).status).toBe('stopped')
}, 60_000)

test('deleting a conversation on another process stops its run first', async () => {
  const { script } = heldFlow()
  const { a, b, path, run } = await startTwo(script)
  const reader = new ProcessReader()
  await reader.connect(a.url, path, run)
  await askAsync(a.url, path, run)
  await reader.reads('list_change_requests finished')
  expect((await fetch(`${b.url}${path}`, { method: 'DELETE' })).status).toBe(204)
  await reader.finishes()
  expect(reader.done).toBe('{"status":"stopped"}')
  expect((await fetch(`${a.url}${path}`)).status).toBe(404)
}, 60_000)

test('the questions of a user are limited over all processes', async () => {
  const { start } = await deploy(seedFlow)
  const limits = { QUESTIONS_PER_HOUR: '3' }
  const [a, b] = await Promise.all([start(limits), start(limits)])
  const path = await openConversation(a.url)
  const statuses: number[] = []
  for (const { url } of [a, b, a, b]) {
    const answer = await send(`${url}${path}/messages`, { message: 'What is open?' })
    await answer.body?.cancel()
    statuses.push(answer.status)
    if (answer.status === 429)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(3500)
  }
  expect(statuses).toEqual([200, 200, 200, 429])
}, 60_000)

test('the streams of a user are limited over all processes, some seconds late', async () => {
  const { start } = await deploy(seedFlow)
  const limits = { MAX_STREAMS_PER_USER: '2' }
  const [a, b] = await Promise.all([start(limits), start(limits)])
  const path = await openConversation(a.url)
  const readers = [new ProcessReader(), new ProcessReader()]
  for (const reader of readers) await reader.connect(a.url, path)
  const statusThere = async () => {
    const response = await fetch(`${b.url}${path}/thinking`)
    await response.body?.cancel()
    return response.status
  }
  await until(async () => (await statusThere()) === 429, 'the other process refuses a stream')
  for (const reader of readers) await reader.cut()
  await until(async () => (await statusThere()) === 200, 'the other process accepts a stream')
}, 60_000)

test('a page of one process that requests something unknown from another gets 404, not 421', async () => {
  const { a, b } = await startTwo(seedFlow)
  const cookie = (await fetch(a.url)).headers.get('set-cookie')?.split(';')[0] ?? ''
  expect(cookie).toStartWith('opsagent-process=')
  const missing = `${b.url}/conversations/${crypto.randomUUID()}`
  expect((await fetch(missing, { headers: { cookie } })).status).toBe(404)
}, 60_000)

test('the doctor accepts several processes that share a history', async () => {
  const { a, b } = await startTwo(seedFlow)
  let requests = 0
  const { findings } = await examine({
    origin: a.url,
    seconds: 1,
    fetch: (url, init) => fetch(++requests % 2 ? url : url.replace(a.url, b.url), init),
    now: () => performance.timeOrigin + performance.now(),
  })
  const finding = findings.find(({ check }) => check === 'processes')
  expect(finding?.verdict).toBe('fine')
  expect(finding?.values.processes).toHaveLength(2)
}, 60_000)

/** A run on process `a` with a call that waits for an approval, and a reader on process `b`. */
async function askForNote() {
  const { start } = await deploy((request, turn) => {
    if (isTriage(request)) return { decide: [{ agent: 'ServiceNow', question: 'Add a note' }] }
    const note = { number: 'INC0010038', text: 'Checked' }
    if (turn === 0) return { call: [{ tool: 'add_work_note', arguments: note }] }
    return { text: request.messages.findLast(({ role }) => role === 'tool')?.content ?? '' }
  })
  const settings = { SERVICENOW_WORK_NOTES: 'on' }
  const [a, b] = await Promise.all([start(settings), start(settings)])
  const path = await openConversation(a.url)
  const run = crypto.randomUUID()
  const reader = new ProcessReader('json')
  await reader.connect(b.url, path, run)
  await askAsync(a.url, path, run)
  const requestLine = () => reader.lines.find((line) => line.includes('"approval.requested"'))
  await until(() => requestLine() !== undefined, 'the request')
  const { span } = JSON.parse(requestLine() ?? '') as { span: string }
  const decide = async (url: string, decision: string) =>
    (await send(`${url}${path}/runs/${run}/approvals/${span}`, { decision })).status
  return { a, b, reader, decide, state: (url: string) => stateOf(url, path, run) }
}

test('a decision on another process reaches the run, and the first of two decisions is final', async () => {
  const { a, b, reader, decide, state } = await askForNote()
  const statuses = await Promise.all([decide(a.url, 'approve'), decide(b.url, 'deny')])
  expect(statuses.toSorted()).toEqual([200, 409])
  await reader.finishes()
  expect(reader.done).toBe(finished)
  const isApproved = statuses[0] === 200
  const { answer } = await state(a.url)
  expect(answer).toContain(isApproved ? 'added_to' : 'not approved: the user denied the call')
  expect(await decide(b.url, isApproved ? 'approve' : 'deny')).toBe(200)
}, 60_000)

test('a denial on another process ends the wait', async () => {
  const { b, reader, decide, state } = await askForNote()
  expect(await decide(b.url, 'deny')).toBe(200)
  await reader.finishes()
  expect((await state(b.url)).answer).toContain('not approved: the user denied')
}, 60_000)
