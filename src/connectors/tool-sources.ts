import type { Log } from '../core/log.ts'
import type { ToolSource } from '../tools/tool.ts'
import { McpServer } from './mcp/mcp-server.ts'
import { createMcpSource } from './mcp/mcp-tools.ts'
import type { McpParts, McpSettings } from './mcp/settings.ts'
import { Api } from './openapi/api.ts'
import type { ApiSettings } from './openapi/settings.ts'

/** What the sources of tools need. */
export type ToolSourceParts = McpParts & {
  log: Log
  /** Milliseconds on a clock that is never set. */
  monotonicMs: () => number
}

/** The MCP servers and HTTP APIs of the agents file. */
export class ToolSources {
  readonly #servers: readonly McpServer[]
  readonly #apis: readonly Api[]
  readonly #log: Log
  readonly #used = new Set<string>()

  constructor(
    settings: { mcpServers: readonly McpSettings[]; apis: readonly ApiSettings[] },
    parts: ToolSourceParts,
  ) {
    this.#apis = settings.apis.map((api) => new Api(api, parts))
    this.#servers = settings.mcpServers.map((server) => new McpServer(server, parts))
    this.#log = parts.log
  }

  /** The names of all servers and APIs. */
  get names(): string[] {
    return [...this.#servers, ...this.#apis].map(({ settings }) => settings.name)
  }

  /** The tools of a server or an API whose own names match one of the patterns, or nothing for an unknown name. */
  find(name: string, patterns: readonly string[]): ToolSource | undefined {
    this.#used.add(name)
    const server = this.#servers.find(({ settings }) => settings.name === name)
    if (server !== undefined) return createMcpSource(server, patterns, this.#log)
    return this.#apis.find(({ settings }) => settings.name === name)?.source(patterns)
  }

  /**
   * Reads the OpenAPI documents that are files.
   * @throws OpsError `bad_setting` with line and reason
   */
  async open(): Promise<void> {
    for (const api of this.#apis) await api.open()
  }

  /**
   * Connects to all servers and loads the documents of all APIs, so that the log says at the start which are missing. It does
   * not reject.
   */
  async connect(signal: AbortSignal): Promise<void> {
    for (const name of this.names) {
      if (!this.#used.has(name)) this.#log.warn(`no specialist has a tool of ${name}`)
    }
    // A failure is logged by the API.
    for (const api of this.#apis)
      await api
        .source([])
        .list(signal)
        .catch(() => undefined)
    await Promise.all(
      this.#servers.map(async (server) => {
        // A failure is logged by the server.
        const tools = await server.list(signal).catch(() => undefined)
        const { name } = server.settings
        if (tools) this.#log.info(`the MCP server ${name} has ${tools.length} tools`)
      }),
    )
  }

  /** One check for each server and each API. It resolves with what works, and throws an `OpsError` with the reason and its cause. */
  get checks(): { name: string; run: (signal: AbortSignal) => Promise<string> }[] {
    const servers = this.#servers.map((server) => ({
      name: `MCP server ${server.settings.name}`,
      run: async (signal: AbortSignal) => {
        const all = await server.list(signal)
        const { tools } = await createMcpSource(server, ['*'], this.#log).list(signal)
        return `it has ${all.length} tools, and ${tools.length} of them are offered.`
      },
    }))
    const apis = this.#apis.map((api) => ({
      name: `API ${api.settings.name}`,
      run: async () => `${await api.check()} operations of its document are offered.`,
    }))
    return [...servers, ...apis]
  }

  /** Ends all connections and processes. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#servers.map((server) => server.close()))
  }
}
