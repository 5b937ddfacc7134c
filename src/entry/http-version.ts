import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { HttpVersion } from '../doctor/target.ts'

const giveUpMs = 5000

/**
 * The HTTP version that a server speaks, found out on a socket of our own: over TLS what it chooses when both are
 * offered, without TLS what it answers with. Certificates are not checked, as nothing is told or believed here.
 */
export async function askHttpVersion(origin: string): Promise<HttpVersion | undefined> {
  const { protocol, hostname, port } = new URL(origin)
  const host = hostname.replace(/^\[|\]$/g, '')
  return protocol === 'https:'
    ? await byTls(host, Number(port || 443))
    : await byStatusLine(host, Number(port || 80))
}

function byTls(host: string, port: number): Promise<HttpVersion | undefined> {
  const isName = /[a-z]/i.test(host) && !host.includes(':')
  const options = { ALPNProtocols: ['h2', 'http/1.1'], rejectUnauthorized: false }
  const socket = connectTls({ host, port, ...options, ...(isName && { servername: host }) })
  return answerOf(socket, (settle) => {
    socket.once('secureConnect', () => {
      const offered = socket.alpnProtocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1'
      settle({ version: offered, known: 'offered' })
    })
  })
}

function byStatusLine(host: string, port: number): Promise<HttpVersion | undefined> {
  const socket = connectPlain({ host, port })
  return answerOf(socket, (settle) => {
    socket.once('connect', () => {
      socket.write(`GET /healthz HTTP/1.1\r\nhost: ${host}:${port}\r\nconnection: close\r\n\r\n`)
    })
    socket.once('data', (bytes) => {
      const version = /^HTTP\/\d(\.\d)?/.exec(bytes.toString('latin1'))?.[0]
      settle(version === undefined ? undefined : { version, known: 'used' })
    })
  })
}

async function answerOf(
  socket: Socket | TLSSocket,
  listen: (settle: (found: HttpVersion | undefined) => void) => void,
): Promise<HttpVersion | undefined> {
  const { promise, resolve } = Promise.withResolvers<HttpVersion | undefined>()
  const timer = setTimeout(resolve, giveUpMs, undefined)
  socket.on('error', () => resolve(undefined))
  socket.on('close', () => resolve(undefined))
  listen(resolve)
  const found = await promise
  clearTimeout(timer)
  socket.destroy()
  return found
}
