import { z } from 'zod'
import { OpsError } from '../../core/errors.ts'
import type { JsonClient } from '../json-client.ts'

/** A statement. Values of the user are bindings only. */
export type Statement = { sql: string; bindings?: readonly { type: 'TEXT'; value: string }[] }

/** The context of all statements. */
export type StatementContext = {
  role?: string | undefined
  warehouse?: string | undefined
  database?: string | undefined
}

/** A row by the names of its columns, in upper case as Snowflake has them. */
export type Row = Record<string, string | null>

const cells = z.array(z.array(z.string().nullable()))
const resultSchema = z.object({
  statementHandle: z.string(),
  resultSetMetaData: z.object({
    rowType: z.array(z.object({ name: z.string() })),
    partitionInfo: z.array(z.unknown()).nullish(),
  }),
  data: cells,
})
const partitionSchema = z.object({ data: cells })
/** The reply while a statement runs, with status 202. */
const runningSchema = z.object({ statementHandle: z.string() })

const timeoutSeconds = 20
const pollMs = 500
const maxPolls = 40
const maxPartitions = 10

/**
 * Runs statements over the SQL API. https://docs.snowflake.com/en/developer-guide/sql-api/reference
 */
export class StatementRunner {
  readonly #client: JsonClient
  readonly #context: StatementContext
  readonly #wait: (ms: number, signal: AbortSignal) => Promise<void>

  constructor(
    client: JsonClient,
    context: StatementContext,
    wait: (ms: number, signal: AbortSignal) => Promise<void>,
  ) {
    this.#client = client
    this.#context = context
    this.#wait = wait
  }

  /** @throws OpsError `source_…`, or the reason of the signal */
  async run({ sql, bindings = [] }: Statement, signal: AbortSignal): Promise<Row[]> {
    const body = {
      statement: sql,
      timeout: timeoutSeconds,
      ...this.#context,
      ...(bindings.length > 0 && {
        bindings: Object.fromEntries(bindings.map((one, index) => [String(index + 1), one])),
      }),
    }
    const schema = resultSchema.or(runningSchema)
    const request = { method: 'POST', path: '/api/v2/statements', body, schema } as const
    let { body: reply } = await this.#client.send({ ...request, statuses: [202] }, signal)
    for (let polls = 0; !('data' in reply); polls += 1) {
      if (polls >= maxPolls) throw new OpsError('source_unreachable')
      await this.#wait(pollMs, signal)
      const path = this.#pathOf(reply.statementHandle)
      reply = (await this.#client.send({ path, schema, statuses: [202] }, signal)).body
    }
    const { resultSetMetaData: meta, data, statementHandle } = reply
    const partitions = Math.min(meta.partitionInfo?.length ?? 1, maxPartitions)
    for (let partition = 1; partition < partitions; partition += 1) {
      const query = { partition: String(partition) }
      const path = this.#pathOf(statementHandle)
      const more = await this.#client.send({ path, query, schema: partitionSchema }, signal)
      data.push(...more.body.data)
    }
    return data.map((row) =>
      Object.fromEntries(
        meta.rowType.map(({ name }, index) => [name.toUpperCase(), row[index] ?? null]),
      ),
    )
  }

  #pathOf(handle: string): string {
    return `/api/v2/statements/${encodeURIComponent(handle)}`
  }
}
