import { afterAll, beforeAll } from 'bun:test'
import { startEdgeHarness } from './edge-harness.ts'
import { EdgeServer } from './edge-server.ts'
import { type Script, startScriptedModel } from './scripted-model.ts'

type Settings = ConstructorParameters<typeof EdgeServer>[1]

/** Starts workerd for a test file. Call it once, at the top. */
export function useEdge() {
  let harness: Awaited<ReturnType<typeof startEdgeHarness>>
  const models: ReturnType<typeof startScriptedModel>[] = []
  beforeAll(async () => {
    harness = await startEdgeHarness()
  }, 60_000)
  afterAll(async () => {
    for (const model of models) model.stop()
    await harness.stop()
  })
  return {
    /** Makes a server with the replies of a script, and without conversations. */
    makeServer(script: Script, settings: Settings = {}, isByHeader = false): EdgeServer {
      const model = startScriptedModel(script)
      models.push(model)
      const scripted = { openaiBaseUrl: model.url, openaiModels: ['scripted'] }
      return new EdgeServer(harness.url, { ...scripted, ...settings }, isByHeader)
    },
    get url() {
      return harness.url
    },
  }
}
