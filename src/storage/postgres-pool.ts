import { SQL } from 'bun'
import { OpsError } from '../core/errors.ts'
import { retryWrite } from '../core/retry-write.ts'
import { wait } from '../core/wait.ts'
import { isServerError, isTemporaryError, SilentServerError } from './postgres-error.ts'

/** A value of a statement: positional, `$1` and so on. */
export type PostgresValue = string | number | boolean | null

/** Runs one statement; without values, `text` may be several. */
export type Query = (text: string, values?: readonly PostgresValue[]) => Promise<unknown[]>

/** How a pool connects. */
export type PoolOptions = {
  url: string
  /** Most connections. Further statements wait for one. */
  connections: number
  /** The server cancels a statement after this time. */
  statementMs: number
  /**
   * Whether calls wait while the database restarts, about 10 s; then they throw OpsError `store_failed`. Every call may run
   * more than once. Without it, callers get the first error.
   */
  patient: boolean
}

type Listener = { channel: string; onNotify: (payload: string) => void; onListen: () => void }

/** The pause between two attempts to listen again. */
const listenAgainMs = 1000

/**
 * A bounded pool of connections. A lost connection is replaced at the next statement. If the server answers nothing, and
 * does not even cancel a statement in time, the network has failed silently: then the pool replaces all its connections,
 * because they would otherwise block until TCP gives up, which takes minutes.
 */
export class PostgresPool {
  readonly #options: PoolOptions
  readonly #listeners: Listener[] = []
  readonly #closing = new AbortController()
  #sql: SQL
  /** When the server answered a statement last, on a monotonic clock. */
  #answeredAtMs = Number.NEGATIVE_INFINITY

  constructor(options: PoolOptions) {
    this.#options = options
    this.#sql = connect(options)
  }

  /** Runs one statement. */
  query(text: string, values: readonly PostgresValue[] = []): Promise<unknown[]> {
    return this.#bounded((sql) => this.#answered(sql.unsafe<unknown[]>(text, [...values])))
  }

  /** Runs statements in one transaction. */
  transaction<Result>(work: (query: Query) => Promise<Result>): Promise<Result> {
    return this.#bounded(async (sql) => {
      const { result } = await sql.begin(async (transaction) => {
        const query: Query = (text, values) =>
          this.#answered(
            values === undefined
              ? transaction.unsafe<unknown[]>(text).simple()
              : transaction.unsafe<unknown[]>(text, [...values]),
          )
        return { result: await work(query) }
      })
      return result
    })
  }

  /** Receives the notifications of a channel. `onListen` is called now and after every reconnection. */
  async listen(
    channel: string,
    onNotify: (payload: string) => void,
    onListen: () => void,
  ): Promise<void> {
    await this.#bounded((sql) => sql.listen(channel, onNotify, onListen))
    this.#listeners.push({ channel, onNotify, onListen })
  }

  /** Closes all connections at once. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#sql.close({ timeout: 0 })
  }

  async #bounded<Result>(start: (sql: SQL) => Promise<Result>): Promise<Result> {
    if (!this.#options.patient) return this.#once(start)
    try {
      return await retryWrite(() => this.#once(start), isTemporaryError)
    } catch (cause) {
      throw isTemporaryError(cause) ? new OpsError('store_failed', { cause }) : cause
    }
  }

  async #once<Result>(start: (sql: SQL) => Promise<Result>): Promise<Result> {
    // `SQL` would throw the error of a lost connection, which is temporary.
    if (this.#closing.signal.aborted) throw new Error('the store is closed')
    const sql = this.#sql
    const { statementMs } = this.#options
    const { promise: silence, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      reject(new SilentServerError())
      // Under load the statement may have waited for a connection. Busy connections answer within `statementMs`.
      if (performance.now() - this.#answeredAtMs > statementMs * 1.5) this.#replace(sql)
    }, statementMs * 2)
    try {
      return await Promise.race([start(sql), silence])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Notes when a statement is answered, by an error of the server too. */
  async #answered(statement: Promise<unknown[]>): Promise<unknown[]> {
    try {
      const rows = await statement
      this.#answeredAtMs = performance.now()
      return rows
    } catch (error) {
      if (isServerError(error)) this.#answeredAtMs = performance.now()
      throw error
    }
  }

  #replace(silent: SQL): void {
    if (this.#closing.signal.aborted || this.#sql !== silent) return
    this.#sql = connect(this.#options)
    // Not awaited: the server that has to answer is the one that is silent.
    void silent.close({ timeout: 0 }).catch(() => {})
    // Not awaited, because nothing waits for hints. Until it succeeds there is the slow poll.
    for (const listener of this.#listeners) void this.#listenAgain(this.#sql, listener)
  }

  /** Tries until it succeeds, because the server may be silent for long. Later connections are restored by `SQL` itself. */
  async #listenAgain(sql: SQL, { channel, onNotify, onListen }: Listener): Promise<void> {
    while (this.#sql === sql && !this.#closing.signal.aborted) {
      try {
        await sql.listen(channel, onNotify, onListen)
        return
      } catch {
        await wait(listenAgainMs, this.#closing.signal)
      }
    }
  }
}

/** Texts as one value, for `$1::text[]`. */
export function textArray(texts: readonly (string | null)[]): string {
  const items = texts.map((text) =>
    text === null ? 'NULL' : `"${text.replaceAll(/["\\]/g, '\\$&')}"`,
  )
  return `{${items.join(',')}}`
}

/** Whole numbers as one value, for `$1::bigint[]`. */
export function numberArray(numbers: readonly number[]): string {
  return `{${numbers.join(',')}}`
}

function connect({ url, connections, statementMs }: PoolOptions): SQL {
  return new SQL(url, {
    max: connections,
    connectionTimeout: 5,
    // A connection that only listens is idle.
    connection: {
      application_name: 'opsagent',
      statement_timeout: statementMs,
      lock_timeout: statementMs,
      idle_in_transaction_session_timeout: statementMs,
      idle_session_timeout: 0,
    },
  })
}
