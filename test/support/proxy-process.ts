import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProxyCase } from './proxy-case.ts'
import { until } from './socket-server.ts'

/** An address at which OpsAgent is reached, directly or through a proxy. `request` takes a path. */
export type Endpoint = { name: string; url: string; request: Send }
type Send = (path: string, init?: RequestInit) => Promise<Response>

/** A running proxy. The test must stop it. */
export type RunningProxy = Endpoint & { stop: () => Promise<void> }

/** Starts a proxy in front of a server and waits until it answers. Retries, because another process may take its port. */
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
  // Some proxies switch to another user before they write here.
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
  const exited = () => children.some(({ exitCode }) => exitCode !== null)
  try {
    await until(async () => exited() || (await ready()), 'it answers', 15_000)
    if (!exited()) return { name: one.name, url, request, stop }
  } catch {
    // It did not answer in time: return its logs, as if it had exited.
  }
  const logs = readLogs(folder)
  await stop()
  return logs
}

function spawn([program, ...rest]: [string, ...string[]], folder: string) {
  const out = Bun.file(join(folder, `${program}.out`))
  return Bun.spawn([findProgram(program) ?? program, ...rest], {
    cwd: folder,
    env: { PATH: paths, HOME: folder, TMPDIR: folder },
    stdin: 'ignore',
    stdout: out,
    stderr: out,
    // A new process group, so that `end` can kill its workers.
    detached: true,
  })
}

async function end(child: Bun.Subprocess): Promise<void> {
  child.kill('SIGTERM')
  // SIGTERM first, so that a proxy can remove what it keeps outside its folder (Squid: shared memory).
  const giveUp = setTimeout(() => child.kill('SIGKILL'), 3000)
  await child.exited
  clearTimeout(giveUp)
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group has no process left.
  }
}

const paths = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`

/** The path of a program. Includes the sbin folders, which are not on every user's PATH. */
export function findProgram(name: string): string | undefined {
  return Bun.which(name, { PATH: paths }) ?? undefined
}

/** Ports that are free at the time of the call. */
export function freePorts(count: number): number[] {
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
