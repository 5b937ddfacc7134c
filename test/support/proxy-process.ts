import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProxyCase } from './proxy-case.ts'
import { until } from './socket-server.ts'

/** A way to OpsAgent: sends a request to a path. */
export type Way = { name: string; url: string; request: Send }
type Send = (path: string, init?: RequestInit) => Promise<Response>

/** A proxy that runs. Stop it in the end, whatever happened. */
export type RunningProxy = Way & { stop: () => Promise<void> }

/** Starts a proxy in front of a server and waits until it answers. Another port is tried when one was taken meanwhile. */
export async function startProxy(
  one: ProxyCase,
  serverPort: number,
  readSeconds = 60,
): Promise<RunningProxy> {
  const failures: string[] = []
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const started = await launch(one, serverPort, readSeconds)
    if (typeof started !== 'string') return started
    failures.push(started)
  }
  throw new Error(`${one.name} did not start:\n${failures.at(-1)}`)
}

async function launch(
  one: ProxyCase,
  serverPort: number,
  readSeconds: number,
): Promise<RunningProxy | string> {
  const folder = mkdtempSync(join(tmpdir(), 'opsagent-proxy-'))
  // Some drop to a user of their own before they write here.
  chmodSync(folder, 0o777)
  const [port = 0, innerPort = 0] = freePorts(2)
  const ca = await makeCertificate(folder)
  const { files, commands } = await one.plan({ folder, port, innerPort, serverPort, readSeconds })
  for (const [name, text] of Object.entries(files)) await Bun.write(join(folder, name), text)
  const children = commands.map((command) => spawn(command, folder))
  const stop = async () => {
    await Promise.all(children.map(end))
    rmSync(folder, { recursive: true, force: true })
  }
  const url = `${one.http2 ? 'https' : 'http'}://127.0.0.1:${port}`
  const tls = one.http2 ? { tls: { ca }, protocol: 'http2' as const } : {}
  const request: Send = (path, init) => fetch(url + path, { redirect: 'manual', ...init, ...tls })
  const ready = async () => (await request('/healthz').catch(() => undefined))?.ok === true
  const died = () => children.some(({ exitCode }) => exitCode !== null)
  try {
    await until(async () => died() || (await ready()), 'it answers', 15_000)
    if (!died()) return { name: one.name, url, request, stop }
  } catch {
    // Told below, with what it wrote.
  }
  const said = readLogs(folder)
  await stop()
  return said
}

function spawn([program, ...rest]: [string, ...string[]], folder: string) {
  const out = Bun.file(join(folder, `${program}.out`))
  return Bun.spawn([findProgram(program) ?? program, ...rest], {
    cwd: folder,
    env: { PATH: paths, HOME: folder, TMPDIR: folder },
    stdin: 'ignore',
    stdout: out,
    stderr: out,
    // A process group of its own, so that its workers can be ended with it.
    detached: true,
  })
}

async function end(child: Bun.Subprocess): Promise<void> {
  child.kill('SIGTERM')
  // Some wait for their open connections. They are given the time to put away what they keep outside their folder.
  const giveUp = setTimeout(() => child.kill('SIGKILL'), 3000)
  await child.exited
  clearTimeout(giveUp)
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // Nobody of its group is left.
  }
}

const paths = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`

/** Where a program of the system is; some stand where only root looks. */
export function findProgram(name: string): string | undefined {
  return Bun.which(name, { PATH: paths }) ?? undefined
}

/** Ports that were free a moment ago. */
function freePorts(count: number): number[] {
  const held = Array.from({ length: count }, () =>
    Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } }),
  )
  const ports = held.map(({ port }) => port)
  for (const listener of held) listener.stop(true)
  return ports
}

async function makeCertificate(folder: string): Promise<string> {
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const files = ['-keyout', 'tls.key', '-out', 'tls.crt']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const command = ['openssl', 'req', '-x509', '-days', '2', ...kind, ...files, ...subject]
  await Bun.spawn(command, { cwd: folder, stdout: 'ignore', stderr: 'ignore' }).exited
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  await Bun.write(join(folder, 'tls.pem'), read('tls.key') + read('tls.crt'))
  chmodSync(join(folder, 'tls.key'), 0o644)
  return read('tls.crt')
}

function readLogs(folder: string): string {
  return readdirSync(folder)
    .filter((name) => /\.(out|log)$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8').slice(-2000))
    .join('\n')
}
