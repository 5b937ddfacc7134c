/** A value of a statement, and a row of its result. */
export type SqlValue = string | number | null
export type SqlRow = Record<string, unknown>

/**
 * A synchronous SQLite database, in a file or in a Durable Object. Parameters are positional; a Durable Object takes at
 * most 100 of them per statement.
 */
export type SqlDatabase = {
  all(sql: string, ...values: SqlValue[]): SqlRow[]
  /** Runs one or more statements without parameters. */
  exec(sql: string): void
  transaction<Result>(work: () => Result): Result
}
