import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import { openHistory } from '../../src/entry/history.ts'
import { memoryLog } from '../support/memory-log.ts'
import { readFrames } from '../support/read-stream.ts'
import { makeDataDir } from '../support/server-process.ts'
import { makeServer } from '../support/test-server.ts'

type Conversation = {
  title: string
  messages: { role: string; content: string }[]
  runs: { id: string; status: string }[]
}

// The database was written by version 0.1.0. Its last run was cut off by `kill -9`.
test('a history of 0.1.0 opens with its conversations, and its cut-off run is interrupted', async () => {
  const { path, remove } = makeDataDir()
  copyFileSync(join(import.meta.dir, 'fixtures/opsagent-0.1.0.db'), join(path, 'opsagent.db'))
  const { log, logged } = memoryLog()
  const history = await openHistory({ ...readConfig({}), dataDir: path }, Date.now(), log)
  const { get } = await makeServer({}, { store: history.store })

  const list = (await (await get('/api/conversations')).json()) as {
    conversations: { id: string; title: string }[]
  }
  expect(list.conversations.map(({ title }) => title)).toEqual([
    'Renamed by hand',
    'Which change requests are open, and is Databricks healthy?',
  ])
  const search = await get('/api/conversations?q=databricks+health')
  expect(await search.json()).toMatchObject({
    conversations: [{ title: list.conversations[1]?.title }],
  })
  const urls = list.conversations.map(({ id }) => `/api/conversations/${id}`)
  const [renamed, first] = await Promise.all(
    urls.map(async (url) => (await (await get(url)).json()) as Conversation),
  )
  expect(first?.messages.map(({ role }) => role)).toEqual([
    'user',
    'assistant',
    'user',
    'assistant',
  ])
  expect(first?.messages[1]?.content).toContain('## Service Health')
  expect(first?.runs.map(({ status }) => status)).toEqual(['finished', 'finished'])
  expect(renamed?.runs.map(({ status }) => status)).toEqual(['finished', 'interrupted'])

  const [url = ''] = urls
  const cutOff = renamed?.runs.at(-1)?.id
  const frames = await readFrames(await get(`${url}/thinking?run=${cutOff}`))
  expect(frames.at(-1)).toMatchObject({ event: 'done', data: '{"status":"interrupted"}' })
  expect(frames.map(({ data }) => data)).toContain('[ServiceNow] agent stopped')
  expect(logged).toEqual([])
  await history.close()
  remove()
})

test.each([
  [{ AUTH: 'basic' }, 'basic/ann'],
  [{ AUTH: 'forwarded' }, 'forwarded/ann'],
  [
    { AUTH: 'oidc-jwt', OIDC_ISSUER: 'https://issuer.example/' },
    'oidc-jwt/https%3A%2F%2Fissuer.example%2F/ann',
  ],
  [{ AUTH: 'cloudflare-access', CLOUDFLARE_ACCESS_TEAM: 'acme' }, 'cloudflare-access/acme/ann'],
])('with %p the users of 0.1.0 keep their conversations', async (environment, owner) => {
  const { path, remove } = makeDataDir()
  makeHistory(path, 'ann')
  const { log, logged } = memoryLog()
  const config = { ...readConfig(environment), dataDir: path }
  const history = await openHistory(config, Date.now(), log)
  const listOf = async (id: string) =>
    (await history.store.forOwner(id).listConversations({ limit: 10 })).conversations
  expect(await listOf(owner)).toHaveLength(1)
  expect(await listOf('ann')).toEqual([])
  expect(await listOf('local')).toHaveLength(1)
  expect(logged).toEqual([])
  await history.close()
  remove()
})

test('conversations of users in a history of 0.1.0 are not lost silently with AUTH=none', async () => {
  const { path, remove } = makeDataDir()
  makeHistory(path, 'ann')
  const { log, logged } = memoryLog()
  const history = await openHistory({ ...readConfig({}), dataDir: path }, Date.now(), log)
  expect(logged.map(({ message }) => message)).toEqual([
    expect.stringContaining('start once with the AUTH of 0.1.0'),
  ])
  await history.close()
  remove()
})

/** A history of 0.1.0 with one conversation of a user and one of the local user. */
function makeHistory(folder: string, owner: string): void {
  const file = join(folder, 'opsagent.db')
  copyFileSync(join(import.meta.dir, 'fixtures/opsagent-0.1.0.db'), file)
  const db = new Database(file)
  db.query('UPDATE conversations SET owner = ? WHERE title = ?').run(owner, 'Renamed by hand')
  db.close()
}
