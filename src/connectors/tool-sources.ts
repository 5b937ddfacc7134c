import { OpsError } from '../core/errors.ts'
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
  /** The patterns of the specialists for each name. */
  readonly #used = new Map<string, Set<string>>()

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
    this.#used.set(name, new Set([...(this.#used.get(name) ?? []), ...patterns]))
    return this.#source(name, patterns)
  }

  #source(name: string, patterns: readonly string[]): ToolSource | undefined {
    const server = this.#servers.find(({ settings }) => settings.name === name)
    if (server !== undefined) return createMcpSource(server, patterns, this.#log)
    return this.#apis.find(({ settings }) => settings.name === name)?.source(patterns)
  }

  /** A sentence about patterns of the specialists that match no tool of a source, or nothing if all do. */
  async #unmatched(name: string, signal: AbortSignal): Promise<string | undefined> {
    const unmatched: string[] = []
    for (const pattern of this.#used.get(name) ?? []) {
      const listed = await this.#source(name, [pattern])?.list(signal)
      if (listed?.absence !== undefined) return undefined
      if (listed?.tools.length === 0) unmatched.push(pattern)
    }
    if (unmatched.length === 0) return undefined
    return `${name} offers no tool ${unmatched.join(', ')}, which the agents file gives to a specialist`
  }

  /** @throws OpsError `bad_setting` for patterns that match no tool */
  async #expectMatches(name: string, signal: AbortSignal): Promise<void> {
    const unmatched = await this.#unmatched(name, signal)
    if (unmatched !== undefined) throw new OpsError('bad_setting', { message: `${unmatched}.` })
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
    for (const name of this.names) {
      const unmatched = await this.#unmatched(name, signal).catch(() => undefined)
      if (unmatched !== undefined) this.#log.warn(unmatched)
    }
  }

  /** One check for each server and each API. It resolves with what works, and throws an `OpsError` with the reason and its cause. */
  get checks(): { name: string; run: (signal: AbortSignal) => Promise<string> }[] {
    const servers = this.#servers.map((server) => ({
      name: `MCP server ${server.settings.name}`,
      run: async (signal: AbortSignal) => {
        const all = await server.list(signal)
        const { tools } = await createMcpSource(server, ['*'], this.#log).list(signal)
        await this.#expectMatches(server.settings.name, signal)
        return `it has ${all.length} tools, and ${tools.length} of them are offered.`
      },
    }))
    const apis = this.#apis.map((api) => ({
      name: `API ${api.settings.name}`,
      run: async (signal: AbortSignal) => {
        const count = await api.check()
        await this.#expectMatches(api.settings.name, signal)
        return `${count} operations of its document are offered.`
      },
    }))
    return [...servers, ...apis]
  }

  /** Ends all connections and processes. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#servers.map((server) => server.close()))
  }
}
