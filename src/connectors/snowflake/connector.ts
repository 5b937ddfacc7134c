import type { Config } from '../../config.ts'
import type { HealthFilter, ServiceHealthConnector } from '../../tools/connectors.ts'
import { normalizedName, partOfName } from '../../tools/name-match.ts'
import { bearerAuthorization } from '../authorization.ts'
import { type ConnectorServices, JsonClient } from '../json-client.ts'
import { missingSetting } from '../missing-setting.ts'
import type { OpenedSystem } from '../opened-system.ts'
import { taskHealthOf, warehouseHealthOf } from './health.ts'
import { keyPairTokens } from './key-pair.ts'
import { type Row, StatementRunner } from './statements.ts'

const system = 'Snowflake'

/** Both need no warehouse, so they cost no credits. */
const showWarehouses = 'SHOW WAREHOUSES'
const selectRegion = 'SELECT CURRENT_REGION() AS REGION'

/** The last run of each task in a day. The binding is a part of the name of the service, without spaces, hyphens and underscores. */
const selectTasks = `SELECT DATABASE_NAME, SCHEMA_NAME, NAME, STATE, ERROR_CODE, ERROR_MESSAGE, TO_VARCHAR(CONVERT_TIMEZONE('UTC', COMPLETED_TIME), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS COMPLETED_AT
FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY(SCHEDULED_TIME_RANGE_START => DATEADD('hour', -24, CURRENT_TIMESTAMP()), RESULT_LIMIT => 10000))
WHERE STATE IN ('SUCCEEDED', 'FAILED', 'FAILED_AND_AUTO_SUSPENDED')
AND CONTAINS(REGEXP_REPLACE(LOWER('SnowflakeTasks:' || DATABASE_NAME || '.' || SCHEMA_NAME || '.' || NAME), '[ _-]+', ''), ?)
QUALIFY ROW_NUMBER() OVER (PARTITION BY DATABASE_NAME, SCHEMA_NAME, NAME ORDER BY COMPLETED_TIME DESC) = 1
LIMIT 500`

/**
 * Opens a Snowflake account over its SQL API.
 * @throws OpsError `bad_setting` if a setting is missing
 */
export function openSnowflake(
  config: Config,
  account: string,
  services: ConnectorServices,
): OpenedSystem<ServiceHealthConnector['snowflake']> {
  const { snowflakeUser: user, snowflakePrivateKey: privateKey } = config
  if (user === undefined) throw missingSetting('SNOWFLAKE_USER', 'SNOWFLAKE_ACCOUNT')
  if (privateKey === undefined) throw missingSetting('SNOWFLAKE_PRIVATE_KEY', 'SNOWFLAKE_ACCOUNT')
  const tokens = keyPairTokens({ account, user, privateKey }, services.now)
  const tokenType = { 'x-snowflake-authorization-token-type': 'KEYPAIR_JWT' }
  const authorization = bearerAuthorization(tokens, tokenType)
  const url = config.snowflakeUrl ?? urlOf(account)
  const client = new JsonClient({ system, url, authorization, secrets: [privateKey] }, services)
  const { snowflakeRole: role, snowflakeWarehouse: warehouse, snowflakeDatabase: database } = config
  const runner = new StatementRunner(client, { role, warehouse, database }, services.wait)
  const hasTasks = warehouse !== undefined && database !== undefined

  async function readTasks(part: string, signal: AbortSignal): Promise<Row[]> {
    if (!hasTasks) return []
    const bindings = [{ type: 'TEXT', value: part } as const]
    return runner.run({ sql: selectTasks, bindings }, signal)
  }

  async function connector(filter: HealthFilter, signal: AbortSignal) {
    const [regions, warehouses, tasks] = await Promise.all([
      runner.run({ sql: selectRegion }, signal),
      runner.run({ sql: showWarehouses }, signal),
      readTasks(normalizedName(filter.service ?? ''), signal),
    ])
    const region = regions[0]?.REGION ?? ''
    const isService = partOfName(filter.service)
    const isRegion = partOfName(filter.region)
    return [...warehouses.map(warehouseHealthOf), ...tasks.map(taskHealthOf)]
      .map((one) => ({ ...one, ...(region !== '' && { region }) }))
      .filter((one) => isService(`snowflake${one.service}`) && isRegion(region))
  }

  const checks = [
    {
      name: `${system} warehouses`,
      run: async (signal: AbortSignal) =>
        `${(await runner.run({ sql: showWarehouses }, signal)).length} warehouses`,
    },
    ...(hasTasks
      ? [
          {
            name: `${system} tasks`,
            run: async (signal: AbortSignal) =>
              `${(await readTasks('', signal)).length} tasks that ran in a day`,
          },
        ]
      : []),
  ]
  return { connector, checks }
}

/** Host names have no underscores. */
function urlOf(account: string): string {
  return `https://${account.toLowerCase().replaceAll('_', '-')}.snowflakecomputing.com`
}
