import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { postgresTest } from '../support/postgres.ts'
import { useServerProcesses } from '../support/postgres-processes.ts'
import { openConversation } from '../support/process-client.ts'
import { seedFlow } from '../support/scripts.ts'
import { startProcess } from '../support/server-process.ts'

const { deploy } = useServerProcesses()

const root = join(import.meta.dir, '../..')

/** Runs `bun run migrate`. */
async function migrate(environment: Record<string, string>) {
  const child = Bun.spawn([process.execPath, '--no-env-file', 'src/entry/migrate.ts'], {
    cwd: root,
    env: environment,
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code: await child.exited, output, errors }
}

test('a DATABASE_URL that is no URL of Postgres ends the start with one sentence, without its value', async () => {
  const { exited, errors } = startProcess({ DATABASE_URL: 'mysql://ann:hunter22@db/ops' })
  expect(await exited).toBe(1)
  expect(await errors).toBe(
    'OpsAgent cannot start. DATABASE_URL is not valid: must be a URL such as postgres://user:password@host:5432/name.\n',
  )
})

test('a database that cannot be reached ends the start with one sentence, without the password', async () => {
  const url = 'postgres://ann:hunter22@127.0.0.1:1/ops'
  const { exited, errors } = startProcess({ DATABASE_URL: url })
  expect(await exited).toBe(1)
  const text = await errors
  expect(text).toStartWith('OpsAgent cannot start. The database 127.0.0.1:1/ops cannot be used (')
  expect(text).toEndWith('Check DATABASE_URL.\n')
  expect(text.trim().split('\n')).toHaveLength(1)
  expect(text).not.toContain('hunter22')
})

postgresTest(
  'the first lines name the host and the database, without the password',
  async () => {
    const { start, database } = await deploy(seedFlow)
    const url = database.url.replace('//test@', '//test:hunter22@')
    const { greeting } = await start({ DATABASE_URL: url })
    expect(greeting).toMatch(/history +Postgres, \/\S+\/test_\d+\n/)
    expect(greeting).not.toContain('hunter22')
  },
  60_000,
)

postgresTest(
  'with MIGRATE=off the schema is updated by a command before the start',
  async () => {
    const { start, database } = await deploy(seedFlow)
    const early = startProcess({ DATABASE_URL: database.url, MIGRATE: 'off' })
    expect(await early.exited).toBe(1)
    expect(await early.errors).toContain('Run `bun run migrate` first.')
    const environment = { DATABASE_URL: database.url }
    expect(await migrate(environment)).toMatchObject({ code: 0, errors: '' })
    expect((await migrate(environment)).output).toContain('(0 of its steps were new)')
    const { url } = await start({ MIGRATE: 'off' })
    expect(await openConversation(url)).toStartWith('/api/conversations/')
  },
  60_000,
)

test('a migration without DATABASE_URL fails with one sentence', async () => {
  const { code, errors } = await migrate({})
  expect([code, errors]).toEqual([1, 'The migration failed. DATABASE_URL is not set.\n'])
})
