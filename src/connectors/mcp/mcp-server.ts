import type { CallToolResult, Client, Progress, Tool } from '@modelcontextprotocol/client'
import { OpsError, stopReason, throwIfAborted } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { connect, connectionClosed, loadSdk } from './connection.ts'
import type { McpParts, McpSettings } from './settings.ts'

/** A tool as its server describes it. */
export type McpTool = Pick<Tool, 'name' | 'description' | 'inputSchema' | 'annotations'>

/** One call of a tool. */
export type McpCall = {
  tool: McpTool
  args: Record<string, unknown>
  signal: AbortSignal
  onProgress: (progress: Progress) => void
}

/** After a failure, questions of the next seconds do not wait for the server again. */
const retryAfterMs = 5000

/**
 * An MCP server. It connects when its tools are listed or called, and again after the connection has ended. Callers that wait
 * at the same time share one connection and one list.
 */
export class McpServer {
  readonly settings: McpSettings
  readonly #parts: McpParts & { log: Log; monotonicMs: () => number }
  #opening: Promise<Client> | undefined
  #listing: Promise<readonly McpTool[]> | undefined
  #failure: { atMs: number; error: OpsError } | undefined
  #isClosed = false

  constructor(settings: McpSettings, parts: McpParts & { log: Log; monotonicMs: () => number }) {
    this.settings = settings
    this.#parts = parts
  }

  /**
   * Lists all tools. It always asks the server, so that the model is not offered tools of a server that is gone.
   * @throws OpsError `tool_failed` with a sentence for users, or the reason of the signal
   */
  async list(signal: AbortSignal): Promise<readonly McpTool[]> {
    const failure = this.#failure
    if (failure !== undefined && this.#parts.monotonicMs() - failure.atMs < retryAfterMs) {
      throw failure.error
    }
    this.#listing ??= this.#list().finally(() => {
      this.#listing = undefined
    })
    return untilAborted(this.#listing, signal)
  }

  /**
   * Calls a tool. Stop and the deadline reach the server.
   * @throws OpsError `tool_failed` if the call has not begun, and otherwise what the client throws
   */
  async call({ tool, args, signal, onProgress }: McpCall): Promise<CallToolResult> {
    const client = await untilAborted(this.#open(), signal).catch((cause: unknown) => {
      throwIfAborted(signal)
      throw this.#fail(cause)
    })
    try {
      const { name, inputSchema } = tool
      return await client.callTool(
        { name, arguments: args },
        {
          signal,
          // The signal ends the call: the deadline is a layer around it.
          timeout: neverMs,
          onprogress: onProgress,
          // Without its `outputSchema`: a result that does not match it is still useful for a model.
          toolDefinition: { name, inputSchema },
        },
      )
    } catch (error) {
      if (!signal.aborted && (await isLost(error))) await this.#drop(client)
      throw error
    }
  }

  /** Ends the connection, and the process if the server is one. Later calls fail. */
  async close(): Promise<void> {
    this.#isClosed = true
    const client = await this.#opening?.catch(() => undefined)
    await client?.close()
  }

  async #list(): Promise<readonly McpTool[]> {
    const { connectMs: timeout } = this.settings
    const wasDown = this.#failure !== undefined
    try {
      const tools = await this.#withClient((client) =>
        client.listTools({}, { timeout, cacheMode: 'bypass' }),
      )
      this.#failure = undefined
      if (wasDown) this.#parts.log.info(`the MCP server ${this.settings.name} answers again`)
      return tools.tools
    } catch (cause) {
      throw this.#fail(cause)
    }
  }

  /** An open connection may have ended unnoticed, so a failure on it is followed by a try on a new one. */
  async #withClient<Value>(work: (client: Client) => Promise<Value>): Promise<Value> {
    if (this.#opening !== undefined) {
      const client = await this.#open()
      try {
        return await work(client)
      } catch (error) {
        await this.#drop(client)
        if (await isTimeout(error)) throw error
      }
    }
    const client = await this.#open()
    try {
      return await work(client)
    } catch (error) {
      await this.#drop(client)
      throw error
    }
  }

  #open(): Promise<Client> {
    if (this.#isClosed) return Promise.reject(new OpsError('draining'))
    if (this.#opening !== undefined) return this.#opening
    const opening = connect(this.settings, this.#parts)
    this.#opening = opening
    const forget = () => {
      if (this.#opening === opening) this.#opening = undefined
    }
    opening.then((client) => {
      client.onclose = forget
    }, forget)
    return opening
  }

  async #drop(client: Client): Promise<void> {
    if ((await this.#opening?.catch(() => undefined)) === client) this.#opening = undefined
    // Not awaited: it waits seconds for a process that does not end.
    void client.close().catch(() => {})
  }

  #fail(cause: unknown): OpsError {
    const { name } = this.settings
    const message = `The MCP server ${name} cannot be reached, so its tools were not available.`
    const error = new OpsError('tool_failed', { message, cause })
    if (this.#failure === undefined) {
      this.#parts.log.warn(
        `the MCP server ${name} cannot be reached; a later question tries again`,
        {
          cause,
        },
      )
    }
    this.#failure = { atMs: this.#parts.monotonicMs(), error }
    return error
  }
}

/** The longest time of a timer. */
const neverMs = 2 ** 31 - 1

/** Whether a failed call means that the connection cannot be used any more: it is broken, or the server does not know its session. */
async function isLost(error: unknown): Promise<boolean> {
  const { ProtocolError, SdkError, SdkErrorCode } = await loadSdk()
  if (error instanceof ProtocolError) return error.code === connectionClosed
  if (error instanceof SdkError) return error.code !== SdkErrorCode.InvalidResult
  return true
}

async function isTimeout(error: unknown): Promise<boolean> {
  const { SdkError, SdkErrorCode } = await loadSdk()
  return error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout
}

/** Waits for `work`, which others wait for as well. @throws the reason of the signal once it is aborted */
async function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  // Its failure may come after the abort, when nobody waits for it.
  work.catch(() => {})
  throwIfAborted(signal)
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(stopReason(signal))
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
