import { expect, test } from 'bun:test'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { useCleanUps } from '../support/clean-ups.ts'
import { startProcess, startServer } from '../support/server-process.ts'

const { onEnd, dataDir } = useCleanUps()

async function start(environment: Record<string, string>) {
  const server = await startServer(environment)
  onEnd(async () => {
    server.kill('SIGKILL')
    await server.exited
  })
  return server
}

test('the first lines name the address, the model, the data and the history', async () => {
  const path = dataDir()
  const { greeting, url } = await start({ DATA_DIR: join(path, 'new') })
  expect(greeting).toContain('OpsAgent listens on http://localhost:')
  expect(greeting).toContain('offline model')
  expect(greeting).toContain('sample data')
  expect(greeting).toContain(join(path, 'new', 'opsagent.db'))
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ready' })
})

test('the first lines name a real model and omit its key', async () => {
  const environment = { OPENAI_API_KEY: 'sk-secret', OPENAI_MODEL: 'gpt-x', DATA_DIR: dataDir() }
  const { greeting } = await start(environment)
  expect(greeting).toContain('gpt-x at api.openai.com')
  expect(greeting).not.toContain('sk-secret')
})

test('a port in use ends the start with one sentence and exit code 1', async () => {
  const { url } = await start({ DATA_DIR: dataDir() })
  const { port } = new URL(url)
  const second = startProcess({ PORT: port, DATA_DIR: dataDir() })
  expect(await second.exited).toBe(1)
  expect(await second.errors).toBe(
    `OpsAgent cannot start. 127.0.0.1:${port}: the port is in use. Stop the other program, or set PORT to another port.\n`,
  )
})

test('a second server on the same data folder does not start and gives the reason', async () => {
  const path = dataDir()
  await start({ DATA_DIR: path })
  const second = startProcess({ DATA_DIR: path })
  expect(await second.exited).toBe(1)
  expect(await second.errors).toStartWith(
    'OpsAgent cannot start. Another server already uses this data folder.',
  )
})

test('an unusable data folder ends the start with one sentence and exit code 1', async () => {
  const path = dataDir()
  const file = join(path, 'file')
  writeFileSync(file, '')
  chmodSync(file, 0o400)
  const { exited, errors } = startProcess({ DATA_DIR: join(file, 'below') })
  expect(await exited).toBe(1)
  const output = await errors
  expect(output).toStartWith(`OpsAgent cannot start. The history cannot be opened in ${file}/below`)
  expect(output.trim().split('\n')).toHaveLength(1)
})

test('an invalid setting ends the start with one sentence and exit code 1', async () => {
  const { exited, errors } = startProcess({ ANSWER_WAIT_SECONDS: 'soon' })
  expect(await exited).toBe(1)
  expect(await errors).toBe(
    'OpsAgent cannot start. ANSWER_WAIT_SECONDS=soon is not valid: must be a whole number from 0 to 600.\n',
  )
})

/** Sends a request head unchanged and returns the whole response. */
async function sendHead(url: string, head: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  let received = ''
  await Bun.connect({
    hostname: '127.0.0.1',
    port: Number(new URL(url).port),
    socket: {
      open: (socket) => void socket.write(`${head}\r\n\r\n`),
      data: (_, bytes) => {
        received += new TextDecoder().decode(bytes)
      },
      close: () => resolve(received),
    },
  })
  return promise
}

test('the response to a malformed request contains no source path', async () => {
  const { url } = await start({ DATA_DIR: dataDir() })
  for (const host of ['[', 'a b', '%']) {
    const response = await sendHead(url, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close`)
    expect(response).toMatch(/^HTTP\/1\.1 4\d\d/)
    expect(response).not.toContain('.ts')
  }
})

test('a health check without a Host header is answered', async () => {
  const { url } = await start({ DATA_DIR: dataDir() })
  expect(await sendHead(url, 'GET /readyz HTTP/1.0')).toContain('{"status":"ready"}')
})

test('SIGTERM ends the process with exit code 0', async () => {
  const { kill, exited, errors } = await start({ DATA_DIR: dataDir() })
  kill('SIGTERM')
  expect(await exited).toBe(0)
  expect(await errors).toBe('')
})

test('a conversation and its thinking are unchanged after a restart', async () => {
  const path = dataDir()
  const first = await start({ DATA_DIR: path })
  const json = { 'content-type': 'application/json' }
  const send = (url: string, body: unknown) =>
    fetch(url, { method: 'POST', headers: json, body: JSON.stringify(body) })
  const created = await send(`${first.url}/api/conversations`, {})
  const location = created.headers.get('location') ?? ''
  const run = crypto.randomUUID()
  await send(`${first.url}${location}/messages`, { message: 'Which incidents are open?', run })
  const before = await (await fetch(`${first.url}${location}/runs/${run}`)).json()
  first.kill('SIGTERM')
  await first.exited
  const second = await start({ DATA_DIR: path })
  expect(await (await fetch(`${second.url}${location}/runs/${run}`)).json()).toEqual(before)
  const stream = await fetch(`${second.url}${location}/thinking?run=${run}`)
  expect(await stream.text()).toContain('data: Calling list_incidents...')
})

test('after kill -9 the run is interrupted, and its stream reports the interruption', async () => {
  const path = dataDir()
  const first = await start({ DATA_DIR: path, THINK_MS: '60000' })
  const json = { 'content-type': 'application/json' }
  const send = (url: string, body: unknown, headers = {}) =>
    fetch(url, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) })
  const created = await send(`${first.url}/api/conversations`, {})
  const location = created.headers.get('location') ?? ''
  const body = { message: 'Which incidents are open?', run: crypto.randomUUID() }
  await send(`${first.url}${location}/messages`, body, { prefer: 'respond-async' })
  first.kill('SIGKILL')
  await first.exited
  const second = await start({ DATA_DIR: path })
  const stored = (await (await fetch(`${second.url}${location}/runs/${body.run}`)).json()) as object
  expect(stored).toMatchObject({ status: 'interrupted', error: { code: 'interrupted' } })
  const stream = await (await fetch(`${second.url}${location}/thinking?run=${body.run}`)).text()
  expect(stream).toContain('data: [Triage] agent invoked')
  expect(stream).toContain('data: {"status":"interrupted"}')
})
