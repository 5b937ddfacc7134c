import { type Examination, examine } from '../../src/doctor/examination.ts'
import type { Target } from '../../src/doctor/target.ts'
import { makeServer } from '../support/test-server.ts'
import { startMeddlingProxy, type Ways } from './meddling-proxy.ts'

/** A server that is never quiet for long, so that nobody needs to be told not to cut its sockets. */
export async function startQuickServer(): Promise<{ url: string; stop: () => unknown }> {
  const { app } = await makeServer({ keepAliveSeconds: 0.3 })
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', idleTimeout: 60, fetch: app.fetch })
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) }
}

/** Examines the way to a server, which lasts about two seconds. */
export function examineWay(origin: string, more: Partial<Target> = {}): Promise<Examination> {
  return examine({
    ...{ origin, seconds: 1.6 },
    fetch: (url, init) => fetch(url, { ...init, keepalive: false, redirect: 'manual' }),
    now: () => performance.timeOrigin + performance.now(),
    ...more,
  })
}

/** Examines the way through a proxy to one server or several. */
export async function examineThrough(
  ways: Ways,
  { servers = 1, ...more }: Partial<Target> & { servers?: number } = {},
): Promise<Examination> {
  const started = await Promise.all(Array.from({ length: servers }, startQuickServer))
  const proxy = startMeddlingProxy(
    started.map(({ url }) => url),
    ways,
  )
  try {
    return await examineWay(proxy.url, more)
  } finally {
    await proxy.stop()
    for (const { stop } of started) await stop()
  }
}
