import { Hono } from 'hono'
import { z } from 'zod'
import { Doctor } from '../../../views/doctor.tsx'
import { OpsError } from '../../core/errors.ts'
import { wait } from '../../core/wait.ts'
import type { HttpEnv, Services } from '../context.ts'
import { valid } from '../input.ts'
import { routes } from '../routes.ts'
import { openStream } from '../stream/open-stream.ts'
import { writeDoctorStream } from './doctor-stream.ts'

/** How many examinations may run at the same time. */
export const maxExaminations = 4

/**
 * What the doctor uses to examine the path to this server: a test stream, a slow response, and an echo of the request.
 * These routes need no identity. They are therefore short, few at a time, store nothing and reveal no secret.
 */
export function doctorRoutes(services: Services): Hono<HttpEnv> {
  const doctor = new Hono<HttpEnv>()
  const { processId, runs, slots, limits, now, monotonicMs, shell } = services
  const takeStream = limitConcurrency(maxExaminations)
  const takeWait = limitConcurrency(maxExaminations)

  doctor.get(routes.doctor, (c) => {
    c.header('cache-control', 'no-store')
    return c.html(<Doctor shell={{ ...shell, user: { name: '' } }} />)
  })

  doctor.get(routes.doctorStream, valid('query', streamQuery), (c) => {
    const { seconds, pad } = c.req.valid('query')
    const keepAliveMs = limits.keepAliveSeconds * 1000
    const { closing } = slots
    return openStream(c, services, {
      name: 'a test stream of the doctor',
      takeSlot: takeStream,
      write: (stream) =>
        writeDoctorStream(stream, { seconds, pad, process: processId, keepAliveMs, closing, now }),
    })
  })

  doctor.post(routes.doctorWait, valid('query', waitQuery), async (c) => {
    const release = takeWait()
    const startedAt = monotonicMs()
    try {
      await wait(c.req.valid('query').seconds * 1000, c.req.raw.signal, slots.closing)
    } finally {
      release()
    }
    c.header('cache-control', 'no-store')
    return c.json({ process: processId, waitedMs: Math.round(monotonicMs() - startedAt) })
  })

  doctor.get(routes.doctorEcho, (c) => {
    c.header('cache-control', 'no-store')
    const { answerWaitSeconds, keepAliveSeconds } = limits
    const { address, scheme } = c.get('arrival')
    return c.json({
      process: processId,
      sharesHistory: runs.areShared,
      now: now(),
      headers: proxyHeaderNames(c.req.raw.headers),
      // Shows whether TRUSTED_PROXIES is right.
      seen: { address, scheme },
      answerWaitSeconds,
      keepAliveSeconds,
    })
  })

  for (const [path, allow] of [
    [routes.doctorStream, 'GET, HEAD'],
    [routes.doctorWait, 'POST'],
    [routes.doctorEcho, 'GET, HEAD'],
  ] as const) {
    doctor.all(path, (c) => {
      c.header('allow', allow)
      throw new OpsError('method_not_allowed')
    })
  }
  return doctor
}

const between = (min: number, max: number) => {
  const message = `must be a number from ${min} to ${max}`
  return z.coerce.number(message).min(min, message).max(max, message)
}
const streamQuery = z.object({
  seconds: between(0.1, 75).default(20),
  pad: between(0, 4096).default(0),
})
const waitQuery = z.object({ seconds: between(0, 70).default(1) })

/** Returns a function that takes one of `count` slots and returns its release. It throws `too_many_requests`. */
function limitConcurrency(count: number): () => () => void {
  let free = count
  return function take() {
    if (free === 0) {
      throw new OpsError('too_many_requests', {
        message: `The doctor runs ${count} examinations at a time. Please try again in half a minute.`,
        retryAfterSeconds: 30,
      })
    }
    free -= 1
    return () => {
      free += 1
    }
  }
}

/** Headers that identify proxies. */
const proxyHeader =
  /^(via|forwarded|cdn-loop|x-forwarded-\w+|x-real-ip|x-request-start|x-varnish|x-cloud-trace-context|(cf|fly|x-azure|x-arr|x-appservice|x-appgw|x-original|x-amzn|x-amz-cf|x-envoy)-[\w-]+)$/

/** The names only: the values may hold addresses and tokens. */
function proxyHeaderNames(headers: Headers): string[] {
  return [...headers.keys()]
    .filter((name) => name.length < 50 && proxyHeader.test(name))
    .slice(0, 40)
}
