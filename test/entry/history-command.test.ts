import { expect, test } from 'bun:test'
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { runHistory } from '../support/history-process.ts'
import { startServer } from '../support/server-process.ts'
import { endOf, eventOf, questionOf, storedConversation } from '../support/stored-runs.ts'

const { onEnd, dataDir } = useCleanUps()

const dayMs = 24 * 3_600_000

/** A folder with two conversations of `local` and one of `bob`, last asked 100, 50 and 10 days ago. */
async function makeHistory(): Promise<string> {
  const folder = dataDir()
  const store = openSqliteStore(join(folder, 'opsagent.db'))
  for (const [owner, id, days] of [
    ['local', 'c1', 100],
    ['local', 'c2', 50],
    ['bob', 'c3', 10],
  ] as const) {
    const own = store.forOwner(owner)
    const updatedAt = Date.now() - days * dayMs
    const run = `r-${id}`
    await own.createConversation({ ...storedConversation, id, title: `title ${id}` })
    const question = { ...questionOf(run, updatedAt), content: `SECRET-${id}` }
    await own.beginRun(id, question)
    await own.endRun(id, endOf(run), [eventOf(1)], {
      ...question,
      id: `a-${id}`,
      role: 'assistant',
    })
    await own.rateRun(id, run, { rating: 'down', comment: `comment ${id}` })
  }
  await store.close()
  return folder
}

async function start(folder: string) {
  const server = await startServer({ DATA_DIR: folder, CONVERSATIONS_PER_HOUR: '100000' })
  onEnd(async () => {
    server.kill('SIGKILL')
    await server.exited
  })
  return server
}

function copiesOf(text: string, folder: string): number {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1').split(text).length - 1)
    .reduce((sum, count) => sum + count, 0)
}

async function titlesOf(url: string): Promise<string[]> {
  const response = await fetch(`${url}/api/conversations`)
  const { conversations } = (await response.json()) as { conversations: { title: string }[] }
  return conversations.map(({ title }) => title)
}

test('help names every command, and a wrong use has exit code 2 and the same text', async () => {
  const help = await runHistory({}, 'help')
  expect(help.code).toBe(0)
  for (const word of ['size', 'oldest', '--before', '--user', 'export', 'vacuum', 'restore']) {
    expect(help.output).toContain(word)
  }
  for (const args of [
    [],
    ['sizes'],
    ['size', 'x'],
    ['size', '--user', 'x'],
    ['delete'],
    ['delete', '--before', '2020-01-01', '--user', 'x'],
    ['delete', '--before', 'yesterday'],
    ['delete', '--before', '2999-01-01'],
    ['backup'],
    ['export'],
    ['oldest', '--unknown'],
  ]) {
    const { code, output, errors } = await runHistory({ DATA_DIR: dataDir() }, ...args)
    expect([args, code, output]).toEqual([args, 2, ''])
    expect(errors).toEndWith(help.output)
  }
}, 60_000)

test('size and oldest describe the history, also while a server runs', async () => {
  const folder = await makeHistory()
  await start(folder)
  const size = await runHistory({ DATA_DIR: folder }, 'size')
  expect(size.output).toMatch(
    /opsagent\.db: 2 users, 3 conversations, 3 runs, 6 messages, \d{5,} bytes, \d+ of them unused\.\n$/,
  )
  const oldest = await runHistory({ DATA_DIR: folder }, 'oldest')
  const days = (Date.now() - Date.parse(oldest.output.trim())) / dayMs
  expect(Math.round(days)).toBe(100)
})

test('a folder without a history stays empty, and the sentence names it', async () => {
  const folder = dataDir()
  for (const command of ['size', 'vacuum']) {
    const { code, errors } = await runHistory({ DATA_DIR: folder }, command)
    expect([code, errors]).toEqual([
      1,
      `There is no history in ${folder}. Set DATA_DIR to the folder of the server.\n`,
    ])
  }
  expect(readdirSync(folder)).toEqual([])
})

