import { expect } from 'bun:test'
import { openPostgresStore } from '../../src/storage/postgres.ts'
import { runHistory } from '../support/history-process.ts'
import { postgresTest, usePostgres } from '../support/postgres.ts'
import { endOf, eventOf, questionOf, storedConversation } from '../support/stored-runs.ts'

const { makeDatabase } = usePostgres()

postgresTest(
  'the command maintains a history in Postgres, and names the tools for backups',
  async () => {
    const { url, query } = await makeDatabase()
    const store = await openPostgresStore(url, { migrate: true, leaseMs: 10_000, connections: 4 })
    await store.shared.join()
    for (const [owner, id] of [
      ['ann', 'c1'],
      ['ann', 'c2'],
      ['bob', 'c3'],
    ] as const) {
      const own = store.forOwner(owner)
      await own.createConversation({ ...storedConversation, id })
      await own.beginRun(id, questionOf(`r-${id}`, id === 'c1' ? 1000 : Date.now()))
      if (id !== 'c2') await own.endRun(id, endOf(`r-${id}`), [eventOf(1)])
    }
    const run = (...args: string[]) => runHistory({ DATABASE_URL: url }, ...args)
    expect((await run('size')).output).toMatch(
      /: 2 users, 3 conversations, 3 runs, 3 messages, \d{7,} bytes, 0 of them unused\.\n$/,
    )
    expect((await run('oldest')).output).toBe('1970-01-01T00:00:01.000Z\n')
    const exported = JSON.parse((await run('export', '--user', 'bob')).output)
    expect(exported).toMatchObject({
      conversations: [{ id: 'c3', runs: [{ events: [eventOf(1)] }] }],
    })
    expect(await run('delete', '--before', '2020-01-01')).toMatchObject({
      code: 0,
      output: '1 conversations are deleted.\n',
    })
    const byUser = await run('delete', '--user', 'ann')
    expect([byUser.code, byUser.errors]).toEqual([
      1,
      '1 conversations have an active run and are kept. Run the command again when it has ended.\n',
    ])
    expect(await query('SELECT id FROM conversations ORDER BY id')).toEqual([
      { id: 'c2' },
      { id: 'c3' },
    ])
    expect((await run('vacuum')).code).toBe(0)
    const [{ n } = { n: 1 }] = await query(
      "SELECT n_dead_tup::int AS n FROM pg_stat_user_tables WHERE relname = 'conversations'",
    )
    expect(n).toBe(0)
    for (const [command, program] of [
      ['backup', 'pg_dump'],
      ['restore', 'pg_restore'],
    ] as const) {
      const { code, errors } = await run(command, 'x')
      expect([code, errors]).toEqual([
        1,
        `The history is in Postgres. Use ${program}, or the backups of its provider.\n`,
      ])
    }
    await store.close()
  },
)
