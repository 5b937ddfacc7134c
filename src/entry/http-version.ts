import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { HttpVersion } from '../doctor/server-probe.ts'

const timeoutMs = 5000

/**
 * Reads the HTTP version of a server on a separate socket, because fetch() does not report it: with TLS the version
 * that it selects by ALPN, without TLS the version in its response. Undefined if it does not respond within 5 s.
 */
export async function readHttpVersion(origin: string): Promise<HttpVersion | undefined> {
  const { protocol, hostname, port } = new URL(origin)
  const host = hostname.replace(/^\[|\]$/g, '')
  return protocol === 'https:'
    ? await readAlpn(host, Number(port || 443))
    : await readStatusLine(host, Number(port || 80))
}

function readAlpn(host: string, port: number): Promise<HttpVersion | undefined> {
  const isName = /[a-z]/i.test(host) && !host.includes(':')
  const socket = connectTls({
    host,
    port,
    ALPNProtocols: ['h2', 'http/1.1'],
    // The socket sends and receives no data, so the certificate does not matter.
    rejectUnauthorized: false,
    ...(isName && { servername: host }),
  })
  return resultOf(socket, (resolve) => {
    socket.once('secureConnect', () => {
      const version = socket.alpnProtocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1'
      resolve({ version, known: 'offered' })
    })
  })
}

function readStatusLine(host: string, port: number): Promise<HttpVersion | undefined> {
  const socket = connectPlain({ host, port })
  return resultOf(socket, (resolve) => {
    socket.once('connect', () => {
      socket.write(`GET /healthz HTTP/1.1\r\nhost: ${host}:${port}\r\nconnection: close\r\n\r\n`)
    })
    socket.once('data', (bytes) => {
      const version = /^HTTP\/\d(\.\d)?/.exec(bytes.toString('latin1'))?.[0]
      resolve(version === undefined ? undefined : { version, known: 'used' })
    })
  })
}

async function resultOf(
  socket: Socket,
  listen: (resolve: (result: HttpVersion | undefined) => void) => void,
): Promise<HttpVersion | undefined> {
  const { promise, resolve } = Promise.withResolvers<HttpVersion | undefined>()
  const timer = setTimeout(resolve, timeoutMs, undefined)
  socket.on('error', () => resolve(undefined))
  socket.on('close', () => resolve(undefined))
  listen(resolve)
  const result = await promise
  clearTimeout(timer)
  socket.destroy()
  return result
}
