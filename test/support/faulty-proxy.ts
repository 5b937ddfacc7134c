import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/**
 * What the proxy does with responses: pass them on, hold each body until it is complete, or cut after some ms. A cut
 * before the response head answers `status`, as proxies do; without `status` it closes the connection.
 */
export type ProxyMode = 'pass' | { buffer: true } | { cutAfterMs: number; status?: number }

/** A running proxy. `mode` may change at any time; it applies to the requests that arrive after the change. */
export type FaultyProxy = {
  url: string
  mode: ProxyMode
  /** Counts since the start. `buffered` includes responses that are still held. */
  counts: { requests: number; passed: number; buffered: number; cut: number }
  stop: () => Promise<void>
}

/** Starts a proxy in front of a server. Its fault ignores every header that asks proxies not to buffer. */
export async function startFaultyProxy(
  target: string,
  mode: ProxyMode = 'pass',
): Promise<FaultyProxy> {
  const counts = { requests: 0, passed: 0, buffered: 0, cut: 0 }
  const server = createServer((request, response) => {
    counts.requests += 1
    void forward(target, proxy, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const stop = async () => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  }
  const proxy: FaultyProxy = { url: `http://127.0.0.1:${port}`, mode, counts, stop }
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
  const cutMode = typeof mode === 'object' && 'cutAfterMs' in mode ? mode : undefined
  const timer =
    cutMode && setTimeout(() => cut(cutMode.status, counts, response), cutMode.cutAfterMs)
  try {
    const answer = await requestFrom(target, request, disconnected.signal)
    if (response.writableEnded || response.destroyed) return
    if (typeof mode === 'object' && 'buffer' in mode) {
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
  } finally {
    clearTimeout(timer)
  }
}

function cut(
  status: number | undefined,
  counts: FaultyProxy['counts'],
  response: ServerResponse,
): void {
  if (response.writableEnded) return
  counts.cut += 1
  if (status === undefined || response.headersSent) response.destroy()
  else response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Gateway timeout</h1>')
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
