import { readAgentsFile } from '../../src/agents-file/read.ts'
import type { Config } from '../../src/config.ts'
import { openMcpProcess } from '../../src/entry/mcp-process.ts'
import { isTriage, lastQuestion, type ModelRequest, type Script } from './scripted-model.ts'
import { makeServer, type TestParts } from './test-server.ts'

/** What a test says about a server with an agents file. */
export type AgentsServer = {
  /** The text of the agents file. */
  file: string
  environment?: Record<string, string>
  /** How long to wait for MCP servers, instead of what the file says. */
  connectMs?: () => number
  settings?: Partial<Config>
  parts?: TestParts
}

/** The end of a run as a test reads it. */
export type AskedRun = {
  status: string
  answer: string
  events: ({ type: string; tool?: string; code?: string } & Record<string, unknown>)[]
}

/** Makes a server with an agents file. `close` ends its MCP servers. */
export async function makeAgentsServer(options: AgentsServer) {
  const { file, environment = {}, connectMs, settings, parts } = options
  const read = await readAgentsFile(file, {
    name: 'agents.yaml',
    environment,
    readText: (path) => Bun.file(path).text(),
    hasProcesses: true,
  })
  const mcpServers = read.mcpServers.map((server) => ({
    ...server,
    get connectMs() {
      return connectMs?.() ?? server.connectMs
    },
  }))
  const agentsFile = { ...read, mcpServers }
  const server = await makeServer(settings, {
    agentsFile,
    openProcess: openMcpProcess,
    ...parts,
  })
  return {
    ...server,
    agentsFile,
    close: () => server.sources.close(),
    /** Asks in a new conversation and resolves with the ended run. */
    async ask(message: string): Promise<AskedRun> {
      const path = `/api/conversations/${await server.open()}`
      const run = crypto.randomUUID()
      await server.post(`${path}/messages`, { message, run })
      return readRun(server, `${path}/runs/${run}`)
    },
  }
}

/** Reads an ended run. */
export async function readRun(
  { get }: Pick<Awaited<ReturnType<typeof makeServer>>, 'get'>,
  path: string,
): Promise<AskedRun> {
  const { status, answer, events } = (await (await get(path)).json()) as {
    status: string
    answer?: string
    events: AskedRun['events']
  }
  return { status, answer: answer ?? '', events }
}

/** The model asks one specialist, which calls one tool and answers with its result. */
export function callOnce(agent: string, tool: string, args: unknown): Script {
  return (request, turn) => {
    if (isTriage(request)) return { decide: [{ agent, question: lastQuestion(request) }] }
    if (turn === 0) return { call: [{ tool, arguments: args }] }
    return { text: resultIn(request) }
  }
}

/** The newest result of a tool in a request, without its number. */
export function resultIn({ messages }: ModelRequest): string {
  const content = messages.findLast(({ role }) => role === 'tool')?.content ?? ''
  return content.replace(/^Result \[\d+\]:\n/, '')
}
