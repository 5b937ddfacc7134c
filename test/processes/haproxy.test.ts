import { expect, test as runnerTest } from 'bun:test'
import type { ThinkingEvent } from '../../src/core/event.ts'
import { heldFlow } from '../support/held-flow.ts'
import { postgresTest } from '../support/postgres.ts'
import { type ServerProcess, useServerProcesses } from '../support/postgres-processes.ts'
import { askAsync, openConversation, ProcessReader, send } from '../support/process-client.ts'
import { fill, type ProxyCase } from '../support/proxy-case.ts'
import { findProgram, startProxy } from '../support/proxy-process.ts'
import { until } from '../support/socket-server.ts'

const { deploy, onEnd } = useServerProcesses()

/** Left out by name without HAProxy. */
const test = findProgram('haproxy') === undefined ? runnerTest.skip : postgresTest

const conversations = 50
const readersPerRun = 2

/** The configuration of deploy/haproxy, with several servers and no affinity. */
function haproxyTo(servers: readonly ServerProcess[]): ProxyCase {
  return {
    name: 'HAProxy without affinity',
    programs: ['haproxy'],
    async plan({ port, readSeconds }) {
      const lines = servers.map(
        ({ url }, index) => `server s${index} ${new URL(url).host} check inter 200ms fall 1 rise 1`,
      )
      const config = await fill('deploy/haproxy/haproxy.cfg', {
        'bind :80': `bind 127.0.0.1:${port}`,
        'maxconn 6000': 'maxconn 1000',
        'timeout client 60s': `timeout client ${readSeconds}s`,
        'timeout server 60s': `timeout server ${readSeconds}s`,
        'server opsagent 127.0.0.1:8000 check inter 5s': `balance random\n  retries 3\n  option redispatch 1\n  ${lines.join('\n  ')}`,
      })
      const commands: [string, ...string[]][] = [['haproxy', '-db', '-f', 'haproxy.cfg']]
      return { files: { 'haproxy.cfg': config }, commands }
    },
  }
}

type Answer = { run: { id: string; status: string }; user_message: { content: string } }

/** Sends the question until it is answered. A request may meet a process that ends. */
async function ask(url: string, path: string, run: string, message: string): Promise<Answer> {
  for (;;) {
    try {
      const response = await send(`${url}${path}/messages`, { message, run })
      if (response.status === 200) return (await response.json()) as Answer
      await response.body?.cancel()
    } catch {
      // The connection was cut.
    }
    await Bun.sleep(20)
  }
}

/** Reads to the end, and leaves and comes back after every `step` events and after every cut. */
async function follow(url: string, path: string, run: string, step: number) {
  const reader = new ProcessReader('json')
  while (reader.done === undefined) {
    const target = reader.ids.length + step
    try {
      await reader.connect(url, path, run)
      const isEnough = () => reader.ids.length >= target
      let isOver = false
      void reader.ended.then(() => {
        isOver = true
      })
      await until(() => isOver || isEnough(), 'the reader has read enough', 60_000)
      await reader.cut()
    } catch {
      await Bun.sleep(20)
    }
  }
  return reader
}

test('behind a proxy without affinity each reader receives every event of its run once, also when one process is killed and one is stopped', async () => {
  const { script, open } = heldFlow()
  const { start, database } = await deploy(script)
  const settings = {
    QUESTIONS_PER_HOUR: '1000',
    CONVERSATIONS_PER_HOUR: '1000',
    MAX_STREAMS_PER_USER: '1000',
    SHUTDOWN_SECONDS: '20',
  }
  const servers = await Promise.all([start(settings), start(settings), start(settings)])
  const proxy = await startProxy(haproxyTo(servers), 0)
  onEnd(proxy.stop)
  const runs = await Promise.all(
    Array.from({ length: conversations }, async (_, index) => {
      const path = await openConversation(proxy.url)
      return { path, run: crypto.randomUUID(), message: `What is open for team ${index}?` }
    }),
  )
  const following = runs.map(({ path, run }) =>
    Promise.all(
      Array.from({ length: readersPerRun }, (_, n) => follow(proxy.url, path, run, n + 1)),
    ),
  )
  const [killed, stopped, staying] = servers
  // The proxy may give all questions to the other two.
  for (const { path, run, message } of runs.slice(0, 1)) {
    expect(await askAsync(killed.url, path, run, message)).toBe(202)
  }
  const answers = runs.map(({ path, run, message }) => ask(proxy.url, path, run, message))
  const countOf = async (text: string) => Number((await database.query(text))[0]?.n)
  const held = `SELECT count(*) AS n FROM events WHERE event LIKE '%"tool.finished"%'`
  await until(async () => (await countOf(held)) === conversations, 'all runs wait', 60_000)
  killed.kill('SIGKILL')
  stopped.kill('SIGTERM')
  open()

  let interruptedRuns = 0
  for (const [index, { path, run, message }] of runs.entries()) {
    const answer = await answers[index]
    const stored = (await (await fetch(`${staying.url}${path}/runs/${run}`)).json()) as {
      status: string
      events: ThinkingEvent[]
    }
    expect(answer).toMatchObject({
      run: { id: run, status: stored.status },
      user_message: { content: message },
    })
    expect(['finished', 'interrupted']).toContain(stored.status)
    if (stored.status === 'interrupted') interruptedRuns += 1
    expect(stored.events[0]).toMatchObject({ type: 'run.started', question: message })
    for (const reader of (await following[index]) ?? []) {
      expect(reader.done).toBe(JSON.stringify({ status: stored.status }))
      expect(reader.lines.map((line): ThinkingEvent => JSON.parse(line))).toEqual(stored.events)
      expect(reader.ids).toEqual(stored.events.map((_, at) => `${run}:${at + 1}`))
    }
  }
  expect(await stopped.exited).toBe(0)
  // Exactly the runs of the killed process.
  const ofOneProcess = `SELECT count(DISTINCT process) AS n FROM runs WHERE status = 'interrupted'`
  expect(await countOf(ofOneProcess)).toBe(1)
  expect(interruptedRuns).toBeWithin(1, conversations)
  expect(await countOf('SELECT count(*) AS n FROM runs')).toBe(conversations)
}, 120_000)
