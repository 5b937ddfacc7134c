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

containerTest('the same model on another server can be the fallback', async () => {
  const down = startScriptedModel(() => ({ status: 503, headers: { 'x-should-retry': 'false' } }))
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
})
