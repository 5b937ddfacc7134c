import { expect } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import type { FunctionMiddleware } from '../../src/core/call.ts'
import { OpsError } from '../../src/core/errors.ts'
import { createLog } from '../../src/entry/log.ts'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { readFrames } from '../support/read-stream.ts'
import { isTriage, type Script } from '../support/scripted-model.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()
const { onEnd, dataDir } = useCleanUps()

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Makes different secrets of letters and digits, the same ones in each run of the test. */
function secretsFrom(seed: number) {
  const made: string[] = []
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state
  }
  return {
    made,
    make(length = 24): string {
      const text = Array.from({ length }, () => letters[next() % letters.length]).join('')
      made.push(text)
      return text
    },
  }
}

type Make = (length?: number) => string

/** The forms in which a text can have a secret. */
const forms: ((make: Make) => string)[] = [
  (make) => `Authorization: Bearer ${make()}`,
  (make) => `authorization: Basic ${make()}==`,
  (make) => `curl -H 'Proxy-Authorization: Negotiate ${make()}' https://example.com`,
  (make) => JSON.stringify({ user: 'ann', password: `${make(8)}"${make(8)}\\`, port: 8080 }),
  (make) => JSON.stringify({ body: JSON.stringify({ client_secret: make(), next: 'kept' }) }),
  (make) => `api_key=${make()}&region=west`,
  (make) => `postgres://ann:${make()}@db.example.com/ops`,
  (make) => `https://store.example.com/b?sv=1&sig=${make()}%3D&se=2`,
  (make) => `DefaultEndpointsProtocol=https;AccountKey=${make(64)}==;EndpointSuffix=x`,
  (make) => `the session eyJ${make()}.eyJ${make()}.${make()} has ended`,
  (make) => `ghp_${make(36)} and sk-proj-4${make(40)} were used`,
  (make) => `Set-Cookie: session=${make()}; Path=/`,
  (make) => `-----BEGIN PRIVATE KEY-----\n${make(64)}\n${make(64)}\n-----END PRIVATE KEY-----`,
  (make) => `the customer CUST-4${make(20)} complains`,
]

/** A text that has a secret in each form, in an order that depends on `turn`. */
const textWith = (make: Make, turn: number) =>
  forms.map((_, index) => forms[(index * 3 + turn) % forms.length]?.(make)).join('\n')

containerTest(
  'secrets in arguments, results and errors of tools reach the tool and the model, and nothing else',
  async () => {
    const secrets = secretsFrom(20_261_124)
    const text = (turn: number) => textWith(secrets.make, turn)
    const calls = ['result', 'thrown', 'reported', 'source'].map((end, turn) => ({
      end,
      given: JSON.stringify({ end, note: text(turn), password: secrets.make() }),
    }))
    const received: string[] = []
    const layer: FunctionMiddleware = async (call) => {
      received.push(call.arguments)
      const { end } = JSON.parse(call.arguments) as { end: string }
      const message = text(5)
      if (end === 'result') return message
      if (end === 'thrown') throw new Error(message, { cause: { message: text(6) } })
      const code = end === 'source' ? 'source_invalid' : 'tool_reported'
      throw new OpsError(code, { message, cause: new Error(text(7)) })
    }
    const script: Script = (request, turn) => {
      if (isTriage(request)) return { decide: [{ agent: 'ServiceNow', question: text(8) }] }
      if (turn === 0) {
        return { call: calls.map(({ given }) => ({ tool: 'get_incident', arguments: given })) }
      }
      return {
        text: request.messages
          .slice(-4)
          .map(({ content }) => content)
          .join('\n\n'),
      }
    }
    const config = readConfig({ REDACT_PATTERNS: 'CUST-\\w{1,40}' })
    const { redactPatterns } = config
    const lines: string[] = []
    const write = (line: string) => lines.push(line)
    const log = createLog({ ...config, logFormat: 'json', logLevel: 'info' }, [], write)
    const folder = dataDir()
    const store = openSqliteStore(join(folder, 'history.db'))
    onEnd(() => store.close())
    const parts = { script, store, log, functionMiddleware: [layer] }
    const { open, get, post, model } = await makeServer({ redactPatterns }, parts)

    const id = await open()
    const run = crypto.randomUUID()
    const page = `/conversations/${id}`
    const shown = [await (await post(`/api${page}/messages`, { message: 'Why?', run })).text()]
    const runPage = `${page}/runs/${run}`
    for (const path of [
      page,
      runPage,
      `${runPage}/lines`,
      `/api${page}`,
      `/api${runPage}`,
      ...['markdown', 'json', 'html', 'answer'].map(
        (format) => `${runPage}/export?format=${format}`,
      ),
    ]) {
      const response = await get(path)
      expect(response.status).toBe(200)
      shown.push(await response.text())
    }
    for (const path of [
      `/api${page}/thinking?run=${run}&format=json`,
      `${page}/thinking?run=${run}`,
    ]) {
      shown.push(JSON.stringify(await readFrames(await get(path))))
    }

    expect(received.toSorted()).toEqual(calls.map(({ given }) => given).toSorted())
    const read = JSON.stringify(model?.requests)
    expect(secrets.made.filter((secret) => read.includes(secret)).length).toBeGreaterThan(150)
    expect(lines.join('')).toContain('get_incident failed')
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
    const places = { shown, log: lines, files }
    for (const [place, texts] of Object.entries(places)) {
      const all = texts.join('\n')
      const leaked = secrets.made.filter((secret) => all.includes(secret))
      expect({ place, leaked }).toEqual({ place, leaked: [] })
      expect(all).toContain('[redacted]')
    }
  },
)
