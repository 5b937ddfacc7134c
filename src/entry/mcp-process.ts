import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import type { McpSettings } from '../connectors/mcp/settings.ts'

/**
 * Starts an MCP server as a process and connects to its standard streams. The process gets the usual variables, such as PATH,
 * and those of its settings, but not the keys of this program.
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
    // Its output may contain secrets that this log does not know.
    stderr: 'ignore',
  })
}
