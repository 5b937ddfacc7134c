import { z } from 'zod'

/** How much a history has. `freeBytes` are in the file, but not used. */
export type HistorySize = {
  users: number
  conversations: number
  runs: number
  messages: number
  bytes: number
  freeBytes: number
}

/** The calls of `bun run history` that are not part of a store, because no request uses them. */
export type Maintenance = {
  size(): Promise<HistorySize>
  /** Returns unused space to the disk. It may take minutes. */
  vacuum(): Promise<void>
  /**
   * Removes the text of deleted rows from files beside the database. Resolves with `false` if other processes prevent it for
   * too long.
   */
  purge(): Promise<boolean>
}

/** Counts rows, in every SQL database. */
export const countStatement = `SELECT (SELECT count(DISTINCT owner) FROM conversations) AS users,
  (SELECT count(*) FROM conversations) AS conversations,
  (SELECT count(*) FROM runs) AS runs, (SELECT count(*) FROM messages) AS messages`

const sizeRow = z.object({
  users: z.coerce.number(),
  conversations: z.coerce.number(),
  runs: z.coerce.number(),
  messages: z.coerce.number(),
  bytes: z.coerce.number(),
  freeBytes: z.coerce.number(),
})

/** Reads the row of `countStatement` and the columns `bytes` and `freeBytes`. */
export function sizeFromRows(counts: unknown, bytes: unknown): HistorySize {
  return sizeRow.parse(Object.assign({}, counts, bytes))
}
