import { afterEach, expect } from 'bun:test'
import { readRun } from '../support/agents-server.ts'
import { startScriptedModel } from '../support/scripted-model.ts'
import { seedFlow } from '../support/scripts.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const models: ReturnType<typeof startScriptedModel>[] = []
afterEach(() => {
  for (const model of models.splice(0)) model.stop()
})

/** Asks a server whose first model answers with this status. */
async function askWith(status: number) {
  const model = startScriptedModel((request, turn) =>
    request.model === 'first'
      ? { status, headers: { 'retry-after-ms': '1' } }
      : seedFlow(request, turn),
  )
  models.push(model)
  const settings = { openaiBaseUrl: model.url, openaiModels: ['first'], fallbackModel: 'second' }
  const server = await makeServer(settings)
  const path = `/api/conversations/${await server.open()}`
  const run = crypto.randomUUID()
  await server.post(`${path}/messages`, { message: 'Which changes are open?', run })
  const stream = await (await server.get(`${path}/thinking?run=${run}`)).text()
  return { ...(await readRun(server, `${path}/runs/${run}`)), stream, model, server }
}

containerTest.each([429, 503])(
  'after a status of %d the fallback model answers, and the panel and the log say so',
  async (status) => {
    const { answer, events, stream, server } = await askWith(status)
    expect(answer).toContain('change requests are open')
    const finished = events.filter(({ type }) => type === 'agent.finished')
    expect(finished.map(({ agent, fallback }) => [agent, fallback])).toEqual([
      ['ServiceNow', 'second'],
      ['Triage', 'second'],
    ])
    expect(stream).toContain('[ServiceNow] agent finished with the fallback model second')
    const lines = (await server.readLog()).map((line) => Bun.inspect(line)).join()
    expect(lines).toContain('first cannot answer, so second is asked')
  },
)

containerTest.each([401, 404, 400])(
  'after a status of %d the fallback model is not asked',
  async (status) => {
    const { status: ended, model } = await askWith(status)
    expect(ended).toBe('failed')
    expect(model.requests.map((request) => request.model)).not.toContain('second')
  },
)

containerTest('a model that does not answer is given up, and the fallback answers', async () => {
  const model = startScriptedModel((request, turn) =>
    request.model === 'first' ? 'hang' : seedFlow(request, turn),
  )
  models.push(model)
  const settings = { openaiBaseUrl: model.url, openaiModels: ['first'] }
  const server = await makeServer({ ...settings, fallbackModel: 'second', fallbackAfterSeconds: 0 })
  const path = `/api/conversations/${await server.open()}`
  const run = crypto.randomUUID()
  await server.post(`${path}/messages`, { message: 'Which changes are open?', run })
  const { status, events } = await readRun(server, `${path}/runs/${run}`)
  expect(status).toBe('finished')
  expect(events.flatMap(({ fallback }) => fallback ?? [])).toEqual(['second', 'second'])
})

containerTest(
  'the panel says once that a call was trimmed, also if the fallback answers it',
  async () => {
    const model = startScriptedModel((request, turn) => {
      if (turn === 0) return seedFlow(request, turn)
      if (request.model === 'second') return { text: 'done' }
      return { status: 503, headers: { 'x-should-retry': 'false' } }
    })
    models.push(model)
    const settings = { openaiBaseUrl: model.url, openaiModels: ['first'], fallbackModel: 'second' }
    const server = await makeServer({ ...settings, contextTokens: 1000 })
    const path = `/api/conversations/${await server.open()}`
    const run = crypto.randomUUID()
    await server.post(`${path}/messages`, { message: 'Which changes are open?', run })
    const { events } = await readRun(server, `${path}/runs/${run}`)
    expect(events.filter(({ type }) => type === 'context.trimmed')).toHaveLength(1)
    expect(events.flatMap(({ fallback }) => fallback ?? [])).toEqual(['second'])
  },
)

containerTest(
  'the fallback is asked first for 30 s, then one call tries the model again',
  async () => {
    const clock = { ms: 0 }
    let isDown = true
    const model = startScriptedModel((request, turn) =>
      request.model === 'first' && isDown
        ? { status: 503, headers: { 'x-should-retry': 'false' } }
        : seedFlow(request, turn),
    )
    models.push(model)
    const settings = { openaiBaseUrl: model.url, openaiModels: ['first'], fallbackModel: 'second' }
    const server = await makeServer(settings, { monotonicMs: () => clock.ms })
    /** Asks at a time. Resolves with how many requests each model got, and which models the panel names. */
    async function askAt(ms: number) {
      clock.ms = ms
      const before = model.requests.length
      const path = `/api/conversations/${await server.open()}`
      const run = crypto.randomUUID()
      await server.post(`${path}/messages`, { message: 'Which changes are open?', run })
      const { events } = await readRun(server, `${path}/runs/${run}`)
      const asked = model.requests.slice(before).map((request) => request.model)
      const named = events.flatMap(({ fallback }) => fallback ?? [])
      return { first: asked.filter((name) => name === 'first').length, named }
    }
    const byFallback = ['second', 'second']
    expect(await askAt(0)).toEqual({ first: 1, named: byFallback })
    expect(await askAt(29_999)).toEqual({ first: 0, named: byFallback })
    expect(await askAt(30_000)).toEqual({ first: 1, named: byFallback })
    isDown = false
    expect(await askAt(59_999)).toEqual({ first: 0, named: byFallback })
    expect(await askAt(60_000)).toEqual({ first: 3, named: [] })
  },
)

containerTest.each([503, 401, 404])(
  'after a status of %d the same model answers on another server',
  async (status) => {
    const down = startScriptedModel(() => ({ status, headers: { 'x-should-retry': 'false' } }))
    const other = startScriptedModel(seedFlow)
    models.push(down, other)
    const server = await makeServer({
      openaiBaseUrl: down.url,
      openaiModels: ['same'],
      fallbackModel: 'same',
      fallbackBaseUrl: other.url,
    })
    const path = `/api/conversations/${await server.open()}/messages`
    const answer = await (await server.post(path, { message: 'Which changes are open?' })).text()
    expect(answer).toContain('change requests are open')
    expect(down.requests).toHaveLength(1)
  },
)
