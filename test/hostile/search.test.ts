import { Database } from 'bun:sqlite'
import { afterAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { SqlDatabase } from '../../src/storage/sql-database.ts'
import { SqlSearch } from '../../src/storage/sql-search.ts'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import { longestStall } from '../support/longest-stall.ts'
import { makeDataDir } from '../support/server-process.ts'
import { makeServer } from '../support/test-server.ts'

// A history that a user could have after years, in a file: 40,000 conversations with a common word, which is more than a
// search reads, then one conversation of 320 messages of 64 KiB. With TEST_SLOW=1 it is three times as large.

const times = process.env.TEST_SLOW === '1' ? 3 : 1
const conversations = 40_000 * times
const messages = 320 * times
const { path, remove } = makeDataDir()
const file = join(path, 'long.db')
const store = openSqliteStore(file)
await fill(file)
const { get, remove: request } = await makeServer({}, { store })

afterAll(async () => {
  await store.close()
  remove()
})

const queries = [
  ['a word of all conversations', 'common'],
  ['two words of all conversations', 'common changes'],
  ['two words that exclude each other', 'even odd'],
  ['a word of all conversations with a rare one', 'common w37777'],
  ['the first letter of a different word of each conversation', 'w'],
  ['the first letter of all common words', 'c'],
  ['a word of long messages', 'endless'],
  ['different words of long messages', 'endless x'],
  ['200 letters', 'a'.repeat(200)],
  ['100 words', 'c '.repeat(100)],
  ['100 characters of a script without spaces', '数据库备份'.repeat(20)],
] as const

test.each(queries)(
  'a search for %s keeps the event loop busy for less than 50 ms',
  async (_, query) => {
    const path = `/api/conversations?q=${encodeURIComponent(query)}`
    const stalls: number[] = []
    for (let attempt = 0; attempt < 3; attempt += 1) {
      stalls.push(await longestStall(async () => expect((await get(path)).status).toBe(200)))
    }
    expect(Math.min(...stalls)).toBeLessThan(50)
  },
)

test('storing a question of 64 KiB of different words keeps the event loop busy for less than 50 ms', async () => {
  const ann = store.forOwner('local')
  const store64KiB = async () => {
    const id = crypto.randomUUID()
    await ann.createConversation({ id, title: 't', model: 'm', createdAt: 1, updatedAt: 1 })
    const content = differentWords(id)
    const question = { id, run: id, role: 'user' as const, content, createdAt: 1 }
    return await longestStall(() => ann.beginRun(id, question))
  }
  let shortest = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 3 && shortest >= 50; attempt += 1) {
    const stalls: number[] = []
    // Some of these writes also write the WAL back into the file.
    for (let question = 0; question < 20; question += 1) stalls.push(await store64KiB())
    shortest = Math.min(shortest, Math.max(...stalls))
  }
  expect(shortest).toBeLessThan(50)
})

test('the deletion of a long message keeps the event loop busy for less than 50 ms', async () => {
  const ann = store.forOwner('local')
  const stalls: number[] = []
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const id = crypto.randomUUID()
    await ann.createConversation({ id, title: 't', model: 'm', createdAt: 1, updatedAt: 1 })
    await ann.beginRun(id, {
      id: crypto.randomUUID(),
      run: id,
      role: 'user',
      content: differentWords(id),
      createdAt: 1,
    })
    stalls.push(
      await longestStall(async () => {
        expect((await request(`/api/conversations/${id}`)).status).toBe(204)
      }),
    )
  }
  expect(Math.min(...stalls)).toBeLessThan(50)
})

/** 64 KiB of words that occur nowhere else. */
function differentWords(seed: string): string {
  const key = seed.slice(0, 4)
  return Array.from({ length: 6500 }, (_, n) => `x${key}${n.toString(36)}`)
    .join(' ')
    .slice(0, 65_536)
}

async function fill(file: string): Promise<void> {
  const db = new Database(file, { strict: true })
  db.run('PRAGMA synchronous = OFF')
  const sql: SqlDatabase = {
    all: (text, ...values) => db.query<Record<string, unknown>, typeof values>(text).all(...values),
    exec: (text) => void db.run(text),
    transaction: (work) => work(),
  }
  const search = new SqlSearch(sql, 'local')
  const add = (id: string, title: string, texts: readonly string[]) => {
    sql.all('INSERT INTO conversations VALUES (?, ?, ?, ?, 1, 1)', id, 'local', title, 'm')
    search.addTitle(id, title)
    for (const [index, text] of texts.entries()) {
      const run = `${id}-${index}`
      sql.all(
        `INSERT INTO runs (conversation, id, status, started_at, finished_at)
         VALUES (?, ?, 'finished', 1, 1)`,
        id,
        run,
      )
      sql.all(
        `INSERT INTO messages (id, conversation, run, role, content, created_at)
         VALUES (?, ?, ?, 'user', ?, 1)`,
        run,
        id,
        run,
        text,
      )
      search.add(id, run, text)
    }
  }
  db.transaction(() => {
    for (let n = 0; n < conversations; n += 1) {
      const parity = n % 2 === 0 ? 'even' : 'odd'
      add(`c${n}`, `Common ${n}`, [`Common changes, w${n} and ${parity} numbers.`])
    }
    const prose = 'An endless message about nothing but changes of databases. '.repeat(600)
    add(
      'long',
      'Long',
      Array.from({ length: messages }, (_, n) =>
        `${prose} ${differentWords(`${n}/`)}`.slice(0, 65_536),
      ),
    )
  })()
  db.close()
}