test('delete --before deletes what is older from every file, also while a server runs', async () => {
  const folder = await makeHistory()
  const { url } = await start(folder)
  const before = new Date(Date.now() - 70 * dayMs).toISOString().slice(0, 10)
  const { code, output } = await runHistory({ DATA_DIR: folder }, 'delete', '--before', before)
  expect([code, output]).toEqual([0, '1 conversations are deleted.\n'])
  expect(await titlesOf(url)).toEqual(['title c2'])
  expect([copiesOf('SECRET-c1', folder), copiesOf('SECRET-c2', folder) > 0]).toEqual([0, true])
})

test('delete --user deletes the conversations of this user only', async () => {
  const folder = await makeHistory()
  const { code, output } = await runHistory({ DATA_DIR: folder }, 'delete', '--user', 'local')
  expect([code, output]).toEqual([0, '2 conversations of the user local are deleted.\n'])
  expect(copiesOf('SECRET-c1', folder) + copiesOf('SECRET-c2', folder)).toBe(0)
  expect(copiesOf('SECRET-c3', folder)).toBeGreaterThan(0)
  const again = await runHistory({ DATA_DIR: folder }, 'delete', '--user', 'local')
  expect([again.code, again.errors]).toEqual([1, 'There is no conversation of the user local.\n'])
})

test('delete keeps a conversation with an active run', async () => {
  const folder = await makeHistory()
  const store = openSqliteStore(join(folder, 'opsagent.db'))
  await store.forOwner('local').beginRun('c1', questionOf('active', 1))
  await store.close()
  const byDate = await runHistory({ DATA_DIR: folder }, 'delete', '--before', '2020-01-01')
  expect(byDate.output).toBe('0 conversations are deleted.\n')
  const byUser = await runHistory({ DATA_DIR: folder }, 'delete', '--user', 'local')
  expect(byUser.code).toBe(1)
  expect(byUser.errors).toStartWith('1 conversations have an active run and are kept.')
  expect(copiesOf('SECRET-c1', folder)).toBeGreaterThan(0)
})

test('export prints all conversations of a user with messages, runs and events as JSON', async () => {
  const folder = await makeHistory()
  const { code, output } = await runHistory({ DATA_DIR: folder }, 'export', '--user', 'local')
  expect(code).toBe(0)
  const feedback = { rating: 'down', comment: 'comment c1' }
  const run = { id: 'r-c1', status: 'finished', feedback, events: [eventOf(1)] }
  expect(JSON.parse(output)).toMatchObject({
    user: 'local',
    conversations: [
      { id: 'c2', title: 'title c2' },
      {
        id: 'c1',
        messages: [
          { role: 'user', content: 'SECRET-c1' },
          { role: 'assistant', content: 'SECRET-c1' },
        ],
        runs: [run],
      },
    ],
  })
  const unknown = await runHistory({ DATA_DIR: folder }, 'export', '--user', 'nobody')
  expect(unknown.code).toBe(1)
})

test('a backup of a running server restores the history, and is private', async () => {
  const folder = await makeHistory()
  const first = await start(folder)
  const file = join(dataDir(), 'backup.db')
  const environment = { DATA_DIR: folder }
  expect((await runHistory(environment, 'backup', file)).output).toBe(`The backup is in ${file}.\n`)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const again = await runHistory(environment, 'backup', file)
  expect([again.code, again.errors]).toEqual([1, `${file} exists already. Name a new file.\n`])

  await runHistory(environment, 'delete', '--user', 'local')
  expect(await titlesOf(first.url)).toEqual([])
  for (const command of [['restore', file], ['vacuum']]) {
    const refused = await runHistory(environment, ...command)
    expect(refused.code).toBe(1)
    expect(refused.errors).toStartWith('Another server already uses this data folder.')
  }
  first.kill('SIGTERM')
  await first.exited
  const restored = await runHistory(environment, 'restore', file)
  expect(restored.code).toBe(0)
  expect(restored.output).toContain(`is in ${folder}/opsagent.db.replaced`)
  const second = await start(folder)
  expect(await titlesOf(second.url)).toEqual(['title c2', 'title c1'])
}, 60_000)

