import { expect, test } from 'bun:test'
import { useCleanUps } from '../support/clean-ups.ts'
import { findProgram, startProxy } from '../support/proxy-process.ts'
import { until } from '../support/socket-server.ts'
import { caddyInFrontOf } from './caddy.ts'

const caddyTest = findProgram('caddy') === undefined ? test.skip : test

const { onEnd } = useCleanUps()

/** A server that counts requests. It can drain, and cut a POST without an answer. */
function makeServer(name: string) {
  const state = { ready: true, cutsPosts: false, posts: 0, refusals: 0 }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      if (new URL(request.url).pathname === '/readyz') {
        if (!state.ready) state.refusals += 1
        return new Response('', { status: state.ready ? 200 : 503 })
      }
      if (request.method === 'POST') {
        state.posts += 1
        if (state.cutsPosts) void server.stop(true)
        if (state.cutsPosts) await Promise.withResolvers<void>().promise
      }
      return new Response(name)
    },
  })
  onEnd(() => server.stop(true))
  return { state, server, port: server.port ?? 0 }
}

/** Two servers behind Caddy, with the config of `deploy/`. */
async function makeServers() {
  const [one, two] = [makeServer('one'), makeServer('two')]
  const proxy = await startProxy(caddyInFrontOf(two.port), one.port)
  onEnd(proxy.stop)
  const ask = async (method = 'GET') => (await proxy.request('/', { method })).text()
  return { one, two, proxy, ask }
}

caddyTest(
  'a server that drains gets no further requests until it is ready again',
  async () => {
    const { one, two, ask } = await makeServers()
    const answers = async () => new Set(await Promise.all(Array.from({ length: 20 }, () => ask())))
    await until(async () => (await answers()).size === 2, 'both answer')
    one.state.ready = false
    await until(async () => (await answers()).size === 1, 'one is left out')
    expect(await answers()).toEqual(new Set(['two']))
    one.state.ready = true
    two.state.ready = false
    await until(async () => !(await answers()).has('two'), 'two is left out')
    expect(await answers()).toEqual(new Set(['one']))
  },
  60_000,
)

caddyTest(
  'requests that reach no server go to the other one',
  async () => {
    const { one, ask } = await makeServers()
    await one.server.stop(true)
    // Caddy may still have idle connections to the stopped server. It repeats a GET that such a connection loses, but no POST.
    for (const method of ['GET', 'POST']) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(method)))
      expect(new Set(answers)).toEqual(new Set(['two']))
    }
  },
  60_000,
)

caddyTest(
  'requests wait while no server is ready',
  async () => {
    const { one, two, ask } = await makeServers()
    one.state.ready = false
    two.state.ready = false
    // After the second check Caddy has dealt with the first.
    await until(() => one.state.refusals > 1 && two.state.refusals > 1, 'both are checked twice')
    const asked = ask()
    one.state.ready = true
    expect(await asked).toBe('one')
  },
  60_000,
)

caddyTest(
  'a POST that a server received before it crashed is not sent again',
  async () => {
    const { one, two, proxy } = await makeServers()
    one.state.cutsPosts = true
    two.state.cutsPosts = true
    const { status } = await proxy.request('/', { method: 'POST' })
    expect(status).toBe(502)
    expect(one.state.posts + two.state.posts).toBe(1)
  },
  60_000,
)
