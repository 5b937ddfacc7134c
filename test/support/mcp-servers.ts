import { join } from 'node:path'

const packages = join(import.meta.dir, '../../node_modules/@modelcontextprotocol')

/** The script of an MCP server of the npm registry. */
export function mcpScript(name: 'everything' | 'filesystem' | 'memory'): string {
  return join(packages, `server-${name}/dist/index.js`)
}

/** A message of JSON-RPC as far as tests read it. */
type Message = { method?: string; params?: { name?: string; reason?: string } }

/**
 * Starts the server "everything" over Streamable HTTP, behind a gateway whose port stays the same when the server starts again.
 * The gateway keeps what the client sends.
 */
export async function startMcpGateway() {
  const sent: { message: Message; headers: Headers }[] = []
  const waiting = new Set<() => void>()
  let upstream = await startEverything()
  let held: Promise<void> | undefined
  const gateway = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    development: false,
    async fetch(request) {
      const body = await request.text()
      if (request.method === 'POST') {
        sent.push({ message: JSON.parse(body) as Message, headers: request.headers })
        for (const check of waiting) check()
      }
      await held
      const init = { method: request.method, headers: request.headers, signal: request.signal }
      const forwarded = fetch(upstream.url, body === '' ? init : { ...init, body })
      return forwarded.catch(() => new Response('The server is gone.', { status: 502 }))
    },
  })
  return {
    url: `http://127.0.0.1:${gateway.port}/mcp`,
    sent,
    /** Resolves with the first message of a method that the client sends. */
    async received(method: string): Promise<Message> {
      const { promise, resolve } = Promise.withResolvers<Message>()
      const check = () => {
        const found = sent.find(({ message }) => message.method === method)
        if (found) resolve(found.message)
      }
      waiting.add(check)
      check()
      return await promise
    },
    /** Requests wait until the returned function is called. */
    hold(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = promise
      return () => {
        held = undefined
        resolve()
      }
    },
    /** Kills the server. */
    kill: () => upstream.kill(),
    /** Starts it again: it knows no session. */
    async restart() {
      upstream = await startEverything()
    },
    async stop() {
      await upstream.kill()
      await gateway.stop(true)
    },
  }
}

/** Writes the address of each server that the process opens. The program prints only the port it was given, which is 0. */
const announcer = `
  const { Server } = require('node:http')
  const { listen } = Server.prototype
  Server.prototype.listen = function (...given) {
    this.once('listening', () => process.stdout.write('port ' + this.address().port + '\\n'))
    return listen.apply(this, given)
  }
`

async function startEverything() {
  const program = `${announcer}; process.argv.splice(1, 0, ''); import(${JSON.stringify(mcpScript('everything'))})`
  const child = Bun.spawn([process.execPath, '-e', program, 'streamableHttp'], {
    env: { PATH: process.env.PATH ?? '', PORT: '0' },
    stdout: 'pipe',
    stderr: 'ignore',
  })
  let written = ''
  const decoder = new TextDecoder()
  const reader = child.stdout.getReader()
  while (!/port \d+\n/.test(written)) {
    const { done, value } = await reader.read()
    if (done) throw new Error(`The MCP server did not start: ${written}`)
    written += decoder.decode(value, { stream: true })
  }
  // A full pipe would block the server.
  void (async () => {
    while (!(await reader.read()).done);
  })()
  const port = /port (\d+)/.exec(written)?.[1]
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async kill() {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}
