import type { Config } from '../../src/config.ts'
import { isAtEdge, makeServer, type TestParts } from './test-server.ts'

/** Starts a complete server in this process, on a real socket, as the entry does. In `bun run test:edge` it is in workerd. */
export async function makeSocketServer(settings: Partial<Config> = {}, parts: TestParts = {}) {
  const made = await makeServer(settings, {
    ...parts,
    ...(!isAtEdge && {
      allowSilence: (request: Request, seconds: number) => void server.timeout(request, seconds),
    }),
  })
  if (made.edge !== undefined) {
    const { port, headers } = made.edge
    return {
      ...made,
      port,
      url: `http://127.0.0.1:${port}`,
      /** Opens a connection. */
      connect: (options: RawOptions = {}) => connectRaw(port, { ...options, headers }),
      closeSocket: async () => {},
    }
  }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 120,
    maxRequestBodySize: made.config.maxBodyBytes * 4,
    fetch: made.app.fetch,
  })
  const port = server.port ?? 0
  const url = `http://127.0.0.1:${port}`
  return {
    ...made,
    port,
    url,
    /** Sends a request over a connection. */
    request: (path: string, init?: RequestInit) => fetch(url + path, init),
    connect: (options: RawOptions = {}) => connectRaw(port, options),
    closeSocket: () => server.stop(true),
  }
}

type RawOptions = { paused?: boolean; headers?: Headers }

/** A TCP client that can pause reading. */
export async function connectRaw(port: number, { paused = false, headers }: RawOptions = {}) {
  const decoder = new TextDecoder()
  const state = { text: '', bytes: 0, closed: false, chunks: [] as string[] }
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(_, bytes) {
        const chunk = decoder.decode(bytes, { stream: true })
        state.chunks.push(chunk)
        state.text += chunk
        state.bytes += bytes.length
      },
      close() {
        state.closed = true
      },
      error() {
        state.closed = true
      },
    },
  })
  if (paused) socket.pause()
  return {
    state,
    socket,
    /** Sends the head of a GET. */
    get(path: string) {
      const lines = [...(headers ?? [])].map(([name, value]) => `${name}: ${value}\r\n`).join('')
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${lines}\r\n`)
    },
  }
}

/** Waits for a condition, with pauses of 2 to 20 ms. @throws Error with `what` if it is not met within `withinMs` */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + withinMs
  for (let pauseMs = 2; !(await condition()); pauseMs = Math.min(pauseMs * 1.2, 20)) {
    if (performance.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}`)
    await Bun.sleep(pauseMs)
  }
}
