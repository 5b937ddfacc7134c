import type { Transport } from '@modelcontextprotocol/client'

/** An MCP server of the agents file, with the values of its credentials. */
export type McpSettings = {
  /** It begins the names of its tools. */
  name: string
  /** Patterns of tools to offer. A tool that is not marked as read-only has to be named in full. */
  allow: readonly string[]
  /** Patterns of tools that are never offered. */
  deny: readonly string[]
  /** How long to wait for the connection, and for the list of tools. */
  connectMs: number
} & (
  | { url: string; headers: Record<string, string> }
  | { command: string; args: readonly string[]; env: Record<string, string> }
)

/** What the connections to MCP servers need. */
export type McpParts = {
  /** Starts the process of a server and connects to its standard streams. Missing on a runtime without processes. */
  openProcess?: ((settings: Extract<McpSettings, { command: string }>) => Transport) | undefined
  /** The version of this program, for the servers. */
  version: string
}
