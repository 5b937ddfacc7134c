import { afterEach, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import { oncePerMinute } from '../../src/core/log.ts'
import { basic } from '../../src/http/identity/basic.ts'
import { hashPassword } from '../../src/http/identity/password-hash.ts'
import { forwardedUser } from '../../src/http/identity/proxy-user.ts'
import { oidcJwt } from '../../src/http/identity/token-user.ts'
import { memoryLog } from '../support/memory-log.ts'
import { framesOf } from '../support/read-stream.ts'
import { seedFlow } from '../support/scripts.ts'
import {
  containerTest,
  expectNothingLeft,
  makeServer,
  ownProcessTest,
} from '../support/test-server.ts'
import { startTokenIssuer } from '../support/token-issuer.ts'

expectNothingLeft()

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const jumps = [-25 * hourMs, 25 * hourMs]

/** The clock of the machine, which can be set, and a clock that only runs. */
function makeClocks() {
  let setByMs = 0
  let ranMs = 0
  return {
    now: () => Date.now() + setByMs + ranMs,
    monotonicMs: () => 1000 + ranMs,
    set(byMs: number) {
      setByMs += byMs
    },
    run(ms: number) {
      ranMs += ms
    },
  }
}

const arrival = { host: 'x', scheme: 'http', schemeFromProxy: false, proxied: false } as const
const local = { ...arrival, address: '127.0.0.1' }

describe.each(jumps)('after the clock was set by %p ms', (jumpMs) => {
  ownProcessTest('the questions of the last hour count, and no longer', async () => {
    const { set, run, ...clocks } = makeClocks()
    const { open, post } = await makeServer(
      { questionsPerHour: 1 },
      { script: seedFlow, ...clocks },
    )
    const path = `/api/conversations/${await open()}/messages`
    const ask = async () => (await post(path, { message: 'What is open?' })).status
    expect(await ask()).toBe(200)
    set(jumpMs)
    const refused = await post(path, { message: 'What is open?' })
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBe(3600)
    run(hourMs)
    expect(await ask()).toBe(200)
  })

  test('wrong passwords of the last minute count, and no longer', async () => {
    const { set, run, monotonicMs } = makeClocks()
    const identify = basic([`ann:${await hashPassword('right', 100_000)}`], { monotonicMs })
    const attempt = async (password: string) => {
      const authorization = `Basic ${btoa(`ann:${password}`)}`
      return await identify(new Request('http://x/', { headers: { authorization } }), local)
    }
    for (let wrong = 0; wrong < 10; wrong += 1) await attempt(`wrong ${wrong}`)
    set(jumpMs)
    await expect(attempt('right')).rejects.toMatchObject({ retryAfterSeconds: 60 })
    run(minuteMs)
    expect(await attempt('right')).toMatchObject({ name: 'ann' })
  })

  test('a password is remembered for five minutes, and no longer', async () => {
    const { set, run, monotonicMs } = makeClocks()
    const identify = basic([`ann:${await hashPassword('right', 100_000)}`], { monotonicMs })
    const checks = spyOn(crypto.subtle, 'deriveBits')
    const headers = { authorization: `Basic ${btoa('ann:right')}` }
    const checksOf = async () => {
      checks.mockClear()
      await identify(new Request('http://x/', { headers }), local)
      return checks.mock.calls.length
    }
    expect(await checksOf()).toBe(1)
    set(jumpMs)
    expect(await checksOf()).toBe(0)
    run(5 * minuteMs)
    expect(await checksOf()).toBe(1)
    checks.mockRestore()
  })

  test('a warning is written once a minute', async () => {
    const { set, run, monotonicMs } = makeClocks()
    const { log, logged } = memoryLog()
    const headers = { forwardedUserHeader: 'x-user', forwardedNameHeader: 'x-name' }
    const identify = forwardedUser(headers, { now: Date.now, monotonicMs, log })
    const ask = () => identify(new Request('http://x/', { headers: { 'x-user': 'ann' } }), local)
    await ask()
    set(jumpMs)
    await ask()
    expect(logged).toHaveLength(1)
    run(minuteMs)
    await ask()
    expect(logged).toHaveLength(2)
  })

  containerTest('a stream that waits stays open', async () => {
    const { set, run, ...clocks } = makeClocks()
    const settings = { keepAliveSeconds: 0.01, firstEventSeconds: 60, streamSeconds: 600 }
    const { open, get } = await makeServer(settings, clocks)
    const frames = framesOf(await get(`/api/conversations/${await open()}/thinking`))
    const next = async () => (await frames.next()).value
    expect(await next()).toMatchObject({ comment: 'connected' })
    set(jumpMs)
    for (let comments = 0; comments < 5; comments += 1)
      expect(await next()).toEqual({ comment: '' })
    run(minuteMs)
    let last = await next()
    while (last?.event === undefined) last = await next()
    expect(last).toMatchObject({ event: 'done', data: '{"status":"unknown"}' })
  })
})

describe('the keys of an issuer', () => {
  let issuer: Awaited<ReturnType<typeof startTokenIssuer>>
  beforeEach(async () => {
    issuer = await startTokenIssuer()
  })
  afterEach(() => issuer.stop())

  function makeReader() {
    const clocks = makeClocks()
    const { log } = memoryLog()
    const { keysUrl, issuer: name, audience } = issuer
    // Tokens expire by the clock of the machine. Here only the other times are tested.
    const identify = oidcJwt(
      { keysUrl, issuer: name, audience },
      { now: Date.now, monotonicMs: clocks.monotonicMs, log },
    )
    const ask = async () => {
      const headers = { authorization: `Bearer ${await issuer.sign()}` }
      return await identify(new Request('http://x/', { headers }), local)
    }
    return { ...clocks, ask }
  }

  test.each(jumps)(
    'are read again 5 s after a failure, although the clock was set by %p ms',
    async (jumpMs) => {
      const { ask, set, run } = makeReader()
      issuer.respondWith(() => new Response('', { status: 500 }))
      await expect(ask()).rejects.toMatchObject({ code: 'sign_on_down' })
      issuer.respondWith(() => Response.json({ keys: [issuer.key.jwk] }))
      const dateNow = spyOn(Date, 'now').mockReturnValue(Date.now() + jumpMs)
      set(jumpMs)
      const reads = issuer.reads
      dateNow.mockRestore()
      await expect(ask()).rejects.toMatchObject({ code: 'sign_on_down' })
      expect(issuer.reads).toBe(reads)
      run(5000)
      expect(await ask()).toMatchObject({ name: 'Ann' })
    },
  )

  test('are read again after a rotation, although the clock was set back meanwhile', async () => {
    const { ask, run } = makeReader()
    const later = spyOn(Date, 'now').mockReturnValue(Date.now() + 25 * hourMs)
    // jose keeps when it has read the keys, by the clock of the machine.
    issuer.respondWith(() => Response.json({ keys: [issuer.key.jwk] }))
    await ask()
    later.mockRestore()
    await issuer.rotate('second')
    expect(await ask()).toBeUndefined()
    run(30_000)
    expect(await ask()).toMatchObject({ name: 'Ann' })
  })

  test('are read again after ten minutes, although the clock was set back meanwhile', async () => {
    const { ask, run } = makeReader()
    await ask()
    run(9 * minuteMs)
    await ask()
    expect(issuer.reads).toBe(1)
    run(minuteMs)
    await ask()
    expect(issuer.reads).toBe(2)
  })
})

test('a rate-limited log line is not delayed by a clock that is set back', () => {
  const lines: string[] = []
  let atMs = 0
  const warn = oncePerMinute(
    (message) => void lines.push(message),
    () => atMs,
  )
  warn('first')
  atMs = minuteMs - 1
  warn('second')
  atMs = minuteMs
  warn('third')
  expect(lines).toEqual(['first', 'third'])
})
