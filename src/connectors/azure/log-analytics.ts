import { z } from 'zod'
import type { Config } from '../../config.ts'
import { OpsError } from '../../core/errors.ts'
import type { LogAnalyticsConnector } from '../../tools/connectors.ts'
import { type ConnectorServices, JsonClient } from '../json-client.ts'
import type { OpenedSystem } from '../opened-system.ts'
import { entraAuthorization } from './identity.ts'
import {
  activityRuns,
  countOfFailedRuns,
  failedRuns,
  newestRun,
  pipelineStates,
  runsOfLastDay,
} from './queries.ts'
import { activityRow, countRow, pipelineStatusOf, runOf, runRow, statusRow } from './runs.ts'

const system = 'Log Analytics'

/**
 * Opens the logs of Azure Data Factory in a workspace.
 * @throws OpsError `bad_setting` if a setting is missing
 */
export function openLogAnalytics(
  config: Config,
  workspace: string,
  services: ConnectorServices,
): OpenedSystem<LogAnalyticsConnector> {
  const { logAnalyticsUrl: url } = config
  const authorization = entraAuthorization(config, audienceOf(url), services)
  const client = new JsonClient({ system, url, authorization }, services)
  const { now } = services
  const read = queryReader(client, workspace)
  const connector: LogAnalyticsConnector = {
    async pipelineStatus({ pipeline }, signal) {
      const rows = await read(pipelineStates(now(), pipeline), statusRow, signal)
      return rows.map(pipelineStatusOf)
    },
    async findRun(key, signal) {
      // Data Factory makes ids from hexadecimal digits only.
      if ('run_id' in key && !/^[\da-f-]{1,64}$/i.test(key.run_id)) return undefined
      const [run] = await read(newestRun(now(), key), runRow, signal)
      if (run === undefined) return undefined
      const activities = await read(activityRuns(now(), run.RunId), activityRow, signal)
      return runOf(run, activities)
    },
    async listFailed(filter, signal) {
      const [counts, rows] = await Promise.all([
        read(countOfFailedRuns(filter), countRow, signal),
        read(failedRuns(filter), runRow, signal),
      ])
      const items = rows.map((row) => runOf(row, []))
      // A join does not keep the order.
      items.sort((a, b) => Date.parse(b.ended_at ?? '') - Date.parse(a.ended_at ?? ''))
      return { total: counts[0]?.Total ?? items.length, items }
    },
  }
  const check = (table: 'ADFPipelineRun' | 'ADFActivityRun') => ({
    name: `${system} ${table}`,
    async run(signal: AbortSignal) {
      const rows = await read(runsOfLastDay(now(), table), countRow, signal)
      return `${rows[0]?.Total ?? 0} entries of the last day`
    },
  })
  return { connector, checks: [check('ADFPipelineRun'), check('ADFActivityRun')] }
}

/** The public cloud keeps its older name in tokens. */
function audienceOf(url: string): string {
  const { hostname, origin } = new URL(url)
  return hostname === 'api.loganalytics.azure.com' ? 'https://api.loganalytics.io' : origin
}

const replySchema = z.object({
  tables: z
    .array(
      z.object({
        columns: z.array(z.object({ name: z.string() })),
        rows: z.array(z.array(z.unknown())),
      }),
    )
    .min(1),
  /** Set if the result is not complete. */
  error: z.object({ code: z.string() }).optional(),
})

/** https://learn.microsoft.com/azure/azure-monitor/logs/api/response-format */
function queryReader(client: JsonClient, workspace: string) {
  return async function readQuery<Row>(
    query: string,
    row: z.ZodType<Row>,
    signal: AbortSignal,
  ): Promise<Row[]> {
    const { body } = await client.send(
      {
        method: 'POST',
        path: `/v1/workspaces/${workspace}/query`,
        body: { query },
        schema: replySchema,
      },
      signal,
    )
    const { tables, error } = body
    if (error !== undefined) {
      const message = `${system} returned only a part of the result. Please ask for a shorter time.`
      throw new OpsError('source_invalid', { message, cause: new Error(error.code) })
    }
    const { columns = [], rows = [] } = tables[0] ?? {}
    const records = rows.map((cells) =>
      Object.fromEntries(columns.map(({ name }, index) => [name, cells[index]])),
    )
    const parsed = z.array(row).safeParse(records)
    if (parsed.success) return parsed.data
    const message = `${system} sent data in an unknown form. Ask the operator of this server to check its settings.`
    throw new OpsError('source_invalid', { message, cause: parsed.error })
  }
}
