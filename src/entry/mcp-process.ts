import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import type { McpSettings } from '../connectors/mcp/settings.ts'

/**
 * Starts an MCP server as a process and speaks with it over its standard streams. It gets the usual variables, such as PATH, and
 * those of its settings: not the keys of this program.
 */
export function openMcpProcess({
  command,
  args,
  env,
}: Extract<McpSettings, { command: string }>): StdioClientTransport {
  return new StdioClientTransport({
    command,
    args: [...args],
    env: { ...getDefaultEnvironment(), ...env },
    // What a server writes there may hold secrets of its own.
    stderr: 'ignore',
  })
}
