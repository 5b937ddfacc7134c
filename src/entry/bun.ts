import { build, type Parts, type Server } from '../build.ts'
import { type Config, readConfig } from '../config.ts'
import { OpsError } from '../core/errors.ts'
import { isLoopbackHost } from '../http/network/address.ts'
import { openHistory } from './history.ts'
import { log } from './log.ts'
import { readStaticFiles } from './static.ts'

/**
 * Starts the server on Bun and runs until SIGTERM or SIGINT. When it cannot start, it prints one sentence and exits with
 * code 1. To add your own parts, write a file like `my-server.ts` that calls this function with them.
 */
export async function serve(parts: Partial<Parts> = {}): Promise<void> {
  try {
    await start(readConfig(process.env), parts)
  } catch (error) {
    if (!(error instanceof OpsError)) throw error
    process.stderr.write(`OpsAgent cannot start. ${error.message}\n`)
    process.exit(1)
  }
}

async function start(config: Config, parts: Partial<Parts>): Promise<void> {
  // First, because a signal may arrive at any moment.
  const ended = untilSignal()
  const history = await openHistory(config.dataDir, Date.now())
  const built = await build(config, {
    store: history.store,
    files: await readStaticFiles(),
    now: Date.now,
    log,
    // `server` is read at request time, because the app is built first.
    allowSilence: (request, seconds) => server.timeout(request, seconds),
    remoteAddress: (request) => server.requestIP(request)?.address,
    ...parts,
  })
  const server = listen(config, built)
  process.stdout.write(greeting(config, built, server.port ?? config.port, history))
  for (const warning of warnings(config, built)) process.stderr.write(`WARNING: ${warning}\n`)
  await ended
  process.stdout.write('Shutting down. No new questions; active runs may finish.\n')
  await built.runs.drain(config.shutdownSeconds * 1000)
  await built.slots.close(flushMs)
  // Lets the last responses out, then cuts the clients that do not read them.
  await Promise.race([server.stop(), Bun.sleep(flushMs)])
  await server.stop(true)
  await history.close()
  // A connector that ignores its signal must not keep the process alive.
  process.exit(0)
}

/** Resolves at the first signal. A second one ends the process at once. */
function untilSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let asked = false
  const end = () => {
    if (asked) process.exit(1)
    asked = true
    resolve()
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  return promise
}

/** How long the last events have to reach their readers. */
const flushMs = 1000

/** Longer than the pauses of a stream, and than the keep-alive of usual proxies. */
const idleSeconds = 120

function listen(config: Config, { app }: Server) {
  try {
    return Bun.serve({
      port: config.port,
      hostname: config.host,
      idleTimeout: idleSeconds,
      // The app enforces its own limit. This one covers bodies that it does not read.
      maxRequestBodySize: config.maxBodyBytes * 4,
      fetch: (request) => app.fetch(withHost(request)),
      // Otherwise Bun's error page would show source code.
      development: false,
      // Explicit, because without `development` Bun lets a second server share the port.
      reusePort: false,
      error(error) {
        log.error('a request could not be read', { cause: error })
        return new Response('The request could not be read.', { status: 400 })
      },
    })
  } catch (cause) {
    const { code } = cause as { code?: string }
    const why =
      code === 'EADDRINUSE'
        ? 'the port is in use. Stop the other program, or set PORT to another port.'
        : `the server cannot listen on this address (${code ?? String(cause)}). Check HOST and PORT.`
    throw new OpsError('bad_setting', { message: `${config.host}:${config.port}: ${why}`, cause })
  }
}

/** HTTP/1.0 has no Host header, and some load balancers use it for health checks. Without a host there is no URL. */
function withHost(request: Request): Request {
  if (request.headers.has('host') || URL.canParse(request.url)) return request
  const path = request.url.replace(/^\w+:\/\//, '')
  return new Request(`http://localhost${path}`, { method: request.method, signal: request.signal })
}

function greeting(
  config: Config,
  { description }: Server,
  port: number,
  { path }: { path: string },
): string {
  const local = isLoopbackHost(config.host)
  const host = local ? 'localhost' : config.host.includes(':') ? `[${config.host}]` : config.host
  const identity =
    description.identity ?? (local ? 'one local user' : 'one user, NO IDENTITY CHECK')
  return `OpsAgent listens on http://${host}:${port}

  model    ${description.model}
  estate   ${description.estate}
  history  ${path}
  identity ${identity}

`
}

/** Settings that may be intended but are dangerous otherwise. */
function* warnings({ host, trustedProxies }: Config, { description }: Server): Generator<string> {
  if (description.identity === undefined && !isLoopbackHost(host)) {
    yield `AUTH is none, and other machines can reach ${host}. Everyone who reaches this server can read and change everything. Set AUTH, or restrict who can reach it.`
  }
  if (trustedProxies.some((network) => network.endsWith('/0'))) {
    yield 'TRUSTED_PROXIES trusts every address. Everyone who reaches this server can claim any identity and any client address.'
  }
}

if (import.meta.main) await serve()
