import type { Log } from '../core/log.ts'
import type { ToolSource } from '../tools/tool.ts'
import { McpServer } from './mcp/mcp-server.ts'
import { createMcpSource } from './mcp/mcp-tools.ts'
import type { McpParts, McpSettings } from './mcp/settings.ts'

/** What the sources of tools need. */
export type ToolSourceParts = McpParts & {
  log: Log
  /** Milliseconds on a clock that is never set. */
  monotonicMs: () => number
}

/** The MCP servers and HTTP APIs of the agents file. */
export class ToolSources {
  readonly #servers: readonly McpServer[]
  readonly #log: Log
  readonly #used = new Set<string>()

  constructor(settings: { mcpServers: readonly McpSettings[] }, parts: ToolSourceParts) {
    this.#servers = settings.mcpServers.map((server) => new McpServer(server, parts))
    this.#log = parts.log
  }

  /** The names of all servers and APIs. */
  get names(): string[] {
    return this.#servers.map(({ settings }) => settings.name)
  }

  /** The tools of a server or an API whose own names match one of the patterns, or nothing for an unknown name. */
  find(name: string, patterns: readonly string[]): ToolSource | undefined {
    const server = this.#servers.find(({ settings }) => settings.name === name)
    if (server === undefined) return undefined
    this.#used.add(name)
    return createMcpSource(server, patterns, this.#log)
  }

  /** Connects to all servers, so that the log says at the start which are missing. It does not reject. */
  async connect(signal: AbortSignal): Promise<void> {
    for (const name of this.names) {
      if (!this.#used.has(name)) this.#log.warn(`no specialist has a tool of ${name}`)
    }
    await Promise.all(
      this.#servers.map(async (server) => {
        // A failure is logged by the server.
        const tools = await server.list(signal).catch(() => undefined)
        const { name } = server.settings
        if (tools) this.#log.info(`the MCP server ${name} has ${tools.length} tools`)
      }),
    )
  }

  /** Ends all connections and processes. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#servers.map((server) => server.close()))
  }
}
