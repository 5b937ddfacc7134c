import { expect, test } from 'bun:test'
import { EventSource } from 'eventsource'
import { useCleanUps } from '../support/clean-ups.ts'
import { isTriage, startScriptedModel } from '../support/scripted-model.ts'
import { gate, seedFlow, seedLines } from '../support/scripts.ts'
import { startServer } from '../support/server-process.ts'
import { until } from '../support/socket-server.ts'

const { onEnd, dataDir } = useCleanUps()

const json = { 'content-type': 'application/json' }
const send = (url: string, body: unknown, headers = {}) =>
  fetch(url, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) })

/** A data folder, a model that waits before its answer, and a function that starts servers on that folder. */
function makeDeployment() {
  const path = dataDir()
  const held = gate()
  const model = startScriptedModel(async (request, turn) => {
    if (!isTriage(request) && turn === 1) await held.opened
    return seedFlow(request, turn)
  })
  onEnd(model.stop)
  const start = async (environment = {}) => {
    const settings = { DATA_DIR: path, OPENAI_BASE_URL: model.url, SHUTDOWN_SECONDS: '1' }
    const server = await startServer({ ...settings, ...environment })
    onEnd(async () => {
      server.kill('SIGKILL')
      await server.exited
    })
    return server
  }
  return { start, held }
}

async function open(url: string): Promise<string> {
  const created = await send(`${url}/api/conversations`, {})
  return created.headers.get('location') ?? ''
}

test('a reader that reconnects after kill -9 receives the rest exactly once, and that the run was interrupted', async () => {
  const { start } = makeDeployment()
  const first = await start()
  const location = await open(first.url)
  const run = crypto.randomUUID()
  const { port } = new URL(first.url)
  const source = new EventSource(`${first.url}${location}/thinking?run=${run}`)
  onEnd(() => source.close())
  const received: string[] = []
  let ended = ''
  source.addEventListener('message', ({ data }) => received.push(data))
  source.addEventListener('done', ({ data }) => {
    ended = data
    source.close()
  })
  await send(`${first.url}${location}/messages`, { message: 'x', run }, { prefer: 'respond-async' })
  await until(() => received.includes('list_change_requests finished'), 'the tool has finished')
  first.kill('SIGKILL')
  await first.exited
  await start({ PORT: port })
  await until(() => ended !== '', 'the stream has ended', 15_000)
  expect(ended).toBe('{"status":"interrupted"}')
  expect(received).toEqual([
    ...seedLines.slice(0, 4),
    '[ServiceNow] agent stopped',
    '[Triage] agent stopped',
  ])
}, 60_000)

test('after kill -9 the conversation accepts the question again', async () => {
  const { start, held } = makeDeployment()
  const first = await start()
  const location = await open(first.url)
  const run = crypto.randomUUID()
  await send(`${first.url}${location}/messages`, { message: 'x', run }, { prefer: 'respond-async' })
  first.kill('SIGKILL')
  await first.exited
  held.open()
  const second = await start()
  const same = await (await send(`${second.url}${location}/messages`, { message: 'x', run })).json()
  expect(same).toMatchObject({ assistant_message: null, run: { status: 'interrupted' } })
  const again = await (await send(`${second.url}${location}/messages`, { message: 'x' })).json()
  expect(again).toMatchObject({ run: { status: 'finished' } })
}, 60_000)

test('at SIGTERM a run finishes, its readers and its POST receive the end, then the process exits', async () => {
  const { start, held } = makeDeployment()
  const { url, kill, exited, errors } = await start({ SHUTDOWN_SECONDS: '20' })
  const location = await open(url)
  const stream = fetch(`${url}${location}/thinking`).then((response) => response.text())
  const asked = send(`${url}${location}/messages`, { message: 'What is open?' })
  const running = async () => (await (await fetch(`${url}${location}`)).text()).includes('running')
  await until(running, 'the run is running')
  kill('SIGTERM')
  await until(async () => (await fetch(`${url}/readyz`)).status === 503, 'the server drains')
  expect((await send(`${url}${await open(url)}/messages`, { message: 'y' })).status).toBe(503)
  held.open()
  expect(await (await asked).json()).toMatchObject({ run: { status: 'finished' } })
  expect(await stream).toContain('event: done\ndata: {"status":"finished"}')
  expect(await exited).toBe(0)
  expect(await errors).toBe('')
}, 60_000)

test('at SIGTERM a run that does not end in time is interrupted, and every reader is notified', async () => {
  const { start } = makeDeployment()
  const { url, kill, exited } = await start({ SHUTDOWN_SECONDS: '0' })
  const location = await open(url)
  const waiting = await open(url)
  const idle = fetch(`${url}${waiting}/thinking`).then((response) => response.text())
  const stream = fetch(`${url}${location}/thinking`).then((response) => response.text())
  const asked = send(`${url}${location}/messages`, { message: 'What is open?' })
  const running = async () => (await (await fetch(`${url}${location}`)).text()).includes('running')
  await until(running, 'the run is running')
  kill('SIGTERM')
  expect(await (await asked).json()).toMatchObject({ run: { status: 'interrupted' } })
  expect(await stream).toContain('event: done\ndata: {"status":"interrupted"}')
  expect(await idle).toContain(': the server restarts')
  expect(await exited).toBe(0)
}, 60_000)
