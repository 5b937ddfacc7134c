import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Config, readConfig } from '../config.ts'
import { OpsError } from '../core/errors.ts'
import { retryWrite } from '../core/retry-write.ts'
import type { Maintenance } from '../storage/maintenance.ts'
import { describeDatabase, openPostgresStore } from '../storage/postgres.ts'
import { openSqliteStore, type SqliteStore } from '../storage/sqlite.ts'
import type { Store } from '../storage/store.ts'
import { databaseName, takeFolder, unusable } from './history.ts'
import { type HistoryCommand, parseHistoryCommand, usage } from './history-arguments.ts'
import { backUp, restore } from './history-backup.ts'
import { conversationsOf, exportUser } from './history-export.ts'

const exitCodes = { done: 0, notDone: 1, wrongUsage: 2 } as const

/** How many conversations one step deletes. */
const batch = 20

/** The store of the settings. In a folder it is a file, which the server may also have open. */
type Opened = { store: Store & Maintenance; file: SqliteStore | undefined; place: string }

async function main(args: string[]): Promise<number> {
  let command: HistoryCommand
  try {
    command = parseHistoryCommand(args)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    return exitCodes.wrongUsage
  }
  try {
    return await execute(command, readConfig(process.env))
  } catch (error) {
    if (!(error instanceof OpsError)) throw error
    process.stderr.write(`${error.message}\n`)
    return exitCodes.notDone
  }
}

async function execute(command: HistoryCommand, config: Config): Promise<number> {
  if (command.name === 'help') {
    process.stdout.write(usage)
    return exitCodes.done
  }
  if (command.name === 'restore') {
    requireFolder(config, 'pg_restore')
    const replaced = await restore(config.dataDir, command.file)
    const before =
      replaced === undefined
        ? ''
        : ` The history before it is in ${replaced}: delete it when you do not need it any more.`
    return done(`The history in ${resolve(config.dataDir)} is restored.${before}`)
  }
  if (command.name === 'backup') requireFolder(config, 'pg_dump')
  requireHistory(config)
  const unlock = command.name === 'vacuum' ? lockFolder(config) : () => {}
  const opened = await open(config)
  try {
    return await executeOn(opened, command)
  } catch (cause) {
    throw config.databaseUrl === undefined ? unusable(opened.place, cause) : cause
  } finally {
    await opened.store.close()
    unlock()
  }
}

async function executeOn(
  { store, file, place }: Opened,
  command: Exclude<HistoryCommand, { name: 'help' | 'restore' }>,
): Promise<number> {
  switch (command.name) {
    case 'size': {
      const { users, conversations, runs, messages, bytes, freeBytes } = await store.size()
      return done(
        `${place}: ${users} users, ${conversations} conversations, ${runs} runs, ${messages} messages, ${bytes} bytes, ${freeBytes} of them unused.`,
      )
    }
    case 'oldest': {
      const oldest = await store.findOldest()
      return done(
        oldest === undefined ? 'There is no conversation.' : new Date(oldest).toISOString(),
      )
    }
    case 'vacuum':
      await store.vacuum()
      return done(`${place} is vacuumed.`)
    case 'backup':
      if (file !== undefined) backUp(file, command.file)
      return done(`The backup is in ${resolve(command.file)}.`)
    case 'export':
      return exportTo(store, command.user)
    case 'deleteBefore':
      return deleteBefore(store, command.before)
    case 'deleteUser':
      return deleteUser(store, command.user)
  }
}

async function exportTo(store: Store, user: string): Promise<number> {
  const write = async (text: string) => void (await Bun.write(Bun.stdout, text))
  const count = await exportUser(user, store.forOwner(user), write)
  if (count > 0) return exitCodes.done
  process.stderr.write(`There is no conversation of the user ${user}.\n`)
  return exitCodes.notDone
}

async function deleteBefore(store: Store & Maintenance, before: number): Promise<number> {
  let total = 0
  for (let last = batch; last > 0; total += last) {
    last = await retryWrite(() => store.deleteInactive(before, batch), store.isTemporary)
  }
  return endDeletion(store, `${total} conversations are deleted.`)
}

async function deleteUser(store: Store & Maintenance, user: string): Promise<number> {
  const own = store.forOwner(user)
  const isActive = async (id: string) =>
    (await own.listRuns(id)).some(({ status }) => status === 'running')
  let total = 0
  let kept = 0
  for await (const { id } of conversationsOf(own)) {
    if (await isActive(id)) {
      kept += 1
      continue
    }
    await retryWrite(() => own.deleteConversation(id), store.isTemporary)
    total += 1
  }
  if (total + kept === 0) {
    process.stderr.write(`There is no conversation of the user ${user}.\n`)
    return exitCodes.notDone
  }
  const code = await endDeletion(store, `${total} conversations of the user ${user} are deleted.`)
  if (kept === 0) return code
  process.stderr.write(
    `${kept} conversations have an active run and are kept. Run the command again when it has ended.\n`,
  )
  return exitCodes.notDone
}

async function endDeletion(store: Maintenance, sentence: string): Promise<number> {
  const isPurged = await store.purge()
  process.stdout.write(`${sentence}\n`)
  if (isPurged) return exitCodes.done
  process.stderr.write(
    'Other programs use the database, so a copy of the deleted text is still in its WAL. Close them and run the command again.\n',
  )
  return exitCodes.notDone
}

async function open({ databaseUrl, dataDir }: Config): Promise<Opened> {
  if (databaseUrl !== undefined) {
    const options = { migrate: false, leaseMs: 10_000, connections: 2 }
    const store = await openPostgresStore(databaseUrl, options)
    return { store, file: undefined, place: describeDatabase(databaseUrl) }
  }
  const place = join(resolve(dataDir), databaseName)
  try {
    const file = openSqliteStore(place, { migrate: false })
    return { store: file, file, place }
  } catch (cause) {
    throw unusable(place, cause)
  }
}

/** Opening would create one. */
function requireHistory({ databaseUrl, dataDir }: Config): void {
  const folder = resolve(dataDir)
  if (databaseUrl !== undefined || existsSync(join(folder, databaseName))) return
  throw new OpsError('bad_setting', {
    message: `There is no history in ${folder}. Set DATA_DIR to the folder of the server.`,
  })
}

/** Only the command for SQLite needs that no server runs. */
function lockFolder({ databaseUrl, dataDir }: Config): () => void {
  return databaseUrl === undefined ? takeFolder(dataDir).unlock : () => {}
}

function requireFolder({ databaseUrl }: Config, program: string): void {
  if (databaseUrl === undefined) return
  throw new OpsError('bad_setting', {
    message: `The history is in Postgres. Use ${program}, or the backups of its provider.`,
  })
}

function done(sentence: string): number {
  process.stdout.write(`${sentence}\n`)
  return exitCodes.done
}

process.exitCode = await main(process.argv.slice(2))
