import { build, type Parts, type Server } from '../build.ts'
import { type Config, readConfig, secretsOf } from '../config.ts'
import { OpsError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { settledWithin } from '../core/wait.ts'
import { isLoopbackHost } from '../http/network/address.ts'
import { Retention } from '../runs/retention.ts'
import { loadAgentsFile } from './agents.ts'
import { loadStaticFiles } from './assets.ts'
import { type History, openHistory } from './history.ts'
import { createLog } from './log.ts'
import { machineHosts } from './machine-hosts.ts'
import { openMcpProcess } from './mcp-process.ts'
import { openFileLimit, openFilesWarning, watchOpenFiles } from './open-files.ts'
import { openRunbooks } from './runbooks.ts'

/**
 * Starts the server on Bun and runs until SIGTERM or SIGINT. If it cannot start, it writes one sentence to standard
 * error and exits with code 1. To use your own connectors or agents, call this from a file of your own with those parts.
 */
export async function serve(parts: Partial<Parts> = {}): Promise<void> {
  try {
    await start(readConfig(process.env), parts)
  } catch (error) {
    if (!(error instanceof OpsError)) throw error
    const sentence = `OpsAgent cannot start. ${error.message}`
    // The environment, because a setting that cannot be read is the usual reason.
    if (process.env.LOG_FORMAT !== 'json') process.stderr.write(`${sentence}\n`)
    else createLog({ logFormat: 'json', logLevel: 'error' }).error(sentence, { code: error.code })
    process.exit(1)
  }
}

async function start(config: Config, parts: Partial<Parts>): Promise<void> {
  // Before anything is open: a signal may arrive at any moment.
  const ended = untilSignal()
  const agentsFile = await loadAgentsFile(config, process.env)
  const secrets = [...secretsOf(config), ...(agentsFile?.secrets ?? [])]
  const log = createLog(config, secrets)
  const history = await openHistory(config, Date.now(), log)
  const built = await build(config, {
    store: history.store,
    files: await loadStaticFiles(),
    now: Date.now,
    log,
    secrets,
    // Read when a request arrives: the server is created after the app that it serves.
    allowSilence: (request, seconds) => server.timeout(request, seconds),
    ownHosts: machineHosts,
    remoteAddress: (request) => server.requestIP(request)?.address,
    openProcess: openMcpProcess,
    ...(agentsFile && { agentsFile }),
    ...(config.runbooksDir && { runbooks: await openRunbooks(config.runbooksDir, log) }),
    ...parts,
  })
  const server = listen(config, built, log)
  const announce = (text: string, message: string, fields = {}) => {
    if (config.logFormat === 'json') log.info(message, fields)
    else process.stdout.write(text)
  }
  const started = describeStart(config, built, server.port ?? config.port, history)
  announce(greeting(started), 'OpsAgent listens', started)
  const fileLimit = openFileLimit()
  for (const warning of warnings(config, built, fileLimit)) log.warn(warning)
  watchOpenFiles(fileLimit, log)
  const retention = new Retention({ ...config, store: history.store, now: Date.now, log })
  // Not awaited: it runs until `close`, and never rejects.
  void retention.keep()
  const connecting = new AbortController()
  // Not awaited: questions need not wait for a server that does not answer, and it never rejects.
  void built.sources.connect(connecting.signal)
  await ended
  retention.close()
  connecting.abort()
  const shutdown = 'Shutting down: no new questions, active runs may finish.'
  announce(`${shutdown}\n`, shutdown, { seconds: config.shutdownSeconds })
  await built.runs.drain(config.shutdownSeconds * 1000)
  await built.slots.close(flushMs)
  // Responses in flight get a moment; then the remaining connections are closed.
  await settledWithin(server.stop(), flushMs)
  await server.stop(true)
  await settledWithin(built.sources.close(), flushMs)
  await closeHistory(built, history, log)
  // A connector that ignores its signal must not keep the process alive.
  process.exit(0)
}

/** Settles at the first signal. A second signal ends the process at once. */
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

/** Leaves the other processes. Not for long: without an answer the lease ends by itself. */
async function closeHistory({ runs }: Server, history: History, log: Log): Promise<void> {
  const left = runs
    .close()
    .catch((cause) => log.warn('the lease could not be given back', { cause }))
  await settledWithin(left, flushMs)
  await history.close()
}

/** How long the shutdown waits at each step for others: for readers, for responses, and for the database. */
const flushMs = 1000

/** Longer than the interval of stream comments, and than the keep-alive time of common proxies. */
const idleSeconds = 120

function listen(config: Config, { app }: Server, log: Log) {
  try {
    return Bun.serve({
      port: config.port,
      hostname: config.host,
      idleTimeout: idleSeconds,
      // The app checks the limit itself; this bounds bodies that no route reads.
      maxRequestBodySize: config.maxBodyBytes * 4,
      fetch: (request) => app.fetch(withHost(request)),
      // Handles requests that never reach the app, such as an invalid Host. Bun's own error page would show source code.
      development: false,
      // Without `development`, Bun lets a second server share the port.
      reusePort: false,
      error(error) {
        log.error('invalid request', { cause: error })
        return new Response('The request could not be read.', { status: 400 })
      },
    })
  } catch (cause) {
    const { code } = cause as { code?: string }
    const why =
      code === 'EADDRINUSE'
        ? 'the port is in use. Stop the other program, or set PORT to another port.'
        : `this address is not available (${code ?? String(cause)}). Check HOST and PORT.`
    throw new OpsError('bad_setting', { message: `${config.host}:${config.port}: ${why}`, cause })
  }
}

/** Adds a Host for HTTP/1.0, which health checks of load balancers still use: without it the URL is invalid. */
function withHost(request: Request): Request {
  if (request.headers.has('host') || URL.canParse(request.url)) return request
  const path = request.url.replace(/^\w+:\/\//, '')
  return new Request(`http://localhost${path}`, { method: request.method, signal: request.signal })
}

type Started = { url: string; model: string; estate: string; history: string; identity: string }

function describeStart(
  { host }: Config,
  { description }: Server,
  port: number,
  { place }: History,
): Started {
  const name = isLoopbackHost(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${name}:${port}`,
    model: description.model,
    estate: description.estate,
    history: place,
    identity: description.identity ?? 'one local user, requests are not identified',
  }
}

function greeting({ url, model, estate, history, identity }: Started): string {
  return `OpsAgent listens on ${url}

  model     ${model}
  estate    ${estate}
  history   ${history}
  identity  ${identity}

`
}

/** Settings that work and are dangerous unless they are intended. */
function* warnings(
  { host, trustedProxies, maxStreams }: Config,
  { description }: Server,
  fileLimit: number | undefined,
): Generator<string> {
  yield* openFilesWarning(fileLimit, maxStreams)
  if (description.identity === undefined && !isLoopbackHost(host)) {
    yield `AUTH is none, and other machines can reach ${host}. Every user who can reach it reads and changes all conversations. Set AUTH, or restrict the network.`
  }
  if (trustedProxies.some((network) => network.endsWith('/0'))) {
    yield 'TRUSTED_PROXIES contains every address. Any client can claim any user id and any client address.'
  }
}

if (import.meta.main) await serve()
