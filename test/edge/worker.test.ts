import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { buildEdge, workerModules } from '../../src/entry/edge-build.ts'
import { startWorkerd } from '../../src/entry/workerd.ts'
import { hashPassword } from '../../src/http/identity/password-hash.ts'
import { startMcpGateway } from '../support/mcp-servers.ts'
import { lastQuestion, type ModelReply, startScriptedModel } from '../support/scripted-model.ts'
import { makeDataDir } from '../support/server-process.ts'
import { makeServer } from '../support/test-server.ts'

// The Worker as it is deployed.

const { path: folder, remove } = makeDataDir()
beforeAll(() => buildEdge(folder), 60_000)
afterAll(remove)

/** Starts the Worker with settings, and stops it after `work`. */
async function withWorker(
  bindings: Record<string, string>,
  work: (url: string, log: () => string) => Promise<void>,
  built = folder,
): Promise<void> {
  let written = ''
  const { url, stop } = await startWorkerd({
    folder: built,
    bindings,
    onLog(text) {
      written += text
    },
  })
  try {
    await work(url, () => written)
  } finally {
    await stop()
  }
}

test('the modules of the Worker have less than 400 KB compressed and import no module of a runtime', async () => {
  let compressedBytes = 0
  for (const name of workerModules) {
    const source = await Bun.file(join(folder, name)).text()
    compressedBytes += Bun.gzipSync(source).byteLength
    const imports = new Bun.Transpiler({ loader: 'js' }).scanImports(source)
    expect(imports.filter(({ kind }) => kind === 'import-statement')).toEqual([])
    expect(imports.filter(({ path }) => /^(bun|node|cloudflare):/.test(path))).toEqual([])
  }
  expect(compressedBytes).toBeLessThan(400 * 1024)
})

test('without a setting the offline model answers, and the log warns that everybody may read', async () => {
  await withWorker({ THINK_MS: '0' }, async (url, log) => {
    const created = await fetch(`${url}/api/conversations`, post({}))
    const { id } = (await created.json()) as { id: string }
    const message = 'Which changes are open, and is Databricks healthy?'
    const answer = await fetch(`${url}/api/conversations/${id}/messages`, post({ message }))
    const { assistant_message, run } = (await answer.json()) as {
      assistant_message: { content: string }
      run: { status: string }
    }
    expect(run.status).toBe('finished')
    expect(assistant_message.content).toContain('CHG0030412')
    for (const path of ['/healthz', '/readyz', '/doctor']) {
      expect((await fetch(url + path)).status).toBe(200)
    }
    expect(log()).toContain('AUTH is none: everybody who knows the URL')
  })
})

test.each([
  ['OPENAI_BASE_URL', { OPENAI_API_KEY: 'key' }],
  ['AZURE_OPENAI_ENDPOINT', { AZURE_OPENAI_API_KEY: 'key', AZURE_OPENAI_DEPLOYMENT_NAME: 'one' }],
])('the model of %s answers, and its errors are distinguished', async (setting, bindings) => {
  const noRetry = { 'x-should-retry': 'false' }
  const replies: Record<string, ModelReply> = {
    Hello: { decide: [], reject: 'I answer questions about your systems.' },
    Key: { status: 401 },
    Quota: { status: 429, headers: noRetry },
    Outage: { status: 500, headers: noRetry },
    Filter: { status: 400, code: 'content_filter' },
  }
  const model = startScriptedModel((request) => replies[lastQuestion(request)] ?? 'drop')
  await withWorker({ ...bindings, [setting]: model.url }, async (url) => {
    const created = await fetch(`${url}/api/conversations`, post({}))
    const { id } = (await created.json()) as { id: string }
    const answers = []
    for (const message of Object.keys(replies)) {
      const answer = await fetch(`${url}/api/conversations/${id}/messages`, post({ message }))
      const { assistant_message, run } = (await answer.json()) as {
        assistant_message?: { content: string }
        run: { status: string; error?: { code: string } }
      }
      answers.push(run.error?.code ?? assistant_message?.content)
    }
    expect(answers).toEqual([
      'I answer questions about your systems.',
      'model_auth',
      'model_busy',
      'model_down',
      'model_filtered',
    ])
  })
  await model.stop()
})

