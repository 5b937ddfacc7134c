import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import { Doctor } from '../../../views/doctor.tsx'
import { OpsError } from '../../core/errors.ts'
import type { HttpEnv, Services } from '../context.ts'
import { valid } from '../input.ts'
import { streamHeaders } from '../stream/frames.ts'
import { pause, sendDoctorStream } from './doctor-stream.ts'

/** How many people may be examined at the same moment, by one process. */
export const maxExaminations = 4

// The path ends like that of the real stream: rules of proxies that go by the path take both alike.
const paths = { stream: '/doctor/thinking', wait: '/doctor/wait', echo: '/doctor/echo' }

const between = (least: number, most: number) => {
  const says = `must be a number from ${least} to ${most}`
  return z.coerce.number(says).min(least, says).max(most, says)
}
const streamQuery = z.object({
  seconds: between(0.1, 75).default(20),
  pad: between(0, 4096).default(0),
})
const waitQuery = z.object({ seconds: between(0, 70).default(1) })

/**
 * What the doctor examines the way to this server with: a stream, a slow answer, and what arrived of a request. Open to
 * everybody and without any secret: few at a time, short, and nothing is kept.
 */
export function doctorRoutes(services: Services): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  const { processId, slots, limits, now, shell } = services
  const takeStream = places(maxExaminations)
  const takeWait = places(maxExaminations)

  routes.get('/doctor', (c) => {
    c.header('cache-control', 'no-store')
    return c.html(<Doctor shell={{ ...shell, user: { name: '' } }} />)
  })

  routes.get(paths.stream, valid('query', streamQuery), (c) =>
    openDoctorStream(c, services, takeStream, c.req.valid('query')),
  )

  routes.post(paths.wait, valid('query', waitQuery), async (c) => {
    const giveBack = takeWait()
    const beganAt = now()
    try {
      await pause(c.req.valid('query').seconds * 1000, [c.req.raw.signal, slots.closing])
    } finally {
      giveBack()
    }
    c.header('cache-control', 'no-store')
    return c.json({ process: processId, waitedMs: now() - beganAt })
  })

  routes.get(paths.echo, (c) => {
    c.header('cache-control', 'no-store')
    const { answerWaitSeconds, keepAliveSeconds } = limits
    const headers = traces(c.req.raw.headers)
    // What the server takes whoever asks for, so that TRUSTED_PROXIES can be seen to be right.
    const { address, scheme } = c.get('arrival')
    const seen = { address, scheme }
    return c.json({
      ...{ process: processId, now: now(), headers, seen },
      ...{ answerWaitSeconds, keepAliveSeconds },
    })
  })

  for (const [path, allow] of [
    [paths.stream, 'GET, HEAD'],
    [paths.wait, 'POST'],
    [paths.echo, 'GET, HEAD'],
  ] as const) {
    routes.all(path, (c) => {
      c.header('allow', allow)
      throw new OpsError('method_not_allowed')
    })
  }
  return routes
}

function openDoctorStream(
  c: Context<HttpEnv>,
  { processId, slots, limits, allowSilence, now, log }: Services,
  take: () => () => void,
  asked: { seconds: number; pad: number },
): Response {
  // As with every stream of ours: HEAD must not start what nobody would end.
  if (c.req.method === 'HEAD') return new Response(null, { headers: streamHeaders })
  const giveBack = take()
  const keepAliveMs = limits.keepAliveSeconds * 1000
  allowSilence(c.req.raw, limits.keepAliveSeconds * 4)
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  c.set('streamEnded', ended)
  const response = streamSSE(c, async (stream) => {
    try {
      const { closing } = slots
      await sendDoctorStream(stream, { ...asked, process: processId, keepAliveMs, closing, now })
    } catch (error) {
      log.error('doctor', { cause: error })
    } finally {
      giveBack()
      end()
    }
  })
  return new Response(response.body, { headers: streamHeaders })
}

/** So many places; each take gives the way to give it back. @throws OpsError `too_many_requests` */
function places(count: number): () => () => void {
  let free = count
  return function take() {
    if (free === 0) {
      throw new OpsError('too_many_requests', {
        message: `The doctor examines ${count} at a time. Please try again in half a minute.`,
        retryAfterSeconds: 30,
      })
    }
    free -= 1
    return () => {
      free += 1
    }
  }
}

/** Headers by which proxies can be told. */
const trace =
  /^(via|forwarded|cdn-loop|x-forwarded-\w+|x-real-ip|x-request-start|x-varnish|x-cloud-trace-context|(cf|fly|x-azure|x-arr|x-appservice|x-appgw|x-original|x-amzn|x-amz-cf|x-envoy)-[\w-]+)$/

/** Their names, never their values: an address or a token is nobody else's business. */
function traces(headers: Headers): string[] {
  return [...headers.keys()].filter((name) => name.length < 50 && trace.test(name)).slice(0, 40)
}
