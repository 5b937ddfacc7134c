import type { JsonSchemaType, Progress } from '@modelcontextprotocol/client'
import { OpsError, throwIfAborted } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { shorten } from '../../core/shorten.ts'
import type { Tool, ToolProgress, ToolSource } from '../../tools/tool.ts'
import { readJsonArguments } from '../json-arguments.ts'
import { matchesAny } from '../name-pattern.ts'
import { namespacedNames } from '../tool-name.ts'
import { connectionClosed, loadSdk } from './connection.ts'
import { resultText } from './mcp-result.ts'
import type { McpServer, McpTool } from './mcp-server.ts'

/** The most tools of one server that are offered. OpenAI accepts 128 in a request. */
const maxTools = 128
/** The longest description that OpenAI accepts. */
const maxDescriptionBytes = 1024
const maxErrorBytes = 2000
/** The code of JSON-RPC for arguments that do not fit. */
const invalidParams = -32602

/** The tools of an MCP server whose names match one of the patterns. */
export function createMcpSource(
  server: McpServer,
  patterns: readonly string[],
  log: Log,
): ToolSource {
  return {
    async list(signal) {
      try {
        const tools = await server.list(signal)
        const offered = offeredTools(tools, { server, log, validate: await loadValidator() })
        return { tools: offered.filter(({ own }) => matchesAny(patterns, own)).map(toTool) }
      } catch (error) {
        throwIfAborted(signal)
        if (error instanceof OpsError) return { tools: [], absence: error.message }
        throw error
      }
    },
  }
}

type Offered = { own: string; tool: Tool }

const toTool = ({ tool }: Offered) => tool

/**
 * The tools that a server may be used for. A tool without `readOnlyHint` has to be allowed by its full name, and each of its
 * calls needs an approval.
 */
function offeredTools(
  all: readonly McpTool[],
  { server, log, validate }: { server: McpServer; log: Log; validate: Validate },
): Offered[] {
  const { name, allow, deny } = server.settings
  const names = namespacedNames(
    name,
    all.map((tool) => tool.name),
  )
  const isReadOnly = ({ annotations }: McpTool) => annotations?.readOnlyHint === true
  const allowed = all.filter((tool) => {
    if (matchesAny(deny, tool.name)) return false
    return isReadOnly(tool) ? matchesAny(allow, tool.name) : allow.includes(tool.name)
  })
  if (allowed.length > maxTools) {
    log.warn(
      `the MCP server ${name} offers ${allowed.length} tools; the first ${maxTools} are used`,
    )
  }
  return allowed.slice(0, maxTools).map((tool) => ({
    own: tool.name,
    tool: {
      name: names.get(tool.name) ?? tool.name,
      description: shorten(tool.description ?? tool.name, maxDescriptionBytes - 3).text,
      parameters: parametersOf(tool),
      ...(!isReadOnly(tool) && { needsApproval: true }),
      check: (rawArguments) => checkArguments(tool, readJsonArguments(rawArguments), validate),
      execute: (rawArguments, signal, report) =>
        execute(server, tool, readJsonArguments(rawArguments), signal, report),
    },
  }))
}

/** The schema as it is. Servers of models reject `$schema`, and OpenAI an object without `properties`. */
function parametersOf({ inputSchema: { $schema: _, ...schema } }: McpTool): Tool['parameters'] {
  return { properties: {}, ...schema }
}

/** Whether arguments fit a schema, and why not. */
type Validate = (
  schema: McpTool['inputSchema'],
  args: Record<string, unknown>,
) => string | undefined

/** Arguments are validated by the package that the MCP client uses at the edge, because it compiles no code. */
async function loadValidator(): Promise<Validate> {
  const { CfWorkerJsonSchemaValidator } = await loadSdk()
  const validator = new CfWorkerJsonSchemaValidator()
  return (schema, args) =>
    validator.getValidator<unknown>(withoutPatterns(schema))(args).errorMessage
}

/** Patterns are left to the server, because their work has no bound, and formats, which servers check differently. */
function withoutPatterns(schema: McpTool['inputSchema']): JsonSchemaType {
  const isLeftOut = (key: string, value: unknown) =>
    typeof value === 'string' && (key === 'pattern' || key === 'format')
  return JSON.parse(
    JSON.stringify(schema, (key, value) => (isLeftOut(key, value) ? undefined : value)),
  )
}

/** Checks arguments as the server would. A schema that cannot be read is left to the server. */
function checkArguments(
  { inputSchema }: McpTool,
  args: Record<string, unknown>,
  validate: Validate,
): void {
  let error: string | undefined
  try {
    error = validate(inputSchema, args)
  } catch {
    return
  }
  if (error === undefined) return
  throw new OpsError('tool_arguments', { message: shorten(error, maxErrorBytes).text })
}

async function execute(
  server: McpServer,
  tool: McpTool,
  args: Record<string, unknown>,
  signal: AbortSignal,
  report?: (progress: ToolProgress) => void,
): Promise<string> {
  const onProgress = ({ progress, total, message }: Progress) => {
    // JSON can hold numbers that become Infinity, which cannot be stored.
    if (!Number.isFinite(progress)) return
    report?.({
      progress,
      ...(total !== undefined && Number.isFinite(total) && { total }),
      ...(message !== undefined && { message }),
    })
  }
  try {
    const result = await server.call({ tool, args, signal, onProgress })
    if (result.isError) throw reportedError(resultText(result))
    return resultText(result)
  } catch (error) {
    throwIfAborted(signal)
    throw await callError(error, tool)
  }
}

async function callError(error: unknown, { annotations }: McpTool): Promise<unknown> {
  const { ProtocolError, SdkHttpError } = await loadSdk()
  if (error instanceof OpsError) return error
  if (error instanceof ProtocolError && error.code !== connectionClosed) {
    const { message } = error
    if (error.code !== invalidParams) return reportedError(message)
    return new OpsError('tool_arguments', { message: shorten(message, maxErrorBytes).text })
  }
  // A server that does not know the session has not called the tool.
  const isRefused = error instanceof SdkHttpError && error.status < 500
  const isRepeatable = annotations?.readOnlyHint === true || isRefused
  return new OpsError(isRepeatable ? 'tool_failed' : 'tool_unconfirmed', { cause: error })
}

function reportedError(text: string): OpsError {
  const message = `The tool reported an error: ${shorten(text, maxErrorBytes).text}`
  return new OpsError('tool_reported', { message })
}
