import { examine, type Target } from '../../src/doctor/examination.ts'
import type { Examination } from '../../src/doctor/report.ts'
import { makeServer } from '../support/test-server.ts'
import { type ProxyFaults, startFaultyProxy } from './faulty-proxy.ts'

/** A server with frequent heartbeats, so that no examination has to wait for 15 s of silence. */
export async function startServer(): Promise<{ url: string; stop: () => unknown }> {
  const { app } = await makeServer({ keepAliveSeconds: 0.3 })
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', idleTimeout: 60, fetch: app.fetch })
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) }
}

/** Examines a server, in about two seconds. */
export function examineQuickly(origin: string, target: Partial<Target> = {}): Promise<Examination> {
  return examine({
    origin,
    seconds: 1.6,
    fetch: (url, init) => fetch(url, { ...init, keepalive: false, redirect: 'manual' }),
    now: () => performance.timeOrigin + performance.now(),
    ...target,
  })
}

/** Examines the path through a proxy to one or more servers. */
export async function examineThrough(
  faults: ProxyFaults,
  { servers = 1, ...target }: Partial<Target> & { servers?: number } = {},
): Promise<Examination> {
  const started = await Promise.all(Array.from({ length: servers }, startServer))
  const proxy = startFaultyProxy(
    started.map(({ url }) => url),
    faults,
  )
  try {
    return await examineQuickly(proxy.url, target)
  } finally {
    await proxy.stop()
    for (const { stop } of started) await stop()
  }
}
