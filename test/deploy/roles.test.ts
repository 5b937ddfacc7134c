import { expect } from 'bun:test'
import { join } from 'node:path'
import { SQL } from 'bun'
import { postgresTest, usePostgres } from '../support/postgres.ts'
import type { PostgresCluster } from '../support/postgres-cluster.ts'
import { startServer } from '../support/server-process.ts'

const root = join(import.meta.dir, '../..')
const { cluster } = usePostgres()

/** A role of the tests, like the administrator of a managed server: not a superuser. */
const administrator = 'administrator'

/** Creates a database and runs roles.sql in it twice, because it may be run again. Roles belong to the whole cluster. */
async function makeDatabase(name: string, role: string): Promise<PostgresCluster> {
  const postgres = await cluster()
  await postgres.query(
    `DO $$ BEGIN CREATE ROLE ${administrator} LOGIN CREATEDB CREATEROLE;
     EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
  )
  await postgres.query(`CREATE DATABASE ${name} OWNER ${role}`)
  await runRoles(postgres, name, role)
  await runRoles(postgres, name, role)
  return postgres
}

async function runRoles(postgres: PostgresCluster, database: string, role: string) {
  const folder = new URL(postgres.urlOf(database)).searchParams.get('path') ?? ''
  const options = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', folder, '-U', role, '-d', database]
  const child = Bun.spawn(['psql', ...options, '-f', join(root, 'deploy/postgres/roles.sql')], {
    env: { PATH: process.env.PATH ?? '', OWNER_PASSWORD: "owner's", APP_PASSWORD: 'app' },
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const errors = await new Response(child.stderr).text()
  if ((await child.exited) !== 0) throw new Error(errors)
}

/** Runs statements as a role. Resolves with `done`, or with the SQLSTATE of the error. */
async function attempt(url: string, statements: string): Promise<string> {
  const sql = new SQL(url, { max: 1 })
  try {
    await sql.unsafe(statements).simple()
    return 'done'
  } catch (error) {
    if (error instanceof SQL.PostgresError) return error.errno ?? error.code
    throw error
  } finally {
    await sql.close({ timeout: 0 })
  }
}

postgresTest.each(['test', administrator])(
  'roles.sql, run by %s, lets the servers read and write rows of the owner and create nothing',
  async (role) => {
    const database = `roles_${role}`
    const postgres = await makeDatabase(database, role)
    const as = (user: string) => (statement: string) =>
      attempt(postgres.urlOf(database, user), statement)
    const [owner, app] = [as('opsagent_owner'), as('opsagent')]
    expect(
      await owner(
        `CREATE TABLE notes (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text);
         CREATE TABLE counted (number serial PRIMARY KEY, note bigint REFERENCES notes ON DELETE CASCADE)`,
      ),
    ).toBe('done')
    for (const statement of [
      "INSERT INTO notes (text) VALUES ('one')",
      'INSERT INTO counted (note) VALUES (1)',
      "UPDATE notes SET text = 'two'",
      'SELECT number FROM notes FOR UPDATE',
      'DELETE FROM notes',
      "LISTEN opsagent; SELECT pg_notify('opsagent', 'x')",
      'SELECT pg_advisory_xact_lock(1)',
    ]) {
      expect(`${statement}: ${await app(statement)}`).toBe(`${statement}: done`)
    }
    // 42501: insufficient privilege.
    for (const statement of [
      'CREATE TABLE mine (id int)',
      'CREATE TEMPORARY TABLE mine (id int)',
      'CREATE SCHEMA mine',
      "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      'CREATE DATABASE mine',
      'CREATE ROLE mine',
      'SET ROLE opsagent_owner',
      'TRUNCATE notes CASCADE',
      'ALTER TABLE notes ADD mine int',
      'DROP TABLE counted',
    ]) {
      expect(`${statement}: ${await app(statement)}`).toBe(`${statement}: 42501`)
    }
    expect(await owner('CREATE DATABASE mine')).toBe('42501')
    expect(await owner('CREATE ROLE mine')).toBe('42501')
  },
)

postgresTest('roles.sql keeps other roles out of the database, and stores passwords', async () => {
  const postgres = await makeDatabase('roles_others', administrator)
  await postgres.query('CREATE ROLE stranger LOGIN')
  expect(await attempt(postgres.urlOf('roles_others', 'stranger'), 'SELECT 1')).toBe('42501')
  const stored = await postgres.query(
    "SELECT rolname FROM pg_authid WHERE rolname LIKE 'opsagent%' AND rolpassword LIKE 'SCRAM%'",
  )
  expect(stored).toHaveLength(2)
})

postgresTest(
  'a server with the least rights answers after the owner has migrated, and not before',
  async () => {
    const postgres = await makeDatabase('roles_server', administrator)
    const environment = {
      DATABASE_URL: postgres.urlOf('roles_server', 'opsagent'),
      MIGRATE: 'off',
    }
    const early = await startServer(environment).catch((error: unknown) => String(error))
    if (typeof early !== 'string') early.kill('SIGKILL')
    expect(early).toContain('bun run migrate')
    const migration = Bun.spawn([process.execPath, '--no-env-file', 'src/entry/migrate.ts'], {
      cwd: root,
      env: { DATABASE_URL: postgres.urlOf('roles_server', 'opsagent_owner') },
      stdout: 'ignore',
      stderr: 'pipe',
    })
    expect(await new Response(migration.stderr).text()).toBe('')
    expect(await migration.exited).toBe(0)
    const server = await startServer(environment)
    try {
      const json = { method: 'POST', headers: { 'content-type': 'application/json' } }
      const created = await fetch(`${server.url}/api/conversations`, { ...json, body: '{}' })
      const messages = `${server.url}${created.headers.get('location')}/messages`
      const body = JSON.stringify({ message: 'Which change requests are open?' })
      const answer = await (await fetch(messages, { ...json, body })).json()
      expect(answer).toMatchObject({ run: { status: 'finished' } })
      const deleted = await fetch(`${server.url}${created.headers.get('location')}`, {
        method: 'DELETE',
      })
      expect(deleted.status).toBe(204)
    } finally {
      server.kill('SIGTERM')
      await server.exited
    }
  },
)
