import { type Built, build, type Parts } from '../build.ts'
import { type Config, readConfig } from '../config.ts'
import { OpsError } from '../core/errors.ts'
import { loadStaticFiles } from './assets.ts'
import { openHistory } from './history.ts'
import { log } from './log.ts'

/**
 * Starts the server on Bun and runs until SIGTERM or SIGINT. What cannot work is said in one sentence, with exit code
 * 1. To plug in what is yours, write a file like `my-server.ts` that calls this with your parts.
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
  // Before anything is open: whoever starts us may end us at any moment.
  const ended = untilSignal()
  const history = openHistory(config.dataDir, Date.now())
  const built = build(config, {
    store: history.store,
    files: await loadStaticFiles(),
    now: Date.now,
    log,
    // Asked for at run time: the server exists only after the app that it serves.
    allowSilence: (request, seconds) => server.timeout(request, seconds),
    remoteAddress: (request) => server.requestIP(request)?.address,
    ...parts,
  })
  const server = listen(config, built)
  process.stdout.write(greeting(config, built, server.port ?? config.port, history))
  for (const warning of warnings(config, built)) process.stderr.write(`WARNING: ${warning}\n`)
  await ended
  process.stdout.write('Shutting down: no new questions, running ones are given their time.\n')
  await built.runs.drain(config.shutdownSeconds * 1000)
  await built.slots.close(flushMs)
  // The answers that are on their way first; then whoever does not take them is cut.
  await Promise.race([server.stop(), Bun.sleep(flushMs)])
  await server.stop(true)
  history.close()
  // A connector that does not listen to its signal must not keep the process.
  process.exit(0)
}

/** Settles at the first signal to end. A second one ends the process at once. */
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

/** Time for the last events to reach their readers. */
const flushMs = 1000

/** Longer than any quiet time of ours, and than the keep-alive of the proxies in front of us. */
const idleSeconds = 120

function listen(config: Config, { app }: Built) {
  try {
    return Bun.serve({
      port: config.port,
      hostname: config.host,
      idleTimeout: idleSeconds,
      // The app refuses what is larger than its limit; this is a net for what it never reads.
      maxRequestBodySize: config.maxBodyBytes * 4,
      fetch: (request) => app.fetch(withHost(request)),
      // What the app itself cannot answer, such as a Host that is no host. Bun's own page would show our source.
      development: false,
      // Said here, because without `development` Bun lets a second server share the port.
      reusePort: false,
      error(error) {
        log.error('a request that could not be read', { cause: error })
        return new Response('The request could not be read.', { status: 400 })
      },
    })
  } catch (cause) {
    const { code } = cause as { code?: string }
    const why =
      code === 'EADDRINUSE'
        ? 'the port is in use. Stop what listens there, or set PORT to another one.'
        : `that address cannot be listened on (${code ?? String(cause)}). Check HOST and PORT.`
    throw new OpsError('bad_setting', { message: `${config.host}:${config.port}: ${why}`, cause })
  }
}

/** HTTP/1.0 knows no Host, and health checks of balancers still speak it; without one an address is no URL. */
function withHost(request: Request): Request {
  if (request.headers.has('host') || URL.canParse(request.url)) return request
  const path = request.url.replace(/^\w+:\/\//, '')
  return new Request(`http://localhost${path}`, { method: request.method, signal: request.signal })
}

function greeting(
  config: Config,
  { description }: Built,
  port: number,
  { path }: { path: string },
): string {
  const local = isLoopback(config.host)
  const host = local ? 'localhost' : config.host.includes(':') ? `[${config.host}]` : config.host
  const people =
    description.people ?? (local ? 'one local user, no sign-on' : 'one user, NO SIGN-ON')
  return `OpsAgent listens on http://${host}:${port}

  model    ${description.model}
  estate   ${description.estate}
  history  ${path}
  people   ${people}

`
}

/** What may be meant, and is dangerous if it is not. */
function* warnings({ host, trustedProxies }: Config, { description }: Built): Generator<string> {
  if (description.people === undefined && !isLoopback(host)) {
    yield `there is no sign-on, and ${host} is not this machine alone. Whoever reaches it reads and changes everything. Set AUTH, or let nobody else reach it.`
  }
  if (trustedProxies.some((network) => network.endsWith('/0'))) {
    yield 'TRUSTED_PROXIES trusts every address. Whoever reaches this server may say who they are and where they come from.'
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host)
}

if (import.meta.main) await serve()
