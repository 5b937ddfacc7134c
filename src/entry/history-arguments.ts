import { parseArgs } from 'node:util'

/** What `bun run history` can do. Times are in ms since 1970. */
export type HistoryCommand =
  | { name: 'help' }
  | { name: 'size' | 'oldest' | 'vacuum' }
  | { name: 'backup'; file: string }
  | { name: 'restore'; file: string }
  | { name: 'deleteBefore'; before: number }
  | { name: 'deleteUser' | 'export'; user: string }

/** Reads the arguments. @throws Error with a message for the user */
export function parseHistoryCommand(args: string[]): HistoryCommand {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      before: { type: 'string' },
      user: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const { before, user } = values
  const [name = '', file, ...rest] = positionals
  if (values.help || name === 'help') return { name: 'help' }
  const takesFile = name === 'backup' || name === 'restore'
  if (rest.length > 0 || (!takesFile && file !== undefined)) throw new Error('Too many arguments.')
  if (before !== undefined && name !== 'delete') throw new Error(`${name} takes no --before.`)
  if (user !== undefined && name !== 'delete' && name !== 'export') {
    throw new Error(`${name} takes no --user.`)
  }
  switch (name) {
    case 'size':
    case 'oldest':
    case 'vacuum':
      return { name }
    case 'backup':
    case 'restore':
      if (file === undefined) throw new Error(`${name} needs a file.`)
      return { name, file }
    case 'export':
      if (!user) throw new Error('export needs --user ID.')
      return { name, user }
    case 'delete':
      if ((before === undefined) === (user === undefined)) {
        throw new Error('delete needs either --before DATE or --user ID.')
      }
      if (before !== undefined) return { name: 'deleteBefore', before: parseDate(before) }
      if (!user) throw new Error('--user needs an id.')
      return { name: 'deleteUser', user }
    default:
      throw new Error(name === '' ? 'Name a command.' : `${name} is no command.`)
  }
}

function parseDate(text: string): number {
  const time = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN
  if (Number.isNaN(time)) {
    throw new Error(
      '--before must be a date such as 2026-01-31, or a time such as 2026-01-31T12:00Z.',
    )
  }
  // A mistyped year would otherwise delete everything.
  if (time > Date.now()) throw new Error('--before must not be in the future.')
  return time
}

/** How to use the command. */
export const usage = `Usage: bun run history COMMAND

Shows and maintains the history: the one in DATA_DIR, or in the database of DATABASE_URL.

  size                  print how many users, conversations, runs, messages and bytes there are
  oldest                print the time of the oldest last question of a conversation
  delete --before DATE  delete conversations whose last question is older, such as 2026-01-31
  delete --user ID      delete all conversations of a user
  export --user ID      print all conversations of a user as JSON
  vacuum                return unused space to the disk; with SQLite, stop the server first
  backup FILE           write a copy to a new file, also while the server runs (SQLite)
  restore FILE          replace the history by a backup; stop the server first (SQLite)
  help                  print this text

The id of a user is "id" in the answer of GET /api/user. Conversations with an active run are not deleted.

Exit codes: 0 done, 1 not done, or not completely, 2 wrong usage.
`
