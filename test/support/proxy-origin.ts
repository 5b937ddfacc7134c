import type { ProxyCase } from './proxy-case.ts'
import { proxyCases } from './proxy-cases.ts'
import { type Endpoint, findProgram } from './proxy-process.ts'
import { isTriage, lastQuestion, type Script, startScriptedModel } from './scripted-model.ts'
import { gate } from './scripts.ts'
import { makeDataDir, startServer } from './server-process.ts'

/** The server behind the proxies. */
export type Origin = Awaited<ReturnType<typeof startOrigin>>

/** The replies of the model in one run: triage, the tool calls, the answer. Each waits until the test opens it. */
export type Replies = { open: (reply: number) => void; openAll: () => void; asked: () => number }

/** How often the specialist calls its tool before it answers. */
export const toolCalls = 4

/** Starts the real server as a process, and a model whose replies the test releases one by one. */
export async function startOrigin(settings: Record<string, string> = {}) {
  const runs = new Map<string, { gates: ReturnType<typeof gate>[]; asked: number }>()
  const script: Script = async (request, turn) => {
    const [mark = ''] = /#[0-9a-f-]{36}/.exec(lastQuestion(request)) ?? []
    const run = runs.get(mark)
    if (run === undefined) return { text: 'No test asked this question.' }
    run.asked += 1
    await run.gates[isTriage(request) ? 0 : turn + 1]?.opened
    if (isTriage(request)) return { decide: [{ agent: 'ServiceNow', question: mark }] }
    if (turn === toolCalls) return { text: 'All is well.' }
    return { call: [{ tool: 'list_change_requests', arguments: { state: 'open' } }] }
  }
  const model = startScriptedModel(script)
  const { path, remove } = makeDataDir()
  const server = await startServer({
    DATA_DIR: path,
    OPENAI_BASE_URL: model.url,
    SHUTDOWN_SECONDS: '0',
    MAX_STREAMS_PER_USER: '200',
    QUESTIONS_PER_HOUR: '10000',
    CONVERSATIONS_PER_HOUR: '10000',
    ...settings,
  })
  const direct: Endpoint = {
    name: 'no proxy',
    url: server.url,
    request: (target, init) => fetch(server.url + target, { redirect: 'manual', ...init }),
  }
  return {
    direct,
    port: Number(new URL(server.url).port),
    /** The replies of the model to the question that contains `mark`. */
    repliesTo(mark: string): Replies {
      const gates = Array.from({ length: toolCalls + 2 }, gate)
      const run = { gates, asked: 0 }
      runs.set(mark, run)
      return {
        open: (reply) => gates[reply]?.open(),
        openAll() {
          for (const one of gates) one.open()
        },
        asked: () => run.asked,
      }
    },
    async stop() {
      server.kill('SIGKILL')
      await server.exited
      await model.stop()
      remove()
    },
  }
}

/** The cases whose programs are installed. Prints the names of the others. */
export function installedCases(): ProxyCase[] {
  const missing = new Set<string>()
  const installed = proxyCases.filter(({ programs }) => {
    const absent = programs.filter((name) => findProgram(name) === undefined)
    for (const name of absent) missing.add(name)
    return absent.length === 0
  })
  const names = proxyCases.filter((one) => !installed.includes(one)).map(({ name }) => name)
  if (names.length > 0) {
    const reason = `not installed: ${[...missing].join(', ')}`
    process.stderr.write(`Left out of the proxy tests (${reason}): ${names.join('; ')}.\n`)
  }
  return installed
}
