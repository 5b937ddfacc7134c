import { afterEach, expect, test } from 'bun:test'
import { EventSource } from 'eventsource'
import { isTriage, startScriptedModel } from '../support/scripted-model.ts'
import { gate, seedFlow, seedLines } from '../support/scripts.ts'
import { makeDataDir, startServer } from '../support/server-process.ts'
import { until } from '../support/socket-server.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

const json = { 'content-type': 'application/json' }
const send = (url: string, body: unknown, headers = {}) =>
  fetch(url, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) })

/** A folder, a model that waits before its answer, and servers on that folder. */
async function makeWorld() {
  const { path, remove } = makeDataDir()
  cleanUps.push(remove)
  const held = gate()
  const model = startScriptedModel(async (request, turn) => {
    if (!isTriage(request) && turn === 1) await held.opened
    return seedFlow(request, turn)
  })
  cleanUps.push(model.stop)
  const start = async (environment = {}) => {
    const settings = { DATA_DIR: path, OPENAI_BASE_URL: model.url, SHUTDOWN_SECONDS: '1' }
    const server = await startServer({ ...settings, ...environment })
    cleanUps.push(async () => {
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

test('a reader that comes back after kill -9 hears the rest, exactly once, and that it was interrupted', async () => {
  const { start } = await makeWorld()
  const first = await start()
  const where = await open(first.url)
  const run = crypto.randomUUID()
  const { port } = new URL(first.url)
  const source = new EventSource(`${first.url}${where}/thinking?run=${run}`)
  cleanUps.push(() => source.close())
  const heard: string[] = []
  let ended = ''
  source.addEventListener('message', ({ data }) => heard.push(data))
  source.addEventListener('done', ({ data }) => {
    ended = data
    source.close()
  })
  await send(`${first.url}${where}/messages`, { message: 'x', run }, { prefer: 'respond-async' })
  await until(() => heard.includes('list_change_requests finished'), 'the tool has finished')
  first.kill('SIGKILL')
  await first.exited
  await start({ PORT: port })
  await until(() => ended !== '', 'the end', 15_000)
  expect(ended).toBe('{"status":"interrupted"}')
  expect(heard).toEqual([
    ...seedLines.slice(0, 4),
    '[ServiceNow] agent stopped',
    '[Triage] agent stopped',
  ])
}, 30_000)

test('after kill -9 the question can be asked again in the same conversation', async () => {
  const { start, held } = await makeWorld()
  const first = await start()
  const where = await open(first.url)
  const run = crypto.randomUUID()
  await send(`${first.url}${where}/messages`, { message: 'x', run }, { prefer: 'respond-async' })
  first.kill('SIGKILL')
  await first.exited
  held.open()
  const second = await start()
  const same = await (await send(`${second.url}${where}/messages`, { message: 'x', run })).json()
  expect(same).toMatchObject({ assistant_message: null, run: { status: 'interrupted' } })
  const again = await (await send(`${second.url}${where}/messages`, { message: 'x' })).json()
  expect(again).toMatchObject({ run: { status: 'finished' } })
}, 30_000)

test('at SIGTERM running work is finished, its readers and its POST get the end, then the process ends', async () => {
  const { start, held } = await makeWorld()
  const { url, kill, exited, errors } = await start({ SHUTDOWN_SECONDS: '20' })
  const where = await open(url)
  const stream = fetch(`${url}${where}/thinking`).then((response) => response.text())
  const asked = send(`${url}${where}/messages`, { message: 'What is open?' })
  const listed = async () => (await (await fetch(`${url}${where}`)).text()).includes('running')
  await until(listed, 'the run is under way')
  kill('SIGTERM')
  await until(async () => (await fetch(`${url}/readyz`)).status === 503, 'it drains')
  expect((await send(`${url}${await open(url)}/messages`, { message: 'y' })).status).toBe(503)
  held.open()
  expect(await (await asked).json()).toMatchObject({ run: { status: 'finished' } })
  expect(await stream).toContain('event: done\ndata: {"status":"finished"}')
  expect(await exited).toBe(0)
  expect(await errors).toBe('')
}, 30_000)

test('at SIGTERM what does not end in its time is interrupted, and everybody is told', async () => {
  const { start } = await makeWorld()
  const { url, kill, exited } = await start({ SHUTDOWN_SECONDS: '0' })
  const where = await open(url)
  const waiting = await open(url)
  const idle = fetch(`${url}${waiting}/thinking`).then((response) => response.text())
  const stream = fetch(`${url}${where}/thinking`).then((response) => response.text())
  const asked = send(`${url}${where}/messages`, { message: 'What is open?' })
  const listed = async () => (await (await fetch(`${url}${where}`)).text()).includes('running')
  await until(listed, 'the run is under way')
  kill('SIGTERM')
  expect(await (await asked).json()).toMatchObject({ run: { status: 'interrupted' } })
  expect(await stream).toContain('event: done\ndata: {"status":"interrupted"}')
  expect(await idle).toContain(': the server restarts')
  expect(await exited).toBe(0)
}, 30_000)