test('restore creates a history in a new folder, also from a backup of 0.1.0', async () => {
  const folder = join(dataDir(), 'new')
  const file = join(import.meta.dir, '../storage/fixtures/opsagent-0.1.0.db')
  const { code, output } = await runHistory({ DATA_DIR: folder }, 'restore', file)
  expect([code, output]).toEqual([0, `The history in ${folder} is restored.\n`])
  const { url } = await start(folder)
  expect(await titlesOf(url)).toContain('Renamed by hand')
})

test('restore refuses a file that is no complete history, and changes nothing', async () => {
  const folder = await makeHistory()
  const before = readdirSync(folder)
  const other = dataDir()
  const source = join(folder, 'opsagent.db')
  const empty = join(other, 'empty.db')
  writeFileSync(empty, '')
  const cut = join(other, 'cut.db')
  writeFileSync(cut, readFileSync(source).subarray(0, 20_000))
  const text = join(other, 'text.db')
  writeFileSync(text, 'no database '.repeat(1000))
  const inUse = join(other, 'used.db')
  copyFileSync(source, inUse)
  writeFileSync(`${inUse}-wal`, '')
  for (const file of [empty, cut, text, inUse, join(other, 'missing.db')]) {
    const { code, errors } = await runHistory({ DATA_DIR: folder }, 'restore', file)
    expect([file, code]).toEqual([file, 1])
    expect(errors).toContain(file)
    expect(errors.trim().split('\n')).toHaveLength(1)
  }
  const added = readdirSync(folder).filter((name) => !before.includes(name))
  expect(added.filter((name) => !name.startsWith('opsagent.lock'))).toEqual([])
  expect((await runHistory({ DATA_DIR: folder }, 'size')).output).toContain('3 conversations')
}, 60_000)

test('vacuum returns the space of deleted conversations', async () => {
  const folder = await makeHistory()
  const file = join(folder, 'opsagent.db')
  const store = openSqliteStore(file)
  const own = store.forOwner('big')
  await own.createConversation({ ...storedConversation, id: 'big' })
  await own.beginRun('big', { ...questionOf('big'), content: 'x'.repeat(3_000_000) })
  await own.deleteConversation('big')
  await store.close()
  expect(statSync(file).size).toBeGreaterThan(3_000_000)
  expect((await runHistory({ DATA_DIR: folder }, 'vacuum')).code).toBe(0)
  expect(statSync(file).size).toBeLessThan(300_000)
  expect(existsSync(`${file}-wal`)).toBe(false)
})

test('a damaged database is reported in one sentence', async () => {
  const folder = dataDir()
  writeFileSync(join(folder, 'opsagent.db'), 'no database '.repeat(1000))
  const { code, errors } = await runHistory({ DATA_DIR: folder }, 'size')
  expect(code).toBe(1)
  expect(errors).toContain('The database is damaged.')
  expect(errors.trim().split('\n')).toHaveLength(1)
})

test('a server answers writes while another process deletes', async () => {
  const folder = await makeHistory()
  const store = openSqliteStore(join(folder, 'opsagent.db'))
  for (let index = 0; index < 1000; index += 1) {
    await store.forOwner('old').createConversation({ ...storedConversation, id: `old-${index}` })
  }
  await store.close()
  const { url } = await start(folder)
  const deleting = runHistory({ DATA_DIR: folder }, 'delete', '--before', '2020-01-01')
  let isOver = false
  void deleting.finally(() => {
    isOver = true
  })
  const statuses = new Set<number>()
  while (!isOver) {
    const headers = { 'content-type': 'application/json' }
    const created = await fetch(`${url}/api/conversations`, { method: 'POST', headers, body: '{}' })
    statuses.add(created.status)
  }
  expect([...statuses]).toEqual([201])
  expect(await deleting).toEqual({
    code: 0,
    output: '1000 conversations are deleted.\n',
    errors: '',
  })
}, 60_000)
