import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** A proxy with a fault: it buffers responses, or cuts them when the test calls `cut`. */
export type FaultyProxy = {
  url: string
  /** Applies to the requests that arrive after a change. `buffer` holds each response until it is complete. */
  mode: ProxyMode
  /** Counts since the start. `buffered` includes responses that are still held. */
  counts: { requests: number; passed: number; buffered: number; cut: number }
  /**
   * Cuts every open response. Before the response head it answers with `status`, as proxies do after a timeout; without
   * `status` it closes the connection.
   */
  cut: (status?: number) => void
  stop: () => Promise<void>
}

/** What the proxy does with responses. */
export type ProxyMode = 'pass' | 'buffer'

/** Starts a proxy in front of a server. It ignores every header that asks proxies not to buffer. */
export async function startFaultyProxy(
  target: string,
  mode: ProxyMode = 'pass',
): Promise<FaultyProxy> {
  const counts = { requests: 0, passed: 0, buffered: 0, cut: 0 }
  const open = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    counts.requests += 1
    open.add(response)
    response.on('close', () => open.delete(response))
    void forward(target, proxy, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const cut = (status?: number) => {
    for (const response of open) {
      if (response.writableEnded) continue
      counts.cut += 1
      if (status === undefined || response.headersSent) response.destroy()
      else response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Timeout</h1>')
    }
  }
  const stop = async () => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  }
  const proxy: FaultyProxy = { url: `http://127.0.0.1:${port}`, mode, counts, cut, stop }
  return proxy
}

async function forward(
  target: string,
  { mode, counts }: FaultyProxy,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const disconnected = new AbortController()
  // A client that disconnects also disconnects from the server.
  response.on('close', () => disconnected.abort())
  try {
    const answer = await requestFrom(target, request, disconnected.signal)
    if (response.writableEnded || response.destroyed) return
    if (mode === 'buffer') {
      counts.buffered += 1
      const body = await answer.bytes()
      response.writeHead(answer.status, headersOf(answer))
      response.end(body)
      return
    }
    response.writeHead(answer.status, headersOf(answer))
    response.flushHeaders()
    for await (const chunk of answer.body ?? []) response.write(chunk)
    if (response.destroyed) return
    response.end()
    counts.passed += 1
  } catch {
    // The server or the client has disconnected: close the other side.
    response.destroy()
  }
}

async function requestFrom(target: string, request: IncomingMessage, signal: AbortSignal) {
  const { method = 'GET', url = '/', headers } = request
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return await fetch(target + url, {
    method,
    signal,
    redirect: 'manual',
    decompress: false,
    headers: Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || hopByHop.has(name) ? [] : [[name, String(value)] as [string, string]],
    ),
    ...(hasBody && { body: Buffer.concat(await request.toArray()) }),
  })
}

/** Headers that apply to one connection only (RFC 9110, section 7.6.1). */
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'upgrade'])

function headersOf({ headers }: Response): [string, string][] {
  return [...headers].filter(([name]) => !hopByHop.has(name))
}
