import type { Client } from '@modelcontextprotocol/client'
import { OpsError } from '../../core/errors.ts'
import { boundedFetch } from '../bounded-fetch.ts'
import type { McpParts, McpSettings } from './settings.ts'

/** The largest response of a server. The model reads less of it. */
const maxResponseBytes = 10 * 1024 * 1024

/**
 * Connects to an MCP server: to a server of the specification of 2026-07-28, or to one of the versions before it.
 * @throws OpsError `tool_failed` after `connectMs`, or what the client throws
 */
export async function connect(settings: McpSettings, parts: McpParts): Promise<Client> {
  const { connectMs: timeout } = settings
  const { Client } = await loadSdk()
  const client = new Client(
    { name: 'opsagent', version: parts.version },
    { versionNegotiation: { mode: 'auto' } },
  )
  const late = AbortSignal.timeout(timeout)
  try {
    await client.connect(await openTransport(settings, parts), { timeout, signal: late })
    return client
  } catch (error) {
    // Not awaited: it waits seconds for a process that does not end.
    void client.close().catch(() => {})
    throw late.aborted ? new OpsError('deadline', { cause: error }) : error
  }
}

/** Loads the MCP client at its first use. */
export const loadSdk = () => import('./sdk.ts')

async function openTransport(settings: McpSettings, { openProcess }: McpParts) {
  if ('command' in settings) {
    if (openProcess !== undefined) return openProcess(settings)
    const message = `The MCP server ${settings.name} is a process, which this runtime cannot start. Give it a \`url\`.`
    throw new OpsError('bad_setting', { message })
  }
  const { StreamableHTTPClientTransport } = await loadSdk()
  const { url, headers } = settings
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers },
    fetch: withoutListening(boundedFetch(maxResponseBytes)),
    // The next call connects again. Retries here would be work for a server that may be gone.
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1000,
      maxReconnectionDelay: 1000,
      reconnectionDelayGrowFactor: 1,
    },
  })
  const send = transport.send.bind(transport)
  transport.send = (message, options) =>
    send(message, {
      ...options,
      // Without this, a request whose response breaks off waits until its deadline. The client ignores an id that has its response.
      onRequestStreamEnd() {
        if (!('id' in message) || !('method' in message)) return
        const error = { code: connectionClosed, message: 'The response broke off.' }
        transport.onmessage?.({ jsonrpc: '2.0', id: message.id, error })
      },
    })
  return transport
}

/** The code of the client for a request whose connection has ended. */
export const connectionClosed = -32000

/**
 * Answers the GET of the client like a server without a stream for notifications. Such a stream would stay open until the
 * process ends, and in a Worker it would keep every object active. The tools are listed for each question instead.
 */
function withoutListening(request: ReturnType<typeof boundedFetch>): typeof request {
  return async (url, init) =>
    init?.method === 'GET' ? new Response(null, { status: 405 }) : request(url, init)
}
