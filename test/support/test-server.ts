import { afterEach, expect } from 'bun:test'
import OpenAI from 'openai'
import { type Built, build, type Parts } from '../../src/build.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { loadStaticFiles } from '../../src/entry/assets.ts'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import type { Store } from '../../src/storage/store.ts'
import { type LogLine, memoryLog } from './memory-log.ts'
import { type Script, startScriptedModel } from './scripted-model.ts'

type Made = Built & {
  store: Store
  logged: LogLine[]
  close: () => void
}

const made: Made[] = []

/** A whole server in this process, with its own empty history. Ask it through `app.request`. */
export async function makeServer(
  settings: Partial<Config> = {},
  parts: Partial<Parts> & { script?: Script } = {},
) {
  const { script, ...rest } = parts
  const model = script && startScriptedModel(script)
  const store = parts.store ?? openSqliteStore(':memory:')
  const { log, logged } = memoryLog()
  const config = { ...readConfig({ THINK_MS: '0' }), ...settings }
  const built = build(config, {
    store,
    files: await loadStaticFiles(),
    now: Date.now,
    log,
    ...(model && { model: doorTo(model.url) }),
    ...rest,
  })
  const close = () => {
    model?.stop()
    if (parts.store === undefined) store.close()
  }
  const server = { ...built, config, store, logged, close, model }
  made.push(server)
  return { ...server, ...callsOf(server.app) }
}

/** Where the tests find the scripted model. */
function doorTo(url: string) {
  const client = new OpenAI({ apiKey: 'test', baseURL: url, maxRetries: 0 })
  return { client, models: ['scripted'] as [string], description: 'scripted', offline: false }
}

function callsOf(app: Built['app']) {
  const send =
    (method: string) =>
    async (path: string, body?: unknown, headers = {}) =>
      await app.request(path, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
  const post = send('POST')
  return {
    get: async (path: string, headers = {}) => await app.request(path, { headers }),
    post,
    put: send('PUT'),
    remove: send('DELETE'),
    /** Opens a conversation and answers its id. */
    async open(headers = {}): Promise<string> {
      const response = await post('/api/conversations', {}, headers)
      return ((await response.json()) as { id: string }).id
    },
  }
}

/** Whatever happened, nobody may be left behind. Call it once at the top of a test file. */
export function expectNothingLeft(): void {
  afterEach(async () => {
    for (const { registry, slots, runs, close } of made.splice(0)) {
      await runs.drain(0)
      await Bun.sleep(0)
      expect(registry.size).toBe(0)
      expect(slots.open).toBe(0)
      close()
    }
  })
}
