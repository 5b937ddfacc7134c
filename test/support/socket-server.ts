import type { Parts } from '../../src/build.ts'
import type { Config } from '../../src/config.ts'
import type { Script } from './scripted-model.ts'
import { makeServer } from './test-server.ts'

/** Starts a complete server in this process, on a real socket, as the entry does. */
export async function makeSocketServer(
  settings: Partial<Config> = {},
  parts: Partial<Parts> & { script?: Script } = {},
) {
  const made = await makeServer(settings, {
    ...parts,
    allowSilence: (request, seconds) => server.timeout(request, seconds),
  })
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 120,
    maxRequestBodySize: made.config.maxBodyBytes * 4,
    fetch: made.app.fetch,
  })
  const port = server.port ?? 0
  return {
    ...made,
    port,
    url: `http://127.0.0.1:${port}`,
    closeSocket: () => server.stop(true),
  }
}

/** A TCP client that can pause reading. */
export async function connectRaw(port: number, options: { paused?: boolean } = {}) {
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
  if (options.paused) socket.pause()
  return {
    state,
    socket,
    /** Sends the head of a GET. */
    get: (path: string) => void socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`),
  }
}

/** Waits for a condition. @throws Error with `what` if it is not met within `withinMs` */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}`)
    await Bun.sleep(2)
  }
}
