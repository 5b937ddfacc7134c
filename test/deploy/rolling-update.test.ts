import { expect } from 'bun:test'
import { useCleanUps } from '../support/clean-ups.ts'
import { postgresTest, usePostgres } from '../support/postgres.ts'
import { askAsync, openConversation, ProcessReader, stateOf } from '../support/process-client.ts'
import { findProgram, startProxy } from '../support/proxy-process.ts'
import { startServer } from '../support/server-process.ts'
import { until } from '../support/socket-server.ts'
import { caddyInFrontOf } from './caddy.ts'

const rollingTest = findProgram('caddy') === undefined ? postgresTest.skip : postgresTest
const { makeDatabase } = usePostgres()

const { onEnd } = useCleanUps()

async function start(database: string, port = '0') {
  const server = await startServer({
    DATABASE_URL: database,
    PORT: port,
    THINK_MS: '200',
    // All readers are one user.
    MAX_STREAMS_PER_USER: '100',
  })
  onEnd(async () => {
    server.kill('SIGKILL')
    await server.exited
  })
  return server
}

const question = 'Which change requests are open, and is Databricks healthy?'

/** The process that answers. */
async function processOf(url: string): Promise<string> {
  return ((await (await fetch(`${url}/healthz`)).json()) as { process: string }).process
}

/** Asks a question, again while its server drains. Reads the run to its end, over as many connections as it needs. */
async function follow(url: string, reader: ProcessReader) {
  const path = await openConversation(url)
  const run = crypto.randomUUID()
  const readOn = async () => {
    await reader.connect(url, path, run).catch(() => undefined)
    await reader.ended
    return reader.done !== undefined
  }
  const reading = until(readOn, 'the run ends', 30_000)
  const accepted = async () => (await askAsync(url, path, run, question)) === 202
  await until(accepted, 'the question is accepted')
  await reading
  const again = new ProcessReader()
  await again.connect(url, path, run)
  await again.ended
  return { reader, again, stored: await stateOf(url, path, run) }
}

rollingTest(
  'an update of one server after the other loses no event and no answer',
  async () => {
    const database = await makeDatabase()
    const servers = [await start(database.url), await start(database.url)]
    const ports = servers.map(({ url }) => new URL(url).port)
    const proxy = await startProxy(caddyInFrontOf(Number(ports[1])), Number(ports[0]))
    onEnd(proxy.stop)
    const followed: ReturnType<typeof follow>[] = []
    const askMany = () => {
      const readers = Array.from({ length: 6 }, () => new ProcessReader())
      for (const reader of readers) followed.push(follow(proxy.url, reader))
      return readers
    }
    for (const [index, server] of servers.entries()) {
      const readers = askMany()
      await until(() => readers.every(({ lines }) => lines.length > 1), 'the runs have begun')
      server.kill('SIGTERM')
      askMany()
      expect(await server.exited).toBe(0)
      const { url } = await start(database.url, ports[index])
      const updated = await processOf(url)
      await until(async () => (await processOf(proxy.url)) === updated, 'Caddy uses the new server')
    }
    for (const { reader, again, stored } of await Promise.all(followed)) {
      expect(reader.done).toBe('{"status":"finished"}')
      expect(reader.ids).toEqual(again.ids)
      expect(reader.lines.length).toBeGreaterThan(5)
      expect(stored.status).toBe('finished')
      expect(stored.answer).toBeString()
    }
  },
  60_000,
)
