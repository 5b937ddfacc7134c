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