test('a specialist of an agents file answers with a tool of an MCP server', async () => {
  const gateway = await startMcpGateway()
  const AGENTS = `
mcp_servers:
  lab: { url: '${gateway.url}', credentials: { bearer: LAB_TOKEN } }
specialists:
  - { name: Lab, ask_when: 'the echo of a text', tools: [lab/echo] }
`
  await withWorker({ THINK_MS: '0', AGENTS, LAB_TOKEN: 'secret' }, async (url) => {
    const created = await fetch(`${url}/api/conversations`, post({}))
    const { id } = (await created.json()) as { id: string }
    const asked = post({ message: 'Show the echo of "good morning"' })
    const answer = await (await fetch(`${url}/api/conversations/${id}/messages`, asked)).text()
    expect(answer).toContain('Echo: good morning')
  })
  expect(gateway.sent.at(-1)?.headers.get('authorization')).toBe('Bearer secret')
  await withWorker({ AGENTS: 'specialists:\n  - nam: Lab' }, async (url) => {
    const response = await fetch(url)
    expect(response.status).toBe(500)
    expect(await response.text()).toBe(
      'OpsAgent cannot start. AGENTS, line 2: specialists.0.nam: there is no such field.\n',
    )
  })
  await gateway.stop()
})

test('runbooks are a part of the Worker that is built with them', async () => {
  const runbooks = makeDataDir()
  await Bun.write(
    join(runbooks.path, 'gateway.md'),
    '# Gateway\n\n## Restart\n\nPress the red button.\n',
  )
  const built = makeDataDir()
  await buildEdge(built.path, runbooks.path)
  const onWorker = async (url: string) => {
    const created = await fetch(`${url}/api/conversations`, post({}))
    const { id } = (await created.json()) as { id: string }
    const asked = post({ message: 'Is there a runbook about "gateway"?' })
    const answer = await (await fetch(`${url}/api/conversations/${id}/messages`, asked)).text()
    expect(answer).toContain('Press the red button.')
  }
  await withWorker({ THINK_MS: '0' }, onWorker, built.path)
  built.remove()
  runbooks.remove()
})

test('the files of the page have the URLs and the headers of the container', async () => {
  const container = await makeServer()
  const page = await (await container.get('/')).text()
  const urls = [...new Set(page.match(/\/static\/[^"]+/g))]
  expect(urls.length).toBeGreaterThan(4)
  await withWorker({}, async (url) => {
    expect([...new Set((await (await fetch(url)).text()).match(/\/static\/[^"]+/g))]).toEqual(urls)
    for (const path of urls) {
      const expected = await container.get(path)
      const actual = await fetch(url + path)
      expect(await actual.bytes()).toEqual(await expected.bytes())
      for (const [name, value] of expected.headers) {
        // The platform sets its own: it compresses the files, and computes their tags.
        if (!['etag', 'vary', 'content-length'].includes(name)) {
          expect([path, name, actual.headers.get(name)]).toEqual([path, name, value])
        }
      }
      expect(actual.headers.get('etag')).toBeString()
    }
    expect((await fetch(`${url}/static/other.js`)).status).toBe(404)
  })
})

const user = `ann:${await hashPassword('correct horse', 100_001)}`

test.each([
  ['RUN_SECONDS=soon is not valid: must be a whole number', { RUN_SECONDS: 'soon' }],
  ['AUTH=forwarded needs a proxy in front of the server', { AUTH: 'forwarded' }],
  ['AUTH=easy-auth needs a proxy in front of the server', { AUTH: 'easy-auth' }],
  ['AUTH=oidc-jwt needs OIDC_ISSUER, which is not set.', { AUTH: 'oidc-jwt' }],
  ['Entry 1 of BASIC_USERS has more PBKDF2 iterations', { AUTH: 'basic', BASIC_USERS: user }],
])('a wrong setting is a readable error on the first request: %s', async (sentence, bindings) => {
  await withWorker(bindings, async (url, log) => {
    const response = await fetch(url)
    expect(response.status).toBe(500)
    expect(await response.text()).toStartWith(`OpsAgent cannot start. ${sentence}`)
    expect(log()).toContain(sentence)
  })
})

test('settings that have no effect in a Worker are named in the log', async () => {
  const bindings = { PORT: '9', DATABASE_URL: 'postgres://a:b@c/d', ACCESS_LOG: 'on' }
  await withWorker(bindings, async (url, log) => {
    await fetch(url)
    expect(log()).toContain('these settings have no effect in a Worker: PORT, DATABASE_URL')
    expect(log()).not.toContain('a:b@c')
    expect(log()).toMatch(/info request method=GET path=\/ status=200 .*user=local/)
  })
})

function post(body: unknown): RequestInit {
  const headers = { 'content-type': 'application/json' }
  return { method: 'POST', headers, body: JSON.stringify(body) }
}
