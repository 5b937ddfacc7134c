import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { SQL } from 'bun'

const programs = findPrograms()

/** Whether this machine has PostgreSQL. */
export const hasPostgres =
  programs !== undefined && ['setpriv', 'ps'].every((program) => Bun.which(program) !== null)

/** A database of a cluster. */
export type TestDatabase = {
  url: string
  /** Runs a statement as the superuser of the cluster. */
  query: (text: string) => Promise<Record<string, unknown>[]>
}

/**
 * A PostgreSQL server of the tests, in a folder of its own on a Unix socket. Without `fsync`
 * it is fast, and commits survive a crash of the server, but not one of the operating system. It ends with this process.
 */
export class PostgresCluster {
  readonly #folder: string
  #server: Bun.Subprocess | undefined
  #databases = 0

  /** Creates the cluster and starts it. */
  static async start(): Promise<PostgresCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'opsagent-postgres-'))
    run(['cp', '-a', `${templateFolder()}/.`, folder])
    // A copy of node_modules loses the owner of the template.
    if (userInfo().uid === 0) run(['chown', '-R', 'postgres:postgres', folder])
    const cluster = new PostgresCluster(folder)
    await cluster.launch()
    return cluster
  }

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** Starts the server and waits until it answers. */
  async launch(): Promise<void> {
    const settings = [
      'fsync=off',
      'full_page_writes=off',
      'autovacuum=off',
      'listen_addresses=',
      'max_connections=200',
    ]
    const options = settings.flatMap((setting) => ['-c', setting])
    this.#server = Bun.spawn(
      command('postgres', ['-D', this.#folder, '-k', this.#folder, ...options]),
      { stdout: 'ignore', stderr: 'ignore' },
    )
    for (;;) {
      if (this.#server.exitCode !== null) throw new Error('PostgreSQL did not start.')
      try {
        return void (await this.query('SELECT 1'))
      } catch {
        await Bun.sleep(20)
      }
    }
  }

  /** Stops the server: SIGINT cuts all connections, SIGQUIT is a crash. */
  async stop(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
    this.#server?.kill(signal)
    await this.#server?.exited
  }

  /** Stops the server and deletes its folder. */
  async remove(): Promise<void> {
    await this.stop('SIGQUIT')
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** The process ids of the server and of its connections. */
  get processes(): number[] {
    const main = this.#server?.pid ?? 0
    const children = Bun.spawnSync(['ps', '-o', 'pid=', '--ppid', String(main)]).stdout.toString()
    return [main, ...children.split('\n').filter(Boolean).map(Number)]
  }

  /** Continues processes that were stopped with SIGSTOP, as far as they are still there. */
  resume(processes: readonly number[]): void {
    for (const pid of processes) {
      try {
        process.kill(pid, 'SIGCONT')
      } catch {
        // It has ended.
      }
    }
  }

  urlOf(database: string, user = 'test'): string {
    return `postgres://${user}@localhost:5432/${database}?path=${this.#folder}`
  }

  /** Runs a statement as superuser in a connection of its own. */
  async query(text: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
    const sql = new SQL(this.urlOf(database), { max: 1 })
    try {
      return [...(await sql.unsafe<Record<string, unknown>[]>(text))]
    } finally {
      await sql.close({ timeout: 0 })
    }
  }

  async createDatabase(): Promise<TestDatabase> {
    this.#databases += 1
    const name = `test_${this.#databases}`
    await this.query(`CREATE DATABASE ${name}`)
    return {
      url: this.urlOf(name),
      query: (text) => this.query(text, name),
    }
  }
}

/** The folder of an empty cluster, which is made once: a copy takes a quarter of the CPU time of initdb. */
function templateFolder(): string {
  const version = run([join(programs ?? '', 'postgres'), '--version']).replaceAll(/[^\w.]+/g, '-')
  const cache = join(import.meta.dir, '../../node_modules/.cache')
  const template = join(cache, `postgres-${version}-${userInfo().uid}`)
  if (existsSync(template)) return template
  const made = mkdtempSync(join(tmpdir(), 'opsagent-postgres-'))
  if (userInfo().uid === 0) run(['chown', 'postgres:postgres', made])
  const options = ['-U', 'test', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C']
  run(command('initdb', ['-D', made, '--wal-segsize=1', ...options]))
  mkdirSync(cache, { recursive: true })
  const unfinished = `${template}-${process.pid}`
  run(['cp', '-a', made, unfinished])
  rmSync(made, { recursive: true })
  try {
    renameSync(unfinished, template)
  } catch {
    // Another process was faster.
    rmSync(unfinished, { recursive: true })
  }
  return template
}

/** Runs a program and returns its output. */
function run(command: readonly string[]): string {
  const { stdout, stderr, exitCode } = Bun.spawnSync([...command])
  if (exitCode !== 0) throw new Error(`${command[0]}: ${stderr}`)
  return stdout.toString().trim()
}

/** PostgreSQL refuses to run as root. The kernel stops it when this process ends, however it ends. */
function command(program: string, options: string[]): string[] {
  const user = ['--reuid=postgres', '--regid=postgres', '--clear-groups']
  const change = userInfo().uid === 0 ? user : []
  return ['setpriv', ...change, '--pdeathsig', 'QUIT', join(programs ?? '', program), ...options]
}

/** The folder of the programs: on the PATH, or where Debian puts them. */
function findPrograms(): string | undefined {
  const onPath = Bun.which('initdb')
  if (onPath !== null) return join(onPath, '..')
  const debian = '/usr/lib/postgresql'
  try {
    const [newest] = readdirSync(debian).toSorted((a, b) => Number(b) - Number(a))
    return newest && join(debian, newest, 'bin')
  } catch {
    return undefined
  }
}
