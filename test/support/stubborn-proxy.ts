import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/**
 * What a stubborn proxy does to responses: nothing, hold each body back until it is whole, or cut after so many ms.
 * Where it cuts before the head has come, it answers `status` as proxies do; without one it closes the connection.
 */
export type ProxyMode = 'honest' | { buffer: true } | { cutAfterMs: number; status?: number }

/** A proxy that cannot be told. Switch `mode` at any time: it holds for the responses that begin after it. */
export type StubbornProxy = {
  url: string
  mode: ProxyMode
  /** What it has done so far. `heldBack` counts responses that were held, also those that are still held. */
  counts: { requests: number; passed: number; heldBack: number; cut: number }
  stop: () => Promise<void>
}

/** Starts a proxy in front of a server. No header, no setting and no comment changes what it does. */
export async function startStubbornProxy(
  target: string,
  mode: ProxyMode = 'honest',
): Promise<StubbornProxy> {
  const counts = { requests: 0, passed: 0, heldBack: 0, cut: 0 }
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
  const proxy: StubbornProxy = { url: `http://127.0.0.1:${port}`, mode, counts, stop }
  return proxy
}

async function forward(
  target: string,
  { mode, counts }: StubbornProxy,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const leaving = new AbortController()
  // Whoever leaves is not waited for: the server must see it, too.
  response.on('close', () => leaving.abort())
  const cutting = typeof mode === 'object' && 'cutAfterMs' in mode ? mode : undefined
  const timer =
    cutting && setTimeout(() => cut(cutting.status, counts, response), cutting.cutAfterMs)
  try {
    const answer = await ask(target, request, leaving.signal)
    if (response.writableEnded || response.destroyed) return
    if (typeof mode === 'object' && 'buffer' in mode) {
      counts.heldBack += 1
      const whole = await answer.bytes()
      response.writeHead(answer.status, headersOf(answer))
      response.end(whole)
      return
    }
    response.writeHead(answer.status, headersOf(answer))
    response.flushHeaders()
    for await (const chunk of answer.body ?? []) response.write(chunk)
    if (response.destroyed) return
    response.end()
    counts.passed += 1
  } catch {
    // The server is gone, or whoever asked: there is nobody to tell but by closing.
    response.destroy()
  } finally {
    clearTimeout(timer)
  }
}

function cut(
  status: number | undefined,
  counts: StubbornProxy['counts'],
  response: ServerResponse,
): void {
  if (response.writableEnded) return
  counts.cut += 1
  if (status === undefined || response.headersSent) response.destroy()
  else response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Gateway timeout</h1>')
}

async function ask(target: string, request: IncomingMessage, signal: AbortSignal) {
  const { method = 'GET', url = '/', headers } = request
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return await fetch(target + url, {
    ...{ method, signal, redirect: 'manual', decompress: false },
    headers: Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || hopByHop.has(name) ? [] : [[name, String(value)] as [string, string]],
    ),
    ...(hasBody && { body: Buffer.concat(await request.toArray()) }),
  })
}

/** What belongs to one connection only. */
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'upgrade'])

function headersOf({ headers }: Response): [string, string][] {
  return [...headers].filter(([name]) => !hopByHop.has(name))
}
