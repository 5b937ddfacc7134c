import { afterEach, expect, test } from 'bun:test'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeDataDir, startProcess, startServer } from '../support/server-process.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

function dataDir(): string {
  const { path, remove } = makeDataDir()
  cleanUps.push(remove)
  return path
}

async function start(environment: Record<string, string>) {
  const server = await startServer(environment)
  cleanUps.push(async () => {
    server.kill('SIGKILL')
    await server.exited
  })
  return server
}

test('the first lines say where it listens and what it uses', async () => {
  const path = dataDir()
  const { greeting, url } = await start({ DATA_DIR: join(path, 'new') })
  expect(greeting).toContain('OpsAgent listens on http://localhost:')
  expect(greeting).toContain('offline model')
  expect(greeting).toContain('sample data')
  expect(greeting).toContain(join(path, 'new', 'opsagent.db'))
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ready' })
})

test('a real model is named in the first lines, its key is not', async () => {
  const environment = { OPENAI_API_KEY: 'sk-secret', OPENAI_MODEL: 'gpt-x', DATA_DIR: dataDir() }
  const { greeting } = await start(environment)
  expect(greeting).toContain('gpt-x at api.openai.com')
  expect(greeting).not.toContain('sk-secret')
})

test('a port in use is told in one sentence, with exit code 1', async () => {
  const { url } = await start({ DATA_DIR: dataDir() })
  const { port } = new URL(url)
  const second = startProcess({ PORT: port, DATA_DIR: dataDir() })
  expect(await second.exited).toBe(1)
  expect(await second.errors).toBe(
    `OpsAgent cannot start. 127.0.0.1:${port}: the port is in use. Stop the other program, or set PORT to another port.\n`,
  )
})

test('a second server on the same data folder does not start, and says why', async () => {
  const path = dataDir()
  await start({ DATA_DIR: path })
  const second = startProcess({ DATA_DIR: path })
  expect(await second.exited).toBe(1)
  expect(await second.errors).toStartWith(
    'OpsAgent cannot start. Another server already uses this data folder.',
  )
})

test('a data folder that cannot be used is told in one sentence, with exit code 1', async () => {
  const path = dataDir()
  const file = join(path, 'file')
  writeFileSync(file, '')
  chmodSync(file, 0o400)
  const { exited, errors } = startProcess({ DATA_DIR: join(file, 'below') })
  expect(await exited).toBe(1)
  const said = await errors
  expect(said).toStartWith(`OpsAgent cannot start. The history cannot be opened in ${file}/below`)
  expect(said.trim().split('\n')).toHaveLength(1)
})

test('a setting that is not valid is told in one sentence, with exit code 1', async () => {
  const { exited, errors } = startProcess({ ANSWER_WAIT_SECONDS: 'soon' })
  expect(await exited).toBe(1)
  expect(await errors).toBe(
    'OpsAgent cannot start. ANSWER_WAIT_SECONDS=soon is not valid: must be a whole number from 0 to 600.\n',
  )
})

/** Sends a head as it is, and answers all that comes back. */
async function sendHead(url: string, head: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  let heard = ''
  await Bun.connect({
    hostname: '127.0.0.1',
    port: Number(new URL(url).port),
    socket: {
      open: (socket) => void socket.write(`${head}\r\n\r\n`),
      data: (_, bytes) => {
        heard += new TextDecoder().decode(bytes)
      },
      close: () => resolve(heard),
    },
  })
  return promise
}

test('a request that cannot be read shows nothing of the program', async () => {
  const { url } = await start({ DATA_DIR: dataDir() })
  for (const host of ['[', 'a b', '%']) {
    const heard = await sendHead(url, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close`)
    expect(heard).toMatch(/^HTTP\/1\.1 4\d\d/)
    expect(heard).not.toContain('.ts')
  }
})

test('a health check that names no host is answered', async () => {
  const { url } = await start({ DATA_DIR: dataDir() })
  expect(await sendHead(url, 'GET /readyz HTTP/1.0')).toContain('{"status":"ready"}')
})

test('SIGTERM ends it with exit code 0', async () => {
  const { kill, exited, errors } = await start({ DATA_DIR: dataDir() })
  kill('SIGTERM')
  expect(await exited).toBe(0)
  expect(await errors).toBe('')
})

test('a conversation with its thinking is there after a restart', async () => {
  const path = dataDir()
  const first = await start({ DATA_DIR: path })
  const json = { 'content-type': 'application/json' }
  const send = (url: string, body: unknown) =>
    fetch(url, { method: 'POST', headers: json, body: JSON.stringify(body) })
  const created = await send(`${first.url}/api/conversations`, {})
  const where = created.headers.get('location') ?? ''
  const run = crypto.randomUUID()
  await send(`${first.url}${where}/messages`, { message: 'Which incidents are open?', run })
  const before = await (await fetch(`${first.url}${where}/runs/${run}`)).json()
  first.kill('SIGTERM')
  await first.exited
  const second = await start({ DATA_DIR: path })
  expect(await (await fetch(`${second.url}${where}/runs/${run}`)).json()).toEqual(before)
  const stream = await fetch(`${second.url}${where}/thinking?run=${run}`)
  expect(await stream.text()).toContain('data: Calling list_incidents...')
})

test('after kill -9 the run says that it was interrupted, and its readers are told', async () => {
  const path = dataDir()
  const first = await start({ DATA_DIR: path, THINK_MS: '60000' })
  const json = { 'content-type': 'application/json' }
  const send = (url: string, body: unknown, headers = {}) =>
    fetch(url, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) })
  const created = await send(`${first.url}/api/conversations`, {})
  const where = created.headers.get('location') ?? ''
  const body = { message: 'Which incidents are open?', run: crypto.randomUUID() }
  await send(`${first.url}${where}/messages`, body, { prefer: 'respond-async' })
  first.kill('SIGKILL')
  await first.exited
  const second = await start({ DATA_DIR: path })
  const told = (await (await fetch(`${second.url}${where}/runs/${body.run}`)).json()) as object
  expect(told).toMatchObject({ status: 'interrupted', error: { code: 'interrupted' } })
  const stream = await (await fetch(`${second.url}${where}/thinking?run=${body.run}`)).text()
  expect(stream).toContain('data: [Triage] agent invoked')
  expect(stream).toContain('data: {"status":"interrupted"}')
})
