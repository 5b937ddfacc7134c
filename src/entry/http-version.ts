import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { connect } from 'node:tls'
import type { HttpVersion } from '../doctor/server-probe.ts'

const timeoutMs = 5000

/**
 * Reads the HTTP version of a server on a separate connection, because fetch() does not report it: with TLS the version
 * that it selects by ALPN, without TLS the version of its response.
 * @throws Error if it does not respond within 5 s
 */
export async function readHttpVersion(origin: string): Promise<HttpVersion> {
  const url = new URL('/healthz', origin)
  const signal = AbortSignal.timeout(timeoutMs)
  return url.protocol === 'https:' ? await readAlpn(url, signal) : await readResponse(url, signal)
}

async function readAlpn({ hostname, port }: URL, signal: AbortSignal): Promise<HttpVersion> {
  const host = hostname.replace(/^\[|\]$/g, '')
  const socket = connect({
    host,
    port: Number(port || 443),
    ALPNProtocols: ['h2', 'http/1.1'],
    // The socket sends and receives no data, so the certificate does not matter.
    rejectUnauthorized: false,
    ...(isIP(host) === 0 && { servername: host }),
  })
  try {
    await once(socket, 'secureConnect', { signal })
    return { version: socket.alpnProtocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1', known: 'offered' }
  } finally {
    socket.destroy()
  }
}

async function readResponse(url: URL, signal: AbortSignal): Promise<HttpVersion> {
  const request = get(url, { agent: false, signal })
  try {
    const [response]: IncomingMessage[] = await once(request, 'response')
    return { version: `HTTP/${response?.httpVersion}`, known: 'used' }
  } finally {
    request.destroy()
  }
}
