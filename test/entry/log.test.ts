import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { OpsError } from '../../src/core/errors.ts'
import { createLog } from '../../src/entry/log.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { startProcess } from '../support/server-process.ts'

type Options = Parameters<typeof createLog>[0]

/** A log that keeps what it writes. */
function makeLog(options: Partial<Options> = {}, secrets: string[] = []) {
  const written: string[] = []
  const settings: Options = { logFormat: 'text', logLevel: 'info', ...options }
  const log = createLog(settings, secrets, (text) => written.push(text))
  return { log, text: () => written.join(''), json: () => written.map((line) => JSON.parse(line)) }
}

const failure = new OpsError('store_failed', { cause: new TypeError('disk full') })

test('a text entry has the time, the level, the message and its fields', () => {
  const { log, text } = makeLog()
  log.info('request', { path: '/', status: 200, user: 'Ann B', address: undefined })
  expect(text()).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z info request path=\/ status=200 user="Ann B"\n$/,
  )
})

test('a text entry has the stack and the code of the error and of its causes, indented', () => {
  const { log, text } = makeLog()
  log.error('run failed', { cause: failure })
  const [first, ...rest] = text().trimEnd().split('\n')
  expect(first).toEndWith(' error run failed')
  expect(rest.every((line) => line.startsWith('  '))).toBe(true)
  expect(rest.join('\n')).toContain('(code store_failed)\n  caused by TypeError: disk full')
  expect(rest.join('\n')).toContain('log.test.ts')
})

test('a text entry contains no escape sequences and no line breaks of its fields', () => {
  const { log, text } = makeLog()
  log.warn('two\nlines', { path: '/\u001b[31m\n2026 error forged' })
  expect(text()).toEndWith(' warn two lines path="/\\u001b[31m\\n2026 error forged"\n')
})

test('a JSON entry is one line with the error, its code, its stack and its causes', () => {
  const { log, text, json } = makeLog({ logFormat: 'json' })
  log.error('run failed', { cause: failure, run: 'r1', level: 'forged' })
  expect(text().split('\n')).toHaveLength(2)
  expect(json()).toEqual([
    {
      time: expect.stringMatching(/^\d{4}-/),
      level: 'error',
      message: 'run failed',
      run: 'r1',
      error: {
        message: failure.message,
        code: 'store_failed',
        stack: expect.stringContaining('log.test.ts'),
        causes: [{ message: 'disk full', stack: expect.stringContaining('TypeError') }],
      },
    },
  ])
})

test('an entry without an error has no error field', () => {
  const { log, json } = makeLog({ logFormat: 'json' })
  log.info('listening', { port: 8000, draining: false })
  expect(Object.keys(json()[0])).toEqual(['time', 'level', 'message', 'port', 'draining'])
})

test.each(['text', 'json'] as const)('%s: a secret is replaced wherever it occurs', (logFormat) => {
  const { log, text } = makeLog({ logFormat }, ['sk-"quoted"-key', 'ann'])
  const cause = new Error('outer', { cause: new Error('wrong key sk-"quoted"-key') })
  log.error('the key is sk-"quoted"-key', { cause, user: 'ann', header: 'sk-"quoted"-key' })
  expect(text()).not.toContain('quoted')
  expect(text()).toContain('wrong key [redacted]')
  expect(text()).toContain('ann')
})

test('levels that are less severe than the chosen one are left out', () => {
  const { log, json } = makeLog({ logFormat: 'json', logLevel: 'warn' })
  log.info('a')
  log.warn('b')
  log.error('c')
  expect(json()).toMatchObject([{ level: 'warn' }, { level: 'error' }])
})

test('no value makes a log call throw, and entries are bounded', () => {
  const { log, text, json } = makeLog({ logFormat: 'json' })
  const circle: Record<string, unknown> = {}
  circle.self = circle
  const endless = new Error('endless')
  endless.cause = endless
  const values = { circle, bare: Object.create(null), big: 10n, missing: null, call: () => {} }
  log.error('x'.repeat(100_000), { ...values, symbol: Symbol('s'), cause: endless })
  log.error('thrown text', { cause: 'only text' })
  expect(json()).toMatchObject([
    { circle: '[unreadable]', bare: '{}', big: '10', missing: 'null', symbol: 'Symbol(s)' },
    { error: { message: 'only text', causes: [] } },
  ])
  expect(json()[0].error.causes).toHaveLength(5)
  expect(text().length).toBeLessThan(100_000)
})

const { onEnd, dataDir } = useCleanUps()

/** The lines of a process, parsed as they arrive; undefined at the end. */
function parsedLines(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader()
  const decoder = new TextDecoder()
  let text = ''
  return async function nextLine(): Promise<Record<string, unknown> | undefined> {
    while (!text.includes('\n')) {
      const { done, value } = await reader.read()
      if (done) return undefined
      text += decoder.decode(value, { stream: true })
    }
    const [line = '', ...rest] = text.split('\n')
    text = rest.join('\n')
    return JSON.parse(line)
  }
}

test('with LOG_FORMAT=json the start, warnings, requests and the shutdown are JSON lines', async () => {
  const server = Bun.spawn([process.execPath, '--no-env-file', 'src/entry/bun.ts'], {
    cwd: join(import.meta.dir, '../..'),
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      DATA_DIR: dataDir(),
      TRUSTED_PROXIES: '::/0',
      LOG_FORMAT: 'json',
      ACCESS_LOG: 'on',
    },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  onEnd(() => server.kill('SIGKILL'))
  const next = parsedLines(server.stderr)
  const started = await next()
  expect(started).toMatchObject({ level: 'info', model: expect.stringContaining('offline model') })
  expect(await next()).toMatchObject({ level: 'warn' })
  await fetch(`${String(started?.url).replace('localhost', '127.0.0.1')}/healthz?q=1`)
  expect(await next()).toMatchObject({
    message: 'request',
    path: '/healthz',
    status: 200,
    address: '127.0.0.1',
  })
  server.kill('SIGTERM')
  expect(await next()).toMatchObject({ level: 'info', seconds: 25 })
  expect(await next()).toBeUndefined()
  expect(await new Response(server.stdout).text()).toBe('')
  expect(await server.exited).toBe(0)
})

test('with LOG_FORMAT=json the reason why the server does not start is a JSON line', async () => {
  const { errors, exited } = startProcess({ LOG_FORMAT: 'json', PORT: 'abc' })
  expect(JSON.parse(await errors)).toMatchObject({
    level: 'error',
    message: expect.stringContaining('PORT=abc is not valid'),
    code: 'bad_setting',
  })
  expect(await exited).toBe(1)
})
